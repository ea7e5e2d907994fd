from __future__ import annotations

import doctest
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from enrichment.publish import layout
from enrichment.publish.commit import publish
from enrichment.publish.layout import POINTER
from enrichment.publish.read import (
    base_key,
    complete_runs,
    earlier_nights,
    find_run,
    latest,
    open_run,
    published_before,
    read_file,
    read_table,
)
from enrichment.publish.rollback import rollback
from enrichment.stores.local import LocalStore
from schemas.errors import ObjectMissing, PublishedMismatch, UsageError
from tests.publish.catalogue import NIGHT, catalogue, planned

TABLES = catalogue(3)


def _nights(store: LocalStore, *runs: tuple[str, int]) -> None:
    for run_id, day in runs:
        publish(store, planned(store, run_id, NIGHT + timedelta(days=day)), TABLES)


def test_an_empty_store_has_no_latest_and_no_base(store: LocalStore) -> None:
    with pytest.raises(ObjectMissing, match="no published run yet"):
        latest(store)
    assert published_before(store, NIGHT) is None
    assert complete_runs(store) == []


def test_the_base_is_the_newest_earlier_night(store: LocalStore) -> None:
    _nights(store, ("r1", 0), ("r2", 1), ("r4", 3))
    bases = [published_before(store, NIGHT + timedelta(days=day)) for day in range(5)]
    assert [base and base.run_id for base in bases] == [None, "r1", "r2", "r2", "r4"]


def test_of_one_nights_runs_the_one_pointed_at_last_is_the_base(store: LocalStore) -> None:
    _nights(store, ("z", 0), ("a", 0), ("later", 2))
    assert published_before(store, NIGHT + timedelta(days=1)).run_id == "a"  # type: ignore[union-attr]


def test_of_runs_never_pointed_at_the_highest_id_is_the_base(store: LocalStore) -> None:
    _nights(store, ("later", 2), ("b", 0), ("a", 0))
    assert published_before(store, NIGHT + timedelta(days=1)).run_id == "b"  # type: ignore[union-attr]


def test_a_run_rolled_back_is_no_base_beside_another_of_its_night(store: LocalStore) -> None:
    _nights(store, ("good", 0), ("wrong", 0))
    rollback(store)
    assert published_before(store, NIGHT + timedelta(days=1)).run_id == "good"  # type: ignore[union-attr]


def test_half_written_runs_do_not_count(store: LocalStore) -> None:
    _nights(store, ("r1", 0), ("r2", 1))
    run = latest(store)
    store.delete(f"{run.prefix}/_SUCCESS")
    assert [key.run_id for key in complete_runs(store)] == ["r1"]
    with pytest.raises(PublishedMismatch, match="incomplete"):
        latest(store)
    with pytest.raises(UsageError, match=r"'r2' is not published whole.*r1"):
        find_run(store, "r2")


def test_strange_keys_beside_the_runs_are_ignored(store: LocalStore) -> None:
    _nights(store, ("r1", 0))
    for key in (
        "run_date=soon/run_id=x/_SUCCESS",
        "run_date=2026-11-17/other/_SUCCESS",
        "run_date=2026-11-17/_SUCCESS",
    ):
        store.put(f"published/v=1/{key}", b"")
    assert [key.run_id for key in complete_runs(store)] == ["r1"]


@pytest.mark.parametrize("name", ["products/part-0.parquet", "_manifest.json", "_SUCCESS"])
def test_changed_bytes_are_noticed(store: LocalStore, name: str) -> None:
    _nights(store, ("r1", 0))
    key = f"{latest(store).prefix}/{name}"
    store.put(key, store.get(key)[:-2] + b"\n\n")
    with pytest.raises(PublishedMismatch, match="sha256"):
        read_table(store, latest(store), "products")


