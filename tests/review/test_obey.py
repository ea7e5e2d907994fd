from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.review.ledger import LedgerEntry, Verdict
from enrichment.review.obey import obey, orders_of, pinned
from enrichment.review.regressions import regression_cases
from enrichment.review.standing import settle, standing_entries
from schemas.paths import join_path, parse_path
from schemas.records import HierarchyDecision, HierarchyPath, LevelState, PlacementStatus, Reason
from tests.review.entries import BAGS, CONTENT, DRESSES, TOPS, said

KEY = ("alpine", "A-1")
SAME = {KEY: CONTENT + "ab" * 27}
CHANGED = {KEY: "f" * 64}


def proposed(path: str = DRESSES, reasons: tuple[Reason, ...] = (Reason.CONFIRMED,)) -> HierarchyDecision:
    levels = parse_path(path)
    return HierarchyDecision(
        vendor="alpine",
        sku="A-1",
        status=PlacementStatus.DECIDED if levels.levels else PlacementStatus.ABSTAINED,
        path=levels,
        confidences=(0.7,) * len(levels.levels),
        reasons=reasons,
        levels_seen=(LevelState.RIGHT,) * 5,
        rule="vote@1",
    )


def outcome(entries: list[LedgerEntry], path: str = DRESSES, content: dict[Any, str] = SAME) -> HierarchyDecision:
    return obey([proposed(path)], orders_of(entries, content))[0]


def test_without_orders_nothing_changes() -> None:
    assert outcome([]) == proposed()
    assert outcome([said(Verdict.ACCEPT), said(Verdict.SNOOZE, 1, value="2026-12-01")]) == proposed()


def test_a_lock_holds_its_path_against_another_proposal() -> None:
    kept = outcome([said(Verdict.LOCK, path=BAGS)])
    assert kept.path == parse_path(BAGS)
    assert kept.reasons[0] is Reason.LOCK_KEPT
    assert kept.rule.startswith("review:lock:")
    assert kept.confidences == (1.0, 1.0, 1.0)


def test_orders_follow_a_node_to_its_new_name() -> None:
    def today(entry: LedgerEntry, path: str) -> str:
        assert entry.key == KEY
        return path.replace("Dresses", "Gowns")

    gowns = DRESSES.replace("Dresses", "Gowns")
    lock = orders_of([said(Verdict.LOCK, path=DRESSES)], SAME, today)
    assert obey([proposed(BAGS)], lock)[0].path == parse_path(gowns)
    right = orders_of([said(Verdict.CORRECT, path=BAGS, value=DRESSES)], SAME, today)
    assert obey([proposed(BAGS)], right)[0].path == parse_path(gowns)
    wrong = orders_of([said(Verdict.REJECT, path=DRESSES, previous=BAGS)], SAME, today)
    assert obey([proposed(gowns)], wrong)[0].path == parse_path(BAGS)


@pytest.mark.parametrize("wrong", [said(Verdict.REJECT), said(Verdict.CORRECT, value=BAGS)])
def test_what_is_left_of_a_refused_path_was_refused_by_nobody(wrong: LedgerEntry) -> None:
    above = join_path(parse_path(DRESSES).levels[:-1])
    orders = orders_of([wrong], SAME, lambda _, path: above if path == DRESSES else path)
    assert orders.bans == {}
    assert (KEY in orders.pins) == (wrong.decision is Verdict.CORRECT)


def test_a_lock_expires_with_the_content_and_is_told() -> None:
    entries = [said(Verdict.LOCK, path=BAGS)]
    assert outcome(entries, content=CHANGED) == proposed()
    assert orders_of(entries, CHANGED).expired == (KEY,)
    assert orders_of(entries, SAME).expired == ()


def test_a_correction_expires_alike() -> None:
    entries = [said(Verdict.CORRECT, value=BAGS)]
    assert orders_of(entries, CHANGED).expired == (KEY,)


def test_a_lock_set_again_after_the_change_is_not_told_as_expired() -> None:
    entries = [said(Verdict.LOCK, path=BAGS), said(Verdict.LOCK, 5, path=TOPS, content="f" * 10)]
    assert orders_of(entries, CHANGED).expired == ()
    assert outcome(entries, content=CHANGED).path == parse_path(TOPS)


def test_a_rejection_expires_alike_until_somebody_judges_anew() -> None:
    entries = [said(Verdict.REJECT)]
    assert orders_of(entries, CHANGED).expired == (KEY,)
    for verdict, expired in ((Verdict.ACCEPT, ()), (Verdict.REJECT, ()), (Verdict.ASK_VENDOR, (KEY,))):
        newer = said(verdict, 5, content="f" * 10, reviewer="bo")
        assert orders_of([*entries, newer], CHANGED).expired == expired


