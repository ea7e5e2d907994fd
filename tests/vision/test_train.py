from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from enrichment.models.version import Kind, open_version
from enrichment.progress.null import NullProgress
from enrichment.vision.batches import BalancedSampler, balance
from enrichment.vision.evaluate import evaluate, table
from enrichment.vision.learner import log_rights
from enrichment.vision.look import Looker, Picture
from enrichment.vision.settings import TrainSettings, frozen_stages
from enrichment.vision.soup import stirred, train_soup
from enrichment.vision.train import add_evaluation, train_group, train_taggers
from enrichment.vision.training_labels import training_labels
from enrichment.vision.training_rows import read_rows, untrained_groups
from enrichment.vision.training_set import corrected
from enrichment.vision.vocabulary import Vocabulary, vocabulary_of
from schemas.attribute_spec import attributes
from schemas.errors import ModelMismatch, UsageError
from tests.vision.conftest import TINY

_SMALL = {"side": 32, "serve_side": 40, "batch": 16, "epochs": 1, "epoch_pictures": 64, "threads": 1, "hub": False}


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
    row = read_rows("products", products)[0]
    picture = [Picture("v", "s", "2" * 64, row.picture)]
    before, after = (Looker(open_version(f, Kind.VISION), 1, "fp32") for f in (trained, folder))
    assert np.argmax(before.look(picture).predictions[0].scores) == np.argmax(after.look(picture).predictions[0].scores)
    with pytest.raises(UsageError, match="start"):
        train_taggers(dataclasses.replace(settings, start=None), NullProgress())


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
    assert "Weights averaged from `tiny`" in (folder / "README.md").read_text()
    with pytest.raises(UsageError, match="two versions"):
        train_soup(settings, [trained], NullProgress())


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


def test_the_watched_share_falls_back_to_every_head_where_no_gate_is_labelled() -> None:
    class Kept:
        def __init__(self) -> None:
            self.logged: dict[str, float] = {}

        def log(self, name: str, value: torch.Tensor, **_: object) -> None:
            self.logged[name] = float(value)

    gated, other = Kept(), Kept()
    log_rights(gated, [("image_group", 4, torch.tensor(0.75)), ("collar", 4, torch.tensor(0.0))], 4)
    log_rights(other, [("collar", 4, torch.tensor(0.25)), ("neckline", 4, torch.tensor(0.75))], 4)
    assert (gated.logged["val_wrong"], other.logged["val_wrong"]) == (0.25, 0.5)
