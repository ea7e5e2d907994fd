"""Paths that decisions name, as tonight's hierarchy calls them."""

from datetime import date

import pytest

from enrichment.publish.commit import publish
from enrichment.review.ledger import LedgerEntry, Verdict
from enrichment.review.obey import obey, orders_of
from enrichment.stages.hierarchy import hierarchy_json, paths_in
from enrichment.stores.local import LocalStore
from enrichment.taxonomy.tree import Tree
from schemas.records import HierarchyDecision, HierarchyPath, LevelState, PlacementStatus
from schemas.taxonomy_spec import Taxonomy
from tests.publish.catalogue import PATH, TAXONOMY, catalogue, facts

NIGHT = date(2026, 11, 17)


def without_mini(body):
    """Tonight's hierarchy: nothing is called "Mini" any more."""
    body["departments"][0]["classes"][0]["subclasses"][0]["category"]["titles"] = {"mini": "Short", "maxi": "Maxi"}
    return Tree(Taxonomy.model_validate(body))


@pytest.mark.parametrize(("run_id", "kept"), [("r1", PATH[:4]), ("unknown", ("Women",))])
def test_a_lock_on_a_category_that_is_gone_holds_its_subclass(tmp_path, run_id, kept):
    store = LocalStore(tmp_path / "store")
    (tmp_path / "taxonomy.json").write_text(hierarchy_json(TAXONOMY))
    publish(store, facts("r1", NIGHT), catalogue(2), {"report/taxonomy.json": tmp_path / "taxonomy.json"})
    tonight = without_mini(TAXONOMY.model_dump(by_alias=True))
    lock = LedgerEntry(
        *("acme", "S00000", Verdict.LOCK, " / ".join(PATH), "", "0123456789", "ada"),
        *("2026-11-17T09:00:00+00:00", run_id),
    )
    orders = orders_of([lock], {lock.key: "0123456789"}, paths_in(store, tonight))
    status, seen = PlacementStatus.STOPPED_AT_PARENT, (LevelState.ABSENT,) * 5
    found = HierarchyDecision(*lock.key, status, HierarchyPath(("Women",)), (0.9,), (), seen)
    # Of a run that nobody knows nothing can be carried on: the pin is passed over, and the gate refuses nobody.
    assert obey([found], orders, lambda path: tonight.is_path(path.levels))[0].path.levels == kept
