"""Paths that decisions name, as tonight's hierarchy calls them."""

import json
from datetime import date

import pytest

from enrichment.publish.commit import publish
from enrichment.publish.read import latest
from enrichment.review.ledger import LedgerEntry, Verdict
from enrichment.review.obey import obey, orders_of
from enrichment.stages.hierarchy import hierarchy_json, hierarchy_of, paths_in
from enrichment.stores.local import LocalStore
from enrichment.taxonomy.tree import Tree
from schemas.records import HierarchyDecision, HierarchyPath, LevelState, PlacementStatus
from schemas.taxonomy_spec import Taxonomy
from tests.publish.catalogue import PATH, TAXONOMY, catalogue, facts

NIGHT = date(2026, 11, 17)
RUN = "2026-11-17-0123456789ab"
REFUSED = TAXONOMY.model_copy(update={"moved": {"a": "nowhere"}}).model_dump_json(by_alias=True)


def without_mini(body):
    """Tonight's hierarchy: nothing is called "Mini" any more."""
    body["departments"][0]["classes"][0]["subclasses"][0]["category"]["titles"] = {"maxi": "Maxi"}
    return Tree(Taxonomy.model_validate(body))


def first_night(tmp_path):
    """A store whose only night stands on ``TAXONOMY``."""
    store = LocalStore(tmp_path / "store")
    (tmp_path / "taxonomy.json").write_text(hierarchy_json(TAXONOMY))
    publish(store, facts(RUN, NIGHT), catalogue(2), {"report/taxonomy.json": tmp_path / "taxonomy.json"})
    return store


def locked_at(path, run_id=RUN):
    return LedgerEntry(
        *("acme", "S00000", Verdict.LOCK, " / ".join(path), "", "0123456789", "ada"),
        *("2026-11-17T09:00:00+00:00", run_id),
    )


@pytest.mark.parametrize(
    ("run_id", "kept"), [(RUN, PATH[:4]), ("2026-11-16-0123456789ab", ("Women",)), ("by-hand", ("Women",))]
)
def test_a_lock_on_a_category_that_is_gone_holds_its_subclass(tmp_path, run_id, kept):
    store = first_night(tmp_path)
    tonight = without_mini(TAXONOMY.model_dump(by_alias=True))
    lock = locked_at(PATH, run_id)
    orders = orders_of([lock], {lock.key: "0123456789"}, paths_in(store, tonight))
    status, seen = PlacementStatus.STOPPED_AT_PARENT, (LevelState.ABSENT,) * 5
    found = HierarchyDecision(*lock.key, status, HierarchyPath(("Women",)), (0.9,), (), seen)
    # Of a run that nobody knows nothing can be carried on: the pin is passed over, and the gate refuses nobody.
    assert obey([found], orders, lambda path: tonight.is_path(path.levels))[0].path.levels == kept


def test_a_decision_follows_its_node_and_not_another_that_bears_its_old_name(tmp_path):
    store = first_night(tmp_path)
    body = TAXONOMY.model_dump(by_alias=True)
    classes = body["departments"][0]["classes"]
    other = json.loads(json.dumps(classes[0]).replace('"c.d', '"c.new').replace('"name": "Dresses"', '"name": "Other"'))
    other["name"], classes[0]["name"] = classes[0]["name"], "Gowns"
    for leaf in other["subclasses"]:
        leaf["article_types"] = [{"name": "Sari", "group": "dress"}]
    tonight = Tree(
        Taxonomy.model_validate({**body, "departments": [{**body["departments"][0], "classes": [*classes, other]}]})
    )
    assert tonight.is_path(PATH[:3])
    today = paths_in(store, tonight)
    assert today(locked_at(PATH), " / ".join(PATH[:3])) == "Women / Clothing / Gowns"
    # Of a hierarchy that nobody knows nothing can be followed.
    assert today(locked_at(PATH, "2026-11-16-0123456789ab"), " / ".join(PATH[:3])) == " / ".join(PATH[:3])


@pytest.mark.parametrize("text", ["{}", '{"version": 1', "null", REFUSED])
def test_a_hierarchy_that_is_not_readable_any_more_is_no_hierarchy(tmp_path, text):
    store = LocalStore(tmp_path / "store")
    (tmp_path / "taxonomy.json").write_text(text)
    publish(store, facts(RUN, NIGHT), catalogue(2), {"report/taxonomy.json": tmp_path / "taxonomy.json"})
    assert hierarchy_of(store, latest(store)) is None
    assert paths_in(store, Tree(TAXONOMY))(locked_at(PATH), " / ".join(PATH)) == " / ".join(PATH)