def test_a_lost_file_is_noticed(store: LocalStore) -> None:
    _nights(store, ("r1", 0))
    run = latest(store)
    store.delete(f"{run.prefix}/products/part-0.parquet")
    with pytest.raises(PublishedMismatch, match="no object"):
        read_table(store, run, "products")


def test_an_unknown_table_is_told_what_there_is(store: LocalStore) -> None:
    _nights(store, ("r1", 0))
    with pytest.raises(UsageError, match=r"attribute_claims/part-0\.parquet"):
        read_table(store, latest(store), "prices")
    with pytest.raises(UsageError, match="no file"):
        read_file(store, latest(store), "../../latest.json")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 9}', b"\xff", b'{"trail": [], "previous": null}'])
def test_a_pointer_that_is_none_says_the_way_out(store: LocalStore, content: bytes) -> None:
    _nights(store, ("r1", 0))
    store.put(POINTER, content)
    with pytest.raises(PublishedMismatch, match="rollback --to"):
        latest(store)
    assert rollback(store, "r1").published.run_id == "r1"
    assert latest(store).run_id == "r1"


def test_a_reader_that_has_a_run_keeps_it_while_the_pointer_moves(store: LocalStore) -> None:
    _nights(store, ("r1", 0))
    held = latest(store)
    publish(store, planned(store, "r2", date(2026, 12, 1)), catalogue(5))
    assert read_table(store, held, "products").num_rows == 3
    assert read_table(store, latest(store), "products").num_rows == 5
    assert open_run(store, held.key) == held


def test_the_worked_examples_of_the_layout_run() -> None:
    result = doctest.testmod(layout)
    assert (result.failed, result.attempted) == (0, 2)


def test_each_earlier_night_is_stood_for_by_the_run_its_base_would_be(store: LocalStore) -> None:
    _nights(store, ("z", 0), ("a", 0), ("good", 1), ("wrong", 1))
    rollback(store)
    _nights(store, ("later", 3), ("b", 2), ("c", 2))
    stood = list(earlier_nights(store, NIGHT + timedelta(days=4)))
    assert [key.run_id for key in stood] == ["later", "c", "good", "a"]
    assert stood == [base_key(store, NIGHT + timedelta(days=day)) for day in (4, 3, 2, 1)]


def test_nights_of_long_ago_are_found_too(store: LocalStore) -> None:
    _nights(store, ("r0", 0), ("r1", 1), ("r1-again", 1), ("r40", 40), ("r400", 400))
    stood = [key.run_id for key in earlier_nights(store, NIGHT + timedelta(days=401))]
    assert stood == ["r400", "r40", "r1-again", "r0"]
    assert base_key(store, NIGHT + timedelta(days=36)) == base_key(store, NIGHT + timedelta(days=37))
    assert [key.run_id for key in earlier_nights(store, NIGHT + timedelta(days=36))] == ["r1-again", "r0"]


class Listing(LocalStore):
    """A folder that notes what was listed."""

    listed: tuple[str, ...] = ()

    def list(self, prefix: str) -> Iterator[str]:
        self.listed += (prefix,)
        return super().list(prefix)


def test_the_base_of_a_night_costs_a_listing_of_one_night(store: LocalStore) -> None:
    _nights(store, *((f"r{day}", day) for day in range(4)))
    noted = Listing(store._root)
    assert base_key(noted, NIGHT + timedelta(days=4)) is not None
    assert noted.listed == ("published/v=1/run_date=2026-11-20/",)


def test_a_planned_run_is_found_without_a_listing_and_only_while_it_is_whole(store: LocalStore) -> None:
    planned_id = "2026-11-17-0123456789ab"
    _nights(store, (planned_id, 0))
    noted = Listing(store._root)
    assert find_run(noted, planned_id) == latest(store).key
    assert noted.listed == ()
    store.delete(f"{latest(store).prefix}/_SUCCESS")
    with pytest.raises(UsageError, match=r"is not published whole.*none"):
        find_run(noted, planned_id)
