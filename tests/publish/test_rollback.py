from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.publish.commit import publish
from enrichment.publish.layout import POINTER, RunKey
from enrichment.publish.pointer import Pointer
from enrichment.publish.read import Published, base_key, latest
from enrichment.publish.rollback import rollback
from enrichment.stores.local import LocalStore
from schemas.errors import ObjectChanged, ObjectMissing, PublishedMismatch, UsageError
from tests.publish.catalogue import NIGHT, catalogue, facts, planned

TABLES = catalogue(3)


def _night(store: LocalStore, day: int, run_id: str = "") -> bool:
    return publish(store, planned(store, run_id or f"r{day}", NIGHT + timedelta(days=day)), TABLES).is_latest


@pytest.fixture
def three(store: LocalStore) -> LocalStore:
    for day in (1, 2, 3):
        _night(store, day)
    return store


def test_back_goes_to_the_run_before_and_says_so(three: LocalStore) -> None:
    done = rollback(three)
    assert latest(three).run_id == "r2"
    assert "now names r2" in str(done)
    assert "it named r3" in str(done)
    assert done.rolled_back == ("r3",)
    assert json.loads(three.get(POINTER))["previous"]["run_id"] == "r3"


def test_back_again_goes_further(three: LocalStore) -> None:
    rollback(three)
    rollback(three)
    assert latest(three).run_id == "r1"
    with pytest.raises(UsageError, match="no run before it"):
        rollback(three)


def test_a_named_run_is_pointed_at_back_and_forth(three: LocalStore) -> None:
    assert rollback(three, "r1").rolled_back == ("r2", "r3")
    assert latest(three).run_id == "r1"
    assert rollback(three, "r3").rolled_back == ("r2",)
    assert latest(three).run_id == "r3"


def test_forward_by_name_keeps_the_earlier_runs_to_go_back_to(three: LocalStore) -> None:
    rollback(three, "r1")
    rollback(three, "r2")
    assert latest(three).run_id == "r2"
    rollback(three)
    assert latest(three).run_id == "r1"


def test_to_where_it_stands_changes_nothing(three: LocalStore) -> None:
    before = three.get(POINTER)
    rollback(three, "r3")
    assert three.get(POINTER) == before


def test_a_retried_publish_does_not_undo_a_rollback(three: LocalStore) -> None:
    rollback(three, "r1")
    assert _night(three, 3) is False
    assert _night(three, 2) is False
    assert latest(three).run_id == "r1"


def test_the_next_night_moves_on(three: LocalStore) -> None:
    rollback(three, "r1")
    assert _night(three, 4)
    assert latest(three).run_id == "r4"
    assert json.loads(three.get(POINTER))["previous"]["run_id"] == "r1"


def test_a_better_run_of_a_night_that_was_rolled_back_is_taken(three: LocalStore) -> None:
    rollback(three)
    assert _night(three, 3, "r3-again")
    assert latest(three).run_id == "r3-again"


def test_a_backfilled_run_can_be_pointed_at_by_name(three: LocalStore) -> None:
    assert _night(three, 2, "r2-backfilled") is False
    rollback(three, "r2-backfilled")
    assert latest(three).run_id == "r2-backfilled"
    assert publish(three, facts("r3", NIGHT + timedelta(days=3), "r2"), TABLES).is_latest is False


def test_between_two_runs_of_a_night_the_one_left_does_not_come_back(store: LocalStore) -> None:
    _night(store, 2)
    assert _night(store, 1, "other") is False
    _night(store, 1, "third")
    rollback(store, "other")
    rollback(store, "third")
    assert _night(store, 1, "other") is False
    assert latest(store).run_id == "third"


def test_a_run_with_a_changed_file_is_not_pointed_at(three: LocalStore) -> None:
    before = three.get(POINTER)
    key = "published/v=1/run_date=2026-11-18/run_id=r1/attribute_claims/part-0.parquet"
    three.put(key, three.get(key) + b" ")
    with pytest.raises(PublishedMismatch, match="attribute_claims"):
        rollback(three, "r1")
    assert three.get(POINTER) == before


@pytest.mark.parametrize("run_id", ["r9", "", "../r1", "r1/"])
def test_an_unknown_run_is_told_which_there_are(three: LocalStore, run_id: str) -> None:
    with pytest.raises(UsageError, match="r1, r2, r3"):
        rollback(three, run_id)


def test_a_night_published_meanwhile_is_not_rolled_back_unseen(
    three: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(store: LocalStore, published: Published) -> None:
        _night(three, 4)

    monkeypatch.setattr("enrichment.publish.rollback.verify", check)
    with pytest.raises(ObjectChanged, match="theirs stands"):
        rollback(three)
    assert latest(three).run_id == "r4"


@pytest.mark.parametrize("broken", [False, True])
def test_a_named_run_mends_a_broken_or_lost_pointer(three: LocalStore, broken: bool) -> None:
    three.put(POINTER, b"{") if broken else three.delete(POINTER)
    with pytest.raises((PublishedMismatch, ObjectMissing)):
        rollback(three)
    rollback(three, "r2")
    assert latest(three).run_id == "r2"


def test_nothing_published_nothing_to_roll_back(store: LocalStore) -> None:
    with pytest.raises(ObjectMissing, match="nothing to roll back"):
        rollback(store)


RUNS = [RunKey(date(2026, 11, day), f"{day}{letter}") for day in range(1, 5) for letter in "ab"]


@settings(max_examples=150, deadline=None)
@given(start=st.sampled_from(RUNS), moves=st.lists(st.tuples(st.booleans(), st.sampled_from(RUNS)), max_size=25))
def test_a_pointer_moves_forward_alone_and_back_only_by_hand(start: RunKey, moves: list[tuple[bool, RunKey]]) -> None:
    pointer = Pointer((start,))
    for by_hand, run in moves:
        before = pointer
        pointer = before.back(run) if by_hand else before.forward(run)
        assert Pointer.from_bytes(pointer.to_bytes()) == pointer
        assert pointer.current.run_id not in pointer.rolled_back
        assert len(set(pointer.trail)) == len(pointer.trail)
        if by_hand:
            assert pointer.current == run
        else:
            assert pointer.current.night >= before.current.night
            assert pointer.current not in {r for r in RUNS if r.run_id in before.rolled_back}
        if pointer.current != before.current:
            assert pointer.previous == before.current


def _base(store: LocalStore, day: int) -> str:
    key = base_key(store, NIGHT + timedelta(days=day))
    return "" if key is None else key.run_id


def test_a_run_rolled_back_is_what_the_next_night_stands_on_and_it_is_said(three: LocalStore) -> None:
    told = str(rollback(three))
    assert _base(three, 4) == "r3"
    assert "holds until the next night is published" in told
    assert "run its night again" in told


def test_its_night_run_again_is_what_later_nights_stand_on(three: LocalStore) -> None:
    rollback(three, "r1")
    for day in (2, 3):
        assert _night(three, day, f"mended{day}")
        assert _base(three, day + 1) == f"mended{day}"
    assert _night(three, 4)
    assert latest(three).run_id == "r4"
    assert _base(three, 5) == "r4"


def test_mended_after_the_next_night_it_is_the_base_but_not_what_readers_follow(three: LocalStore) -> None:
    rollback(three)
    assert _night(three, 4)
    assert _night(three, 3, "mended3") is False
    assert (latest(three).run_id, _base(three, 4)) == ("r4", "mended3")
