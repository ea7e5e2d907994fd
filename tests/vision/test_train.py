from __future__ import annotations

import dataclasses
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file

from enrichment.models.version import Kind, open_version, seal
from enrichment.progress.null import NullProgress
from enrichment.vision import backbones
from enrichment.vision.batches import BalancedSampler, LabelledPictures, balance
from enrichment.vision.began import same_run
from enrichment.vision.engine import Engine, read_inputs, read_net
from enrichment.vision.evaluate import evaluate, table
from enrichment.vision.fit import _Stop
from enrichment.vision.head_loss import HeadLoss
from enrichment.vision.held_rights import HeldRights
from enrichment.vision.look import Looker, Picture
from enrichment.vision.settings import TrainSettings, frozen_stages
from enrichment.vision.soup import stirred, train_soup
from enrichment.vision.splits import VALIDATION
from enrichment.vision.tagger_learner import TaggerLearner
from enrichment.vision.train import _carry, _net, add_evaluation, train_group, train_taggers
from enrichment.vision.training_labels import training_labels
from enrichment.vision.training_rows import TrainingRow, read_rows, untrained_groups
from enrichment.vision.training_set import corrected, groups_of_types
from enrichment.vision.vocabulary import TAUGHT, Vocabulary, vocabulary_of
from schemas.attribute_spec import attributes
from schemas.errors import ModelMismatch, UsageError
from tests.vision.conftest import TINY

_SMALL = {"side": 32, "serve_side": 40, "batch": 16, "epochs": 1, "epoch_pictures": 64, "threads": 1, "hub": False}


