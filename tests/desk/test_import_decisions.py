"""Decisions on products that nobody published are refused where they stand in the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from enrichment.desk import import_decisions as stage
from enrichment.review.exchange import write_decisions
from enrichment.review.ledger import Verdict
from enrichment.stores.local import LocalStore
from tests.review.entries import said


@pytest.mark.parametrize(
    ("kind", "places"),
    [("csv", ["line 2", "line 5", "line 6"]), ("json", ["decision 1", "decision 3", "decision 4"])],
)
def test_a_stranger_is_refused_by_its_place_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Literal["csv", "json"], places: list[str]
) -> None:
    # The second decision takes two lines; the third is no decision.
    good, odd = said(comment="over\ntwo lines"), said(Verdict.SNOOZE, value="never")
    nobody = replace(good, sku="nobody", comment="")
    monkeypatch.setattr(stage, "_facts", lambda store: {good.key: ("0123456789", good.path)})
    data = write_decisions([nobody, good, odd, nobody], kind)
    imported, added = stage.import_decisions(LocalStore(tmp_path), data, kind)
    assert (imported.entries, added) == ((good,), 1)
    assert [refusal.where for refusal in imported.refused] == places
    assert [refusal.why.endswith("in the published catalogue") for refusal in imported.refused] == [True, False, True]
    assert f"{nobody.vendor} 'nobody'" in imported.refused[0].why
