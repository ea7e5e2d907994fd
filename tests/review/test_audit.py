from __future__ import annotations

import random

import pytest

from enrichment.review.audit import draw, estimate, plan_from
from enrichment.review.ledger import Verdict
from tests.review.entries import said

PLACED = [("alpine", f"P{at}") for at in range(300)]
STANDING = [("alpine", f"S{at}") for at in range(900)]
RUN = "2026-11-18-a1b2c3"


def test_the_draw_depends_on_the_run_and_not_on_the_order() -> None:
    plan = draw(RUN, PLACED, STANDING)
    assert plan == draw(RUN, PLACED[::-1], STANDING[::-1])
    assert plan != draw("another", PLACED, STANDING)
    assert [len(s.sample) for s in plan.strata] == [40, 20]
    assert plan_from(plan.record()) == plan


def test_small_strata_leave_their_share_to_the_other() -> None:
    assert [len(s.sample) for s in draw(RUN, PLACED[:5], STANDING).strata] == [5, 55]
    assert [len(s.sample) for s in draw(RUN, PLACED, STANDING[:3]).strata] == [57, 3]
    assert [len(s.sample) for s in draw(RUN, [], STANDING[:3]).strata] == [3]
    assert draw(RUN, [], []).strata == ()


def test_every_product_is_drawn_equally_often() -> None:
    hits = dict.fromkeys(PLACED[:50], 0)
    for at in range(400):
        for key in draw(f"run-{at}", PLACED[:50], [], size=10).strata[0].sample:
            hits[key] += 1
    assert sum(hits.values()) == 4000
    assert 45 < min(hits.values()) <= max(hits.values()) < 120


def judged(plan_sample: list[tuple[str, str]], right: set[tuple[str, str]]) -> list:
    return [
        said(Verdict.ACCEPT if key in right else Verdict.REJECT, sku=key[1], audit=True, seq=at)
        for at, key in enumerate(plan_sample)
    ]


def test_the_estimate_weighs_strata_by_size() -> None:
    plan = draw(RUN, PLACED, STANDING)
    placed, standing = (list(s.sample) for s in plan.strata)
    found = estimate(plan, judged(placed + standing, set(placed[:20] + standing)))
    assert found.accuracy == pytest.approx(0.25 * 0.5 + 0.75 * 1.0)
    assert found.low < found.accuracy < found.high <= 1.0
    assert (found.judged, found.asked) == (60, 60)


def test_no_answer_in_a_stratum_is_no_estimate() -> None:
    plan = draw(RUN, PLACED, STANDING)
    found = estimate(plan, judged(list(plan.strata[0].sample), set()))
    assert (found.accuracy, found.low, found.high, found.judged) == (None, 0.0, 1.0, 40)


def test_only_answers_of_the_audit_block_count() -> None:
    plan = draw(RUN, PLACED, [])
    key = plan.strata[0].sample[0]
    outside = next(k for k in PLACED if k not in plan.strata[0].sample)
    entries = [
        said(Verdict.REJECT, sku=key[1]),
        said(Verdict.ACCEPT, 2, sku=key[1], audit=True),
        said(Verdict.ASK_VENDOR, 3, sku=plan.strata[0].sample[1][1], audit=True),
        said(Verdict.REJECT, 4, sku=outside[1], audit=True),
        said(Verdict.REJECT, 5, sku=key[1], audit=True, run_id="another"),
    ]
    found = estimate(plan, entries)
    assert (found.accuracy, found.judged) == (1.0, 1)
    undone = [*entries, said(Verdict.UNDO, 6, sku=key[1], audit=True)]
    assert estimate(plan, undone).judged == 0


def test_reviewers_who_disagree_leave_the_sample_open() -> None:
    plan = draw(RUN, PLACED, [], size=2)
    key = plan.strata[0].sample[0]
    split = [said(Verdict.ACCEPT, sku=key[1], audit=True), said(Verdict.REJECT, sku=key[1], audit=True, reviewer="bo")]
    assert estimate(plan, split).judged == 0


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = random.Random(3)
    right = {key for key in PLACED if rng.random() < 0.85} | {key for key in STANDING if rng.random() < 0.97}
    truth = len(right) / (len(PLACED) + len(STANDING))
    held, points = 0, []
    for at in range(300):
        plan = draw(f"run-{at}", PLACED, STANDING)
        entries = judged([key for s in plan.strata for key in s.sample], right)
        found = estimate(plan, [replace_run(e, plan.run_id) for e in entries])
        held += found.low <= truth <= found.high
        points.append(found.accuracy or 0.0)
    assert held / 300 >= 0.93
    assert sum(points) / 300 == pytest.approx(truth, abs=0.006)


def replace_run(entry, run_id: str):
    from dataclasses import replace

    return replace(entry, run_id=run_id)