def test_a_correction_sets_the_path_and_bans_the_wrong_one() -> None:
    entries = [said(Verdict.CORRECT, value=BAGS)]
    mended = outcome(entries)
    assert mended.path == parse_path(BAGS)
    assert mended.reasons == (Reason.REVIEW_DECIDED,)
    assert orders_of(entries, SAME).bans[KEY][0].path == parse_path(DRESSES)


def test_a_persons_word_settles_what_was_doubted_and_is_no_rule() -> None:
    doubts = (Reason.RULE_OVERRIDE, Reason.FILING_TEXT_CONFLICT, Reason.LEVEL_SHIFTED, Reason.BACKED_OFF)
    for entry, reason in (
        (said(Verdict.LOCK, path=BAGS), Reason.LOCK_KEPT),
        (said(Verdict.CORRECT, value=BAGS), Reason.REVIEW_DECIDED),
    ):
        held = obey([proposed(reasons=doubts)], orders_of([entry], SAME))[0]
        assert held.reasons == (reason, Reason.LEVEL_SHIFTED)
        assert pinned(held)
    assert not pinned(proposed())


def test_a_rejected_path_goes_back_to_where_the_product_was() -> None:
    back = outcome([said(Verdict.REJECT)])
    assert back.path == parse_path(TOPS)
    assert back.rule.startswith("review:reject:")
    assert back.reasons == (Reason.REVIEW_DECIDED,)
    assert not pinned(back)
    assert outcome([said(Verdict.REJECT)], path=BAGS) == proposed(BAGS)


def test_a_rejection_stays_for_the_same_content_only() -> None:
    assert outcome([said(Verdict.REJECT)], content=CHANGED) == proposed()


def test_a_rejected_new_product_is_not_placed_unless_the_wrong_level_is_named() -> None:
    assert outcome([said(Verdict.REJECT, previous="")]).status is PlacementStatus.ABSTAINED
    assert outcome([said(Verdict.REJECT, previous="", level="class")]).path == HierarchyPath(("Women", "Clothing"))


def test_a_fallback_that_was_refused_too_is_passed_over() -> None:
    entries = [said(Verdict.REJECT), said(Verdict.REJECT, 4, path=TOPS, previous=BAGS, reviewer="bo")]
    assert outcome(entries).path == parse_path(BAGS)
    only = [said(Verdict.REJECT), said(Verdict.REJECT, 4, path=TOPS, previous=DRESSES, reviewer="bo")]
    assert outcome(only).status is PlacementStatus.ABSTAINED


def test_a_lock_on_a_node_that_is_gone_is_passed_over() -> None:
    orders = orders_of([said(Verdict.LOCK, path=BAGS)], SAME)
    assert obey([proposed()], orders, known=lambda path: path != parse_path(BAGS)) == [proposed()]


def test_reviewers_who_contradict_each_other_are_not_obeyed() -> None:
    entries = [said(Verdict.LOCK), said(Verdict.REJECT, 3, reviewer="bo")]
    orders = orders_of(entries, SAME)
    assert not orders.pins
    assert not orders.bans
    assert [e.reviewer for e in orders.conflicts[0].entries] == ["ada", "bo"]
    settled = [*entries, said(Verdict.ACCEPT, 9, reviewer="bo")]
    assert orders_of(settled, SAME).pins[KEY].path == parse_path(DRESSES)


def test_two_corrections_to_different_paths_are_a_conflict() -> None:
    entries = [said(Verdict.CORRECT, value=BAGS), said(Verdict.CORRECT, 2, value=TOPS, reviewer="bo")]
    assert settle(entries)[0] == []
    assert len(settle(entries)[1]) == 1


def test_undo_takes_back_the_newest_of_its_own_reviewer_only() -> None:
    entries = [said(Verdict.ACCEPT), said(Verdict.LOCK, 2), said(Verdict.LOCK, 3, reviewer="bo"), said(Verdict.UNDO, 5)]
    standing = standing_entries(entries)
    assert [(e.reviewer, e.decision) for e in standing] == [("ada", Verdict.ACCEPT), ("bo", Verdict.LOCK)]
    assert standing_entries([said(Verdict.UNDO, 1), said(Verdict.ACCEPT, 2)]) == [said(Verdict.ACCEPT, 2)]


OLD_TOPS = f"{TOPS} of old"
ACCEPT, ASK, CORRECT, LOCK, REJECT, SNOOZE = (
    *(Verdict.ACCEPT, Verdict.ASK_VENDOR, Verdict.CORRECT, Verdict.LOCK, Verdict.REJECT, Verdict.SNOOZE),
)