def _png(pixels: NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def trained(products: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("train")
    settings = TrainSettings({"products": products}, work / "out", work / "work", TINY, version="tiny", **_SMALL)
    return train_group(settings, NullProgress())


def test_group_training_ends_in_a_sealed_version(trained: Path) -> None:
    version = open_version(trained, Kind.VISION)
    assert version.version == "tiny"
    figures = json.loads((trained / "metrics.json").read_text())
    assert "products/image_group" in figures["gates"]
    assert "formal_set" in figures["untrained_groups"]
    assert "weak labels" in (trained / "README.md").read_text()
    assert "/" not in str(figures["settings"]["out"])


def test_a_trained_version_looks_and_is_evaluated(trained: Path, products: Path, tmp_path: Path) -> None:
    version = open_version(trained, Kind.VISION)
    row = read_rows("products", products)[0]
    look = Looker(version, 1, precision="fp32").look([Picture("v", "s", "2" * 64, row.picture)])
    assert look.predictions[0].group in {"shoes", "bag", "hat"}
    figures = evaluate(version, {"products": products}, tmp_path, 1, NullProgress())
    assert (tmp_path / "evaluation.png").read_bytes().startswith(b"\x89PNG")
    assert {row[0] for row in table(figures)} <= {"products/test_brand", "products/test_cluster"}
    for heads in figures["splits"].values():
        assert 0 <= heads["image_group"]["low"] <= heads["image_group"]["accuracy"] <= heads["image_group"]["high"] <= 1
    sealed = add_evaluation(version, figures)
    assert sealed.hash != version.hash
    assert "## Test figures" in (trained / "README.md").read_text()


def test_taggers_go_on_from_a_version_and_leave_its_group_head(trained: Path, products: Path, tmp_path: Path) -> None:
    settings = TrainSettings(
        {"products": products}, tmp_path, tmp_path / "work", start=trained, version="next", **_SMALL
    )
    folder = train_taggers(settings, NullProgress())
    before, after = (load_file(str(f / "model.safetensors")) for f in (trained, folder))
    moved = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert moved == {"taggers", "embed"}
    history = json.loads((folder / "metrics.json").read_text())["history"]
    assert [step["version"] for step in history] == ["tiny"]
    assert history[0]["settings"]["backbone"] == TINY
    assert "Grown from `tiny`, that from" in (folder / "README.md").read_text()


def test_heads_train_on_a_trunk_as_it_came(products: Path, tmp_path: Path) -> None:
    settings = TrainSettings({"products": products}, tmp_path, tmp_path / "work", TINY, version="first", **_SMALL)
    torch.manual_seed(settings.seed)
    trunk = backbones.trunk(TINY).state_dict()
    after = load_file(str(train_taggers(settings, NullProgress()) / "model.safetensors"))
    for name, tensor in trunk.items():
        if not name.endswith("num_batches_tracked"):
            assert torch.equal(after[f"trunk.{name}"], tensor.half()), name
    torch.manual_seed(settings.seed)
    untrained = _net(backbones.trunk(TINY), read_net(tmp_path / "first")[1])
    assert not torch.equal(after["group.weight"], untrained.group.weight.half())


def test_a_version_reads_the_part_of_a_picture_that_it_learned_from(products: Path, tmp_path: Path) -> None:
    settings = TrainSettings({"products": products}, tmp_path, tmp_path / "work", TINY, version="upper", **_SMALL)
    upper = train_group(dataclasses.replace(settings, part=(0, 0, 1, 0.5)), NullProgress())
    with Image.open(io.BytesIO(read_rows("products", products)[0].picture)) as picture:
        whole = np.asarray(picture)
    half = len(whole) // 2
    below, above = whole.copy(), whole.copy()
    below[half:], above[:half] = 90, 90
    looker = Looker(open_version(upper, Kind.VISION), 1, precision="fp32")
    seen = [Picture("v", f"s{at}", f"{at}" * 64, _png(pixels)) for at, pixels in enumerate((whole, below, above))]
    kept, changed_below, changed_above = (prediction.scores for prediction in looker.look(seen).predictions)
    assert kept == changed_below
    assert kept != changed_above
    later = train_taggers(dataclasses.replace(settings, start=upper, version="later"), NullProgress())
    assert read_inputs(later)[1].part == (0, 0, 1, 0.5), "a version that goes on reads what its start reads"


def test_taggers_drop_out_while_they_learn_and_not_while_they_answer(trained: Path) -> None:
    net, vocabulary, inputs = read_net(trained)
    Engine(net.train(), inputs)
    assert net.training, "an engine answers with a copy"
    learner = TaggerLearner(net.eval(), HeadLoss(vocabulary), 1e-3)
    assert learner.net.dropped.training
    assert all(part.training for part in learner.net.taggers.mixed)
    assert not learner.net.trunk.training


def test_a_run_is_not_taken_up_with_other_settings_or_labels(products: Path, tmp_path: Path) -> None:
    settings = TrainSettings({"products": products}, tmp_path, tmp_path / "w", TINY, version="dev", **_SMALL)
    rows = read_rows("products", products)
    folder = tmp_path / "w" / "dev"
    same_run(folder, settings, rows)
    same_run(folder, dataclasses.replace(settings, epochs=9, threads=3), rows)
    with pytest.raises(UsageError, match=r"began with cut_mix=0.0; this one has 0.5.*--version"):
        same_run(folder, dataclasses.replace(settings, cut_mix=0.5), rows)
    relabelled = [corrected(rows[0], {(rows[0].key, "colour"): "green"}), *rows[1:]]
    with pytest.raises(UsageError, match="began with rows="):
        same_run(folder, settings, relabelled)
    same_run(folder, dataclasses.replace(settings, resume=False, cut_mix=0.5), rows)
    (folder / "began.json").unlink()
    (folder / "last.ckpt").touch()
    with pytest.raises(UsageError, match="did not say what it began with"):
        same_run(folder, settings, rows)


def test_another_start_of_the_same_name_is_another_run(trained: Path, products: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / trained.name
    shutil.copytree(trained, other)
    figures = other / "metrics.json"
    figures.write_text(figures.read_text() + " ")
    seal(other, Kind.VISION, "look", "tiny")
    settings = TrainSettings({"products": products}, tmp_path, tmp_path / "w", start=trained, version="dev", **_SMALL)
    same_run(tmp_path / "w" / "dev", settings, [])
    with pytest.raises(UsageError, match="began with start="):
        same_run(tmp_path / "w" / "dev", dataclasses.replace(settings, start=other), [])


def test_more_patience_goes_on_where_less_had_stopped() -> None:
    stop = _Stop("val_wrong", patience=9)
    stop.load_state_dict({**_Stop("val_wrong", patience=2).state_dict(), "wait_count": 2})
    assert (stop.patience, stop.wait_count) == (9, 2)


def test_other_image_groups_carry_the_trunk_alone(trained: Path) -> None:
    old, known, _ = read_net(trained)
    changed = dataclasses.replace(known, groups=known.groups[::-1])
    fresh = _net(backbones.trunk(TINY, None, False), changed)
    first = fresh.group.weight.clone()
    _carry(old, known, fresh, changed)
    assert torch.equal(fresh.group.weight, first)
    assert torch.equal(fresh.embed.weight, old.embed.weight)
    _carry(old, known, fresh, known)
    assert torch.equal(fresh.group.weight, old.group.weight)


def test_nothing_to_measure_or_hold_out_is_said(trained: Path, products: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.parquet"
    table = pq.read_table(products)
    train = [n for n, row in enumerate(read_rows("products", products)) if row.split == "train"][:1]
    pq.write_table(table.take(train), few)
    with pytest.raises(UsageError, match="no row of products is in a test split"):
        evaluate(open_version(trained, Kind.VISION), {"products": few}, None, 1, NullProgress())
    settings = TrainSettings({"products": few}, tmp_path, tmp_path / "w", TINY, **_SMALL)
    with pytest.raises(UsageError, match="no validation rows"):
        train_group(settings, NullProgress())


def test_a_soup_is_no_worse_than_its_base_on_validation(trained: Path, products: Path, tmp_path: Path) -> None:
    settings = TrainSettings(
        {"products": products}, tmp_path, tmp_path / "work", start=trained, version="tiny-2", cut_mix=1.0, **_SMALL
    )
    other = train_group(settings, NullProgress())
    folder = train_soup(dataclasses.replace(settings, version="soup"), [trained, other], NullProgress())
    gates = {f.name: json.loads((f / "metrics.json").read_text())["gates"] for f in (folder, trained)}
    right = {name: sum(found.values()) / len(found) for name, found in gates.items()}
    assert right["soup"] >= right[trained.name] - 1e-3, "sealed weights are rounded to half precision"
    shares = json.loads((folder / "metrics.json").read_text())["averaged_from"]
    assert sum(shares.values()) == pytest.approx(1)
    assert set(shares) <= {"tiny", "tiny-2"}
    assert "Averaged with `enrich train soup` from `tiny`" in (folder / "README.md").read_text()
    headed = train_soup(
        dataclasses.replace(settings, version="headed"), [trained, other], NullProgress(), group_from=other
    )
    ours, theirs = (load_file(str(f / "model.safetensors"))["group.weight"] for f in (headed, other))
    assert torch.equal(ours, theirs)
    assert "with the group head of `tiny-2`" in (headed / "README.md").read_text()
    with pytest.raises(UsageError, match="two versions"):
        train_soup(settings, [trained], NullProgress())


def test_a_soup_needs_rows_that_can_tell_which_share_is_best(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [TrainingRow("worn", "1", b"", VALIDATION, "1")]
    monkeypatch.setattr("enrichment.vision.soup.labelled_rows", lambda settings: rows)
    settings = TrainSettings({"worn": tmp_path / "worn.parquet"}, tmp_path, tmp_path / "work", start=trained, **_SMALL)
    with pytest.raises(UsageError, match="no held-out row of worn tells which share is best"):
        train_soup(settings, [trained, trained], NullProgress())


def test_a_soup_of_unlike_versions_is_refused(trained: Path, products: Path, tmp_path: Path) -> None:
    settings = TrainSettings(
        {"products": products}, tmp_path, tmp_path / "work", start=trained, version="large", **_SMALL
    )
    other = train_taggers(dataclasses.replace(settings, serve_side=48), NullProgress())
    with pytest.raises(ModelMismatch, match="preprocessing"):
        train_soup(settings, [trained, other], NullProgress())


def test_stirring_moves_weights_by_the_share_and_leaves_counters() -> None:
    first = {"w": torch.zeros(2), "n": torch.tensor(3)}
    made = stirred(first, {"w": torch.ones(2), "n": torch.tensor(9)}, 0.25)
    assert (made["w"].tolist(), int(made["n"])) == ([0.25, 0.25], 3)


def test_fast_dev_run_and_resume(products: Path, tmp_path: Path) -> None:
    settings = TrainSettings({"products": products}, tmp_path, tmp_path / "w", TINY, version="dev", **_SMALL)
    train_group(dataclasses.replace(settings, fast_dev_run=True), NullProgress())
    assert not (tmp_path / "w" / "dev" / "last.ckpt").exists(), "nobody goes on from a trial"
    train_group(settings, NullProgress())
    resumed = train_group(dataclasses.replace(settings, epochs=2), NullProgress())
    logs = sorted((tmp_path / "w" / "dev" / "csv").rglob("metrics.csv"))
    assert resumed.is_dir()
    assert len(logs) == 2
    assert "\n1," in logs[1].read_text(), "the second run goes on with epoch 1"
    assert "\n0," not in logs[1].read_text()


def test_research_data_needs_the_word(products: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="research"):
        train_group(TrainSettings({"worn": products}, tmp_path, tmp_path, TINY, hub=False), NullProgress())


def test_declared_labels_are_declared_values() -> None:
    labels = training_labels()
    declared = {a.name: {v.name for v in a.values} for a in attributes().attributes}
    assert all(declared[name] for name in labels.distant.attributes)
    open_to = {(name, value) for sets in labels.phone_among.values() for name, of in sets.items() for value in of}
    assert {value for name, value in open_to if name == "article_type"} <= set(groups_of_types())
    assert not set(labels.phone_among) & {
        label for label, tags in labels.phone_labels.items() if "article_type" in tags
    }
    assert set(labels.colour_names.values()) <= declared["colour"]
    assert set(labels.occasion_names.values()) <= declared["occasion"]
    assert set(labels.season_names.values()) <= declared["season"]


def test_vocabulary_round_trips_and_masks(products: Path) -> None:
    rows = read_rows("products", products)
    vocabulary = vocabulary_of(rows)
    assert Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json()))) == vocabulary
    mask = vocabulary.mask("article_type")
    shoes = vocabulary.groups.index("shoes")
    assert mask[shoes].sum() == 1
    assert vocabulary.code("article_type", "Unheard Of") == -1
    assert "watch" in untrained_groups(rows)


def test_rare_groups_are_drawn_more_often(products: Path) -> None:
    rows = read_rows("products", products)
    few = [*rows[:100:3], *rows[1:10:3]]
    weights = balance(few, {})
    assert weights.sum() == pytest.approx(1)
    assert weights[-1] > weights[0]
    sampler = BalancedSampler(few, {}, 20, seed=1)
    first = list(sampler)
    sampler.set_epoch(1)
    assert list(sampler) != first
    sampler.set_epoch(0)
    assert list(sampler) == first


def test_reviewed_labels_replace_old_ones(products: Path) -> None:
    row = read_rows("products", products)[0]
    fixed = corrected(row, {(row.key, "colour"): "green", (row.key, "gender"): "", ("other", "colour"): "red"})
    assert fixed.labels["colour"] == "green"
    assert "gender" not in fixed.labels
    assert fixed.labels["article_type"] == row.labels["article_type"]
    assert corrected(row, {}) is row


def test_another_group_closes_what_a_label_left_open() -> None:
    row = TrainingRow(
        "phone", "1", b"", "train", "1", labels={"image_group": "bottom"}, among={"article_type": ("Jeans",)}
    )
    assert corrected(row, {("1", "image_group"): "skirt"}).among == {}
    assert corrected(row, {("1", "article_type"): "Jeans"}).among == {}
    assert corrected(row, {("1", "colour"): "red"}).among == row.among


def test_a_reviewed_type_brings_its_group(products: Path) -> None:
    row = read_rows("products", products)[0]
    key = (row.key, "article_type")
    assert corrected(row, {key: "Kurtas"}).labels["image_group"] == "top"
    assert corrected(row, {key: "Kurtas", (row.key, "image_group"): "dress"}).labels["image_group"] == "dress"
    assert corrected(row, {key: ""}).labels["image_group"] == row.labels["image_group"]


def test_few_pictures_freeze_more_stages(tmp_path: Path) -> None:
    settings = TrainSettings({"products": tmp_path}, tmp_path, tmp_path)
    assert frozen_stages(settings, 500, 9) == 6
    assert frozen_stages(settings, 50_000, 9) == 3
    assert frozen_stages(dataclasses.replace(settings, frozen=20), 500, 9) == 9


def test_unknown_sources_and_settings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not known"):
        read_rows("postcards", tmp_path)
    with pytest.raises(UsageError, match="no file"):
        read_rows("products", tmp_path / "none.parquet")
    with pytest.raises(UsageError, match="batch"):
        TrainSettings({"products": tmp_path}, tmp_path, tmp_path, batch=0)
    with pytest.raises(UsageError, match="cut_mix"):
        TrainSettings({"products": tmp_path}, tmp_path, tmp_path, cut_mix=1.5)


def test_drawings_teach_the_group_only_where_there_are_no_product_pictures() -> None:
    rows = [
        TrainingRow(source, str(at), b"", "train", "", labels={"image_group": group})
        for at, (source, group) in enumerate([("products", "bag"), ("drawn", "top"), ("worn", "top")])
    ]
    taught = {
        name: LabelledPictures(part, [], range(len(part)), vocabulary_of(rows)).codes[TAUGHT].tolist()
        for name, part in (("all", rows), ("worn", rows[2:]))
    }
    names = vocabulary_of(rows).groups
    assert taught == {"all": [names.index("bag"), -1, -1], "worn": [names.index("top")]}


def test_the_watched_share_falls_back_to_every_head_where_no_held_out_row_has_a_gated_tag() -> None:
    gated, other = HeldRights(), HeldRights()
    gated.add([("collar", 60, torch.tensor(0.0))])
    gated.add([("image_group", 1, torch.tensor(0.0)), ("collar", 4, torch.tensor(0.0))])
    gated.add([("image_group", 3, torch.tensor(1.0)), ("colour", 4, torch.tensor(0.75))])
    other.add([("collar", 4, torch.tensor(0.25)), ("neckline", 4, torch.tensor(0.75))])
    assert gated.shares() == {"collar": 0.0, "colour": 0.75, "image_group": 0.75}
    assert (gated.wrong(), other.wrong(), HeldRights().wrong()) == (0.25, 0.5, 0.0)
