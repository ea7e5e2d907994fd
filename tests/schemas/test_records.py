from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import (
    EXCERPT_LIMIT,
    AttributeDecision,
    DecisionStatus,
    EmbeddingBatch,
    Evidence,
    EvidenceKind,
    GroupPrediction,
    HierarchyDecision,
    HierarchyPath,
    ImageRef,
    PlacementStatus,
    Product,
    RunManifest,
    StageReport,
    VendorDrop,
    bounded,
)

NIGHT = date(2026, 11, 17)


def unit(n, d=4):
    vectors = np.random.default_rng(0).normal(size=(n, d)).astype("float32")
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype("float32")


@given(st.text())
def test_bounded_text_is_short_and_printable(text):
    cut = bounded(text)
    assert len(cut) <= EXCERPT_LIMIT
    assert cut.isprintable()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Product("v", " ", (1,)),
        lambda: Product("v", "a", ()),
        lambda: Product("v", "a", (1,), levels=("x",)),
        lambda: VendorDrop("", NIGHT, "u", "f"),
        lambda: ImageRef("v", "a", 0, "r", "ABC"),
        lambda: Evidence(EvidenceKind.SPAN, "name", 3, 3),
        lambda: Evidence(EvidenceKind.SPAN, "name", 0, 4, "red"),
        lambda: GroupPrediction("v", "a", "s", "top", 0.5, (0.5, 0.4), "p"),
        lambda: AttributeDecision("v", "a", "colour", DecisionStatus.DECIDED, None, 0.5, None, "r"),
        lambda: AttributeDecision("v", "a", "colour", DecisionStatus.ABSTAINED, "red", 0.5, None, "r"),
        lambda: HierarchyPath(("Women", "")),
        lambda: HierarchyPath(("a", "b", "c", "d", "e", "f")),
        lambda: HierarchyDecision("v", "a", PlacementStatus.DECIDED, HierarchyPath(), (), (), ()),
        lambda: HierarchyDecision("v", "a", PlacementStatus.DECIDED, HierarchyPath(("W",)), (), (), ()),
        lambda: StageReport("read", "v", 3, 1, 1),
        lambda: RunManifest("r", NIGHT, None, (VendorDrop("v", NIGHT, "u", "f"),) * 2, (), {}),
        lambda: EmbeddingBatch(("a",), unit(2)),
        lambda: EmbeddingBatch(("a", "a"), unit(2)),
        lambda: EmbeddingBatch(("a", "b"), unit(2) * 2),
        lambda: EmbeddingBatch(("a", "b"), unit(2).astype("float64")),
        lambda: EmbeddingBatch(("a",), np.full((1, 4), np.nan, "float32")),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(make):
    with pytest.raises(ValueError, match="got"):
        make()


def test_a_path_knows_its_levels_and_nothing_below():
    path = HierarchyPath(("Women", "Clothing"))
    assert path.level("department") == "Clothing"
    assert path.level("class") is None


def test_unit_vectors_under_unique_ids_are_taken():
    assert EmbeddingBatch(("a", "b"), unit(2)).vectors.shape == (2, 4)
