from __future__ import annotations

from enrichment.taxonomy.simulation import simulate
from schemas.records import HierarchyDecision, HierarchyPath, LevelState, PlacementStatus, Reason


def _decision(sku: str, *levels: str) -> HierarchyDecision:
    states = (LevelState.ABSENT,) * 5
    sure = (0.9,) * len(levels)
    status = PlacementStatus.DECIDED
    return HierarchyDecision("v", sku, status, HierarchyPath(levels), sure, (Reason.CONFIRMED,), states)


def test_simulation_counts_what_would_move_and_what_is_locked() -> None:
    before = [("v", str(i), HierarchyPath(("Women", "Clothing", "Dresses"))) for i in range(5)]
    after = [_decision(str(i), "Women", "Clothing", "Tops") for i in range(4)] + [_decision("9", "Women")]
    found = simulate("v7", before, after, locked=[("v", "1"), ("v", "4")])
    assert (found.products, found.moved, found.locked) == (4, 4, 1)
    assert str(found) == "v7 moves 4 products, 1 locked"
    assert found.flows[0].examples == ("v/0", "v/1", "v/2", "v/3")
    assert (found.published, found.unplaced) == (5, ())
    nothing = simulate("v7", before, [])
    assert (nothing.products, nothing.published, nothing.unplaced) == (0, 5, ("v",))
    assert simulate("v8", before, [_decision("0", "Women", "Clothing", "Dresses")]).flows == ()