def held(entries: list[LedgerEntry]) -> tuple[set[str], str]:
    """Return the banned paths and the pinned one, empty for none."""
    orders = orders_of(entries, SAME)
    assert orders.conflicts == ()
    pin = orders.pins.get(KEY)
    return {join_path(ban.path.levels) for ban in orders.bans.get(KEY, ())}, join_path(pin.path.levels) if pin else ""


@pytest.mark.parametrize(
    ("told", "banned", "pin"),
    [
        # A rejection stays whatever else is said, but for a word that calls the very path right.
        ([(REJECT, DRESSES), (ACCEPT, TOPS)], {DRESSES}, ""),
        ([(REJECT, DRESSES), (SNOOZE, TOPS)], {DRESSES}, ""),
        ([(REJECT, DRESSES), (REJECT, TOPS)], {DRESSES, TOPS}, ""),
        ([(REJECT, DRESSES), (REJECT, TOPS), (ACCEPT, DRESSES)], {TOPS}, ""),
        ([(REJECT, DRESSES), (ACCEPT, DRESSES)], set(), ""),
        ([(REJECT, DRESSES), (LOCK, DRESSES)], set(), DRESSES),
        ([(REJECT, DRESSES), (LOCK, TOPS)], {DRESSES}, TOPS),
        ([(REJECT, BAGS), (CORRECT, DRESSES)], {DRESSES}, BAGS),
        ([(ACCEPT, DRESSES), (REJECT, DRESSES)], {DRESSES}, ""),
        # A pin stays until another one, or a word against it.
        ([(LOCK, DRESSES), (ACCEPT, DRESSES)], set(), DRESSES),
        ([(LOCK, DRESSES), (ACCEPT, TOPS)], set(), DRESSES),
        ([(LOCK, DRESSES), (SNOOZE, DRESSES)], set(), DRESSES),
        ([(LOCK, DRESSES), (ASK, DRESSES)], set(), DRESSES),
        ([(LOCK, DRESSES), (REJECT, TOPS)], {TOPS}, DRESSES),
        ([(LOCK, DRESSES), (REJECT, DRESSES)], {DRESSES}, ""),
        ([(LOCK, DRESSES), (LOCK, TOPS)], set(), TOPS),
        ([(LOCK, TOPS), (CORRECT, DRESSES)], {DRESSES}, BAGS),
        # A correction is both: each half ends for itself.
        ([(CORRECT, DRESSES), (ACCEPT, BAGS), (SNOOZE, BAGS)], {DRESSES}, BAGS),
        ([(CORRECT, DRESSES), (ACCEPT, DRESSES)], set(), ""),
        ([(CORRECT, DRESSES), (REJECT, DRESSES)], {DRESSES}, ""),
        ([(CORRECT, DRESSES), (REJECT, BAGS)], {DRESSES, BAGS}, ""),
        ([(CORRECT, DRESSES), (LOCK, TOPS)], {DRESSES}, TOPS),
        ([(CORRECT, DRESSES), (LOCK, BAGS)], {DRESSES}, BAGS),
        ([(CORRECT, DRESSES), (CORRECT, TOPS)], {DRESSES, TOPS}, BAGS),
        ([(CORRECT, ""), (REJECT, TOPS)], {"", TOPS}, BAGS),
        ([(LOCK, ""), (LOCK, TOPS)], set(), TOPS),
    ],
)
def test_a_newer_word_ends_only_what_it_is_against(told: list[tuple[Verdict, str]], banned: set[str], pin: str) -> None:
    entries = [said(verdict, at, path=path, value=BAGS) for at, (verdict, path) in enumerate(told)]
    assert held(entries) == (banned, pin)
    assert {case.wrong for case in regression_cases(entries)} == banned - {""}


@pytest.mark.parametrize("first", [said(LOCK, path=OLD_TOPS), said(CORRECT, value=OLD_TOPS)])
def test_a_word_against_a_renamed_node_ends_what_was_said_under_its_old_name(first: LedgerEntry) -> None:
    entries = [first, said(REJECT, 2, path=TOPS)]
    orders = orders_of(entries, SAME, lambda _, path: TOPS if path == OLD_TOPS else path)
    assert orders.conflicts == ()
    assert orders.pins == {}
    assert parse_path(TOPS) in {ban.path for ban in orders.bans[KEY]}
    cases = regression_cases(entries, lambda _, path: TOPS if path == OLD_TOPS else path)
    assert TOPS in {case.wrong for case in cases}


def test_a_path_refused_after_a_correction_does_not_lead_back_to_the_first() -> None:
    entries = [said(CORRECT, value=BAGS), said(REJECT, 3, path=BAGS, previous=DRESSES)]
    for path in (DRESSES, BAGS):
        assert outcome(entries, path).path not in (parse_path(DRESSES), parse_path(BAGS))


