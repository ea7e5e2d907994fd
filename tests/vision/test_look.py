from __future__ import annotations

import io
import random
import threading
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from PIL import Image

from enrichment.progress.list import ListProgress
from enrichment.vision.look import Looker, Picture
from schemas.attribute_spec import attributes
from schemas.errors import ObjectMissing
from schemas.group_spec import groups
from schemas.records import EvidenceKind, Source


def test_every_picture_gets_prediction_claims_and_embedding(looker: Looker, pictures: list[Picture]) -> None:
    look = looker.look(pictures)
    assert [p.sku for p in look.predictions] == [p.sku for p in pictures]
    assert set(look.embeddings.ids) == {p.sha256 for p in pictures}
    assert look.embeddings.vectors.shape[1] == 128
    for prediction in look.predictions:
        assert len(prediction.scores) == len(groups().names)
        assert prediction.group == groups().names[int(np.argmax(prediction.scores))]
        assert prediction.producer == looker.producer


def test_claims_are_declared_values_of_the_predicted_group(looker: Looker, pictures: list[Picture]) -> None:
    look = looker.look(pictures)
    group_of = {p.sku: p.group for p in look.predictions}
    declared = {a.name: a for a in attributes().attributes}
    assert {"image_group", "colour", "gender"} <= {c.attribute for c in look.claims}
    for claim in look.claims:
        spec = declared[claim.attribute]
        assert spec.applies_to(group_of[claim.sku])
        assert not spec.values or claim.value in {v.name for v in spec.values}
        assert claim.source is Source.IMAGE
        assert claim.evidence.kind is EvidenceKind.IMAGE


def test_answers_do_not_depend_on_batch_mates_or_order(looker: Looker, pictures: list[Picture]) -> None:
    together = looker.look(pictures)
    shuffled = random.Random(1).sample(pictures, len(pictures))
    again = looker.look(shuffled)
    alone = looker.look(pictures[5:6])
    by_sku = {p.sku: p for p in together.predictions}
    assert all(by_sku[p.sku] == p for p in [*again.predictions, *alone.predictions])
    vectors = dict(zip(together.embeddings.ids, together.embeddings.vectors, strict=True))
    np.testing.assert_array_equal(vectors[pictures[5].sha256], alone.embeddings.vectors[0])


def test_answers_do_not_depend_on_how_many_threads_look(looker: Looker, pictures: list[Picture]) -> None:
    alone, many = looker.look(pictures), Looker(looker.version, threads=3).look(pictures)
    assert (many.predictions, many.claims) == (alone.predictions, alone.claims)
    assert many.embeddings.ids == alone.embeddings.ids
    np.testing.assert_array_equal(many.embeddings.vectors, alone.embeddings.vectors)


def test_scores_are_the_same_to_the_last_bit_wherever_in_the_batch(looker: Looker) -> None:
    side = looker.inputs.side
    squares = list(np.random.default_rng(3).integers(0, 256, (32, side, side, 3), dtype=np.uint8))
    whole = looker.engine.batch_scores(squares)
    for chosen in ([31], [5, 0, 17], list(range(31, -1, -1))):
        some = looker.engine.batch_scores([squares[at] for at in chosen])
        np.testing.assert_array_equal(some.group, whole.group[chosen])
        np.testing.assert_array_equal(some.embedding, whole.embedding[chosen])
        for name, tag in some.tags.items():
            np.testing.assert_array_equal(tag, whole.tags[name][chosen], err_msg=name)


def test_equal_pictures_are_computed_once(looker: Looker, pictures: list[Picture]) -> None:
    first = pictures[0]
    copies = [replace(first, sku=f"copy-{n}") for n in range(5)]
    progress = ListProgress()
    look = looker.look(copies, progress)
    assert len(look.predictions) == 5
    assert look.embeddings.ids == (first.sha256,)
    assert len({p.scores for p in look.predictions}) == 1


def test_no_picture_gives_an_empty_look(looker: Looker) -> None:
    look = looker.look([])
    assert (look.predictions, look.claims, look.unread) == ([], [], [])
    assert look.embeddings.vectors.shape == (0, 128)


def test_a_picture_that_cannot_be_decoded_is_set_aside(looker: Looker, pictures: list[Picture]) -> None:
    broken = Picture("acme", "broken", "0" * 64, b"\xff\xd8\xff no picture")
    look = looker.look([broken, pictures[0]])
    assert look.unread == [broken]
    assert [p.sku for p in look.predictions] == [pictures[0].sku]


def test_bytes_are_fetched_once_and_by_the_thread_that_decodes(looker: Looker, pictures: list[Picture]) -> None:
    fetched: list[tuple[str, int]] = []

    def fetch(picture: Picture) -> bytes:
        fetched.append((picture.sku, threading.get_ident()))
        return picture.read()

    asked = [replace(picture, data=partial(fetch, picture)) for picture in pictures]
    assert looker.look(asked).predictions == looker.look(pictures).predictions
    assert sorted(sku for sku, _ in fetched) == sorted(picture.sku for picture in pictures)
    assert threading.get_ident() not in {thread for _, thread in fetched}


def test_a_picture_that_the_store_has_lost_is_set_aside(
    looker: Looker, pictures: list[Picture], caplog: pytest.LogCaptureFixture
) -> None:
    def lost() -> bytes:
        raise ObjectMissing("file:///store: no images/sha256/00/000")

    gone = Picture("acme", "gone", "0" * 64, lost)
    look = looker.look([gone, pictures[0]])
    assert look.unread == [gone]
    assert [p.sku for p in look.predictions] == [pictures[0].sku]
    assert "not looked at: file:///store" in caplog.text


@pytest.mark.parametrize("size", [(16, 16), (400, 24), (24, 400), (700, 900)])
def test_odd_sizes_are_looked_at(looker: Looker, size: tuple[int, int]) -> None:
    out = io.BytesIO()
    Image.new("RGB", size, (90, 20, 160)).save(out, "PNG")
    look = looker.look([Picture("acme", "odd", "1" * 64, out.getvalue())])
    assert len(look.predictions) == 1
    assert 0 <= look.predictions[0].confidence <= 1
