"""What a night is compared with: of each earlier night the run that counts, and no other."""

import json
from datetime import date, timedelta

import pytest

from enrichment.config import Settings
from enrichment.publish.commit import publish
from enrichment.publish.rollback import rollback
from enrichment.runs.plan import RunPlan
from enrichment.runs.run import Run
from enrichment.stages.history import NIGHTS, SUMMARY, night_summaries
from enrichment.stores.local import LocalStore
from schemas.records import RunManifest
from tests.publish.catalogue import catalogue, planned

FIRST = date(2026, 11, 1)
TABLES = catalogue(1)


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "store")


def published(store, tmp_path, run_id, day):
    """Publish a run whose summary is its name."""
    told = tmp_path / run_id
    told.write_text(json.dumps({"run": run_id}))
    publish(store, planned(store, run_id, FIRST + timedelta(days=day)), TABLES, {SUMMARY: told})


def compared_with(store, day):
    night = FIRST + timedelta(days=day)
    manifest = RunManifest(f"tonight-{day}", night, None, (), (), {})
    return [told["run"] for told in night_summaries(Run.create(store, RunPlan(manifest, Settings())))]


def test_of_several_runs_of_a_night_the_one_that_counts_is_compared_with(store, tmp_path):
    for run_id, day in (("z-first", 0), ("a-again", 0), ("good", 1), ("wrong", 1)):
        published(store, tmp_path, run_id, day)
    rollback(store)
    published(store, tmp_path, "later", 2)
    assert compared_with(store, 3) == ["a-again", "good", "later"]
    assert compared_with(store, 0) == []


def test_the_newest_nights_are_compared_with_oldest_first_and_one_without_a_summary_is_left_out(store, tmp_path):
    for day in range(NIGHTS + 2):
        published(store, tmp_path, f"r{day}", day)
    publish(store, planned(store, "bare", FIRST + timedelta(days=NIGHTS + 2)), TABLES)
    assert compared_with(store, NIGHTS + 3) == [f"r{day}" for day in range(3, NIGHTS + 2)]