def test_undo_brings_back_what_the_undone_word_had_ended() -> None:
    entries = [said(REJECT), said(ACCEPT, 2)]
    assert held(entries) == (set(), "")
    assert held([*entries, said(Verdict.UNDO, 3)]) == ({DRESSES}, "")


def test_a_lock_is_no_quarrel_with_its_own_reviewers_acceptance_but_with_anothers() -> None:
    entries = [said(LOCK), said(ACCEPT, 2, path=TOPS)]
    assert settle(entries)[1] == []
    assert len(settle([*entries, said(ACCEPT, 3, path=TOPS, reviewer="bo")])[1]) == 1


def test_undo_leaves_decisions_about_other_content_alone() -> None:
    old = said(Verdict.LOCK, content="9" * 10, run_id="earlier")
    assert standing_entries([old, said(Verdict.ACCEPT, 2), said(Verdict.UNDO, 3)]) == [old]


def test_entries_on_products_of_other_shards_are_left_alone() -> None:
    assert orders_of([said(Verdict.LOCK)], {}).pins == {}
    quarrel = [said(Verdict.LOCK, content=""), said(Verdict.LOCK, reviewer="bo", path=TOPS, content="")]
    assert orders_of(quarrel, {}).conflicts == ()


def test_a_shard_reads_no_other_shards_entries() -> None:
    def today(entry: LedgerEntry, path: str) -> str:
        assert entry.key == KEY
        return path

    others = [said(Verdict.LOCK, sku=f"B-{n}", reviewer=who) for n in range(3) for who in ("ada", "bo")]
    assert list(orders_of([*others, said(Verdict.LOCK)], SAME, today).pins) == [KEY]


_ENTRIES = st.lists(
    st.builds(
        lambda decision, minute, reviewer, path, value, content: said(
            decision, minute, reviewer=reviewer, path=path, value=value, content=content
        ),
        st.sampled_from(Verdict),
        st.integers(0, 59),
        st.sampled_from(["ada", "bo"]),
        st.sampled_from([DRESSES, TOPS]),
        st.sampled_from([TOPS, BAGS]),
        st.sampled_from([CONTENT, "f" * 10]),
    ),
    max_size=8,
)


@settings(deadline=None, derandomize=True)
@given(_ENTRIES, st.randoms(use_true_random=False))
def test_the_order_in_which_files_are_read_is_irrelevant(entries: list[LedgerEntry], rng: random.Random) -> None:
    mixed = list(entries)
    rng.shuffle(mixed)
    assert orders_of(mixed, SAME) == orders_of(entries, SAME)


@settings(deadline=None, derandomize=True)
@given(_ENTRIES, st.sampled_from([DRESSES, TOPS, BAGS, ""]))
def test_a_banned_path_never_comes_out_unless_a_person_pinned_it(entries: list[LedgerEntry], path: str) -> None:
    orders = orders_of(entries, SAME)
    result = obey([proposed(path)], orders)[0]
    banned = {ban.path for ban in orders.bans.get(KEY, ())}
    pinned = orders.pins.get(KEY)
    assert result.path not in banned or (pinned is not None and result.path == pinned.path)


@settings(deadline=None, derandomize=True)
@given(_ENTRIES)
def test_one_reviewer_alone_never_disagrees_and_a_refused_path_stays_refused(entries: list[LedgerEntry]) -> None:
    given = [replace(entry, reviewer="ada", at=f"2026-11-18T08:{at:02d}:00+00:00") for at, entry in enumerate(entries)]
    given = [entry for entry in given if entry.decision is not Verdict.UNDO and entry.content == CONTENT]
    # A correction to the very path that it calls wrong is the one word that disagrees with itself.
    mine = [entry for entry in given if entry.decision is not CORRECT or entry.path != entry.value]
    orders = orders_of(mine, SAME)
    assert orders.conflicts == ()
    banned = {join_path(ban.path.levels) for ban in orders.bans.get(KEY, ())}
    for at, entry in enumerate(mine):
        later = [e for e in mine[at + 1 :] if entry.path in (e.path, e.value)]
        right_after_all = any(e.decision in (ACCEPT, LOCK, CORRECT) for e in later)
        assert entry.decision not in (REJECT, CORRECT) or entry.path in banned or right_after_all


@pytest.mark.parametrize("verdict", [Verdict.LOCK, Verdict.CORRECT, Verdict.REJECT])
def test_obeying_twice_changes_nothing_more(verdict: Verdict) -> None:
    orders = orders_of([said(verdict, value=BAGS)], SAME)
    once = obey([proposed()], orders)
    assert obey(once, orders)[0].path == once[0].path
