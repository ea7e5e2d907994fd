"""A night that is started while the one before is still at work must not replace the catalogue with a part of it."""

from pathlib import Path

import pytest

from enrichment.desk.summary import summary
from enrichment.progress.null import NullProgress
from enrichment.publish.base import BaseMoved
from enrichment.publish.read import complete_runs, latest
from enrichment.stages import night
from enrichment.stages.night import run_night
from enrichment.stages.plan import plan_night
from enrichment.stores.local import LocalStore
from tests.e2e.conftest import NIGHTS, run_one, settings_for

pytestmark = pytest.mark.slow


def test_a_night_planned_before_the_last_was_published_is_refused_and_run_again_whole(
    drops, declared, tmp_path, monkeypatch
):
    settings = settings_for(tmp_path / "store", drops, declared)
    store = LocalStore(Path(settings.store))
    first = plan_night(NIGHTS[0], settings)
    overlapping = plan_night(NIGHTS[1], settings)
    run_night(first, NullProgress)
    products = summary(first).products

    # As it stood at work at the same time: what stops it before the first stage came too early.
    monkeypatch.setattr(night, "require_base", lambda *_: None)
    with pytest.raises(BaseMoved, match="was planned on no earlier run"):
        run_night(overlapping, NullProgress)
    monkeypatch.undo()
    assert latest(store).night == NIGHTS[0]
    assert [key.night for key in complete_runs(store)] == [NIGHTS[0]]

    again, _ = run_one(NIGHTS[1], settings)
    assert again != overlapping
    assert latest(store).night == NIGHTS[1]
    assert summary(again).carried > products / 2
