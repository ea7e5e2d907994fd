import json
import subprocess
import sys
from pathlib import Path

import pytest

DAGS = Path(__file__).parents[2] / "dags"
HEAVY = ("torch", "spacy", "pandas", "annoy", "boto3", "timm", "great_expectations", "sklearn", "pyarrow")
PROGRAM = """
import json, sys, time
start = time.perf_counter()
sys.path.insert(0, {dags!r})
import airflow.sdk
ready = time.perf_counter()
before = set(sys.modules)
import nightly_enrichment
took = time.perf_counter() - ready
loaded = set(sys.modules) - before
print(json.dumps({{"took": took, "heavy": [n for n in {heavy!r} if n in loaded]}}))
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    home = tmp_path_factory.mktemp("airflow")
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "PATH": str(Path(sys.executable).parent),
        "HOME": str(home),
    }


def python(program, environment):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_the_dag_file_parses_fast_and_loads_nothing_heavy(environment):
    seen = python(PROGRAM.format(dags=str(DAGS), heavy=HEAVY), environment)
    assert seen["heavy"] == []
    assert seen["took"] < 1.0


def test_the_bag_holds_the_night_and_only_publish_announces_it(environment):
    program = f"""
import json
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(dag_folder={str(DAGS)!r})
dag = bag.dags["nightly_enrichment"]
print(json.dumps({{
    "errors": {{str(k): str(v) for k, v in bag.import_errors.items()}},
    "dags": sorted(bag.dags),
    "outlets": {{t.task_id: [o.name for o in t.outlets] for t in dag.tasks if t.outlets}},
    "retries": {{t.task_id: t.retries for t in dag.tasks}},
    "after": {{t.task_id: sorted(t.upstream_task_ids) for t in dag.tasks}},
    "timetable": type(dag.timetable).__name__,
    "catchup": dag.catchup,
    "active": dag.max_active_runs,
    "at once": {{t.task_id: t.max_active_tis_per_dagrun for t in dag.tasks if t.max_active_tis_per_dagrun}},
    "pools": sorted({{t.pool for t in dag.tasks}}),
}}))
"""
    seen = python(program, environment)
    assert seen["errors"] == {}
    assert seen["dags"] == ["nightly_enrichment"]
    assert seen["outlets"] == {"publish": ["enrich_published"]}
    assert {task for task, retries in seen["retries"].items() if not retries} == {"declared_vendors"}
    assert seen["timetable"] == "CronTriggerTimetable"
    assert (seen["catchup"], seen["active"]) == (False, 1)
    # A model in memory each; a pool of their own would have to be made before the first night.
    assert seen["at once"] == {"text": 4, "look": 4}
    assert seen["pools"] == ["default_pool"]
    assert "place" in seen["after"]["index"]
    assert {"text", "look"} <= set(seen["after"]["decide"])
    assert "wait_for_drop" in seen["after"]["plan"]


def test_the_night_is_the_utc_date_the_run_fires_on(environment):
    program = f"""
import json, sys
sys.path.insert(0, {str(DAGS)!r})
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace as Run
import nightly_enrichment as dag
def night(moment, conf=None, manual=False):
    run = Run(conf=conf, logical_date=None if manual else moment, run_after=moment)
    return dag.night_of({{"dag_run": run}}).isoformat()
late = datetime(2026, 11, 18, 4, 0, tzinfo=timezone(timedelta(hours=5)))
print(json.dumps([
    night(datetime(2026, 11, 17, 2, 0, tzinfo=UTC)), night(late),
    night(datetime(2026, 11, 17, 2, 0, tzinfo=UTC), manual=True),
    night(datetime(2026, 11, 21, 9, 0, tzinfo=UTC), {{"night": "2026-11-17"}}),
]))
"""
    assert python(program, environment) == ["2026-11-17"] * 4


def test_a_terminal_error_is_not_retried_and_a_transient_one_is(environment):
    program = f"""
import json, sys
sys.path.insert(0, {str(DAGS)!r})
import nightly_enrichment as dag
from schemas.errors import DropError, StoreUnavailable
def name(error):
    def call():
        raise error("x")
    try:
        dag.terminal_stops(call)
    except Exception as raised:
        return type(raised).__name__
print(json.dumps([name(DropError), name(StoreUnavailable)]))
"""
    environment = {**environment, "PYTHONPATH": str(DAGS.parent)}
    assert python(program, environment) == ["AirflowFailException", "StoreUnavailable"]


def test_many_shards_and_vendors_are_few_tasks_and_a_batch_tells_its_counts_and_failures(environment):
    program = f"""
import json, sys
sys.path.insert(0, {str(DAGS)!r})
import nightly_enrichment as dag
from enrichment import stages
from enrichment.stages import batches, plan
from schemas.errors import DropError, StoreUnavailable
from schemas.records import StageReport
names = [f"v{{n:04d}}" for n in range(3000)]
stages.shards = lambda stage, run_uri: names
plan.declared = lambda: names
listed = [dag.list_shards.function("fetch", "run"), dag.declared_vendors.function()]
errors = {{"bad": DropError, "busy": StoreUnavailable}}
def run(stage, run_uri, shard):
    if shard in errors:
        raise errors[shard]("no")
    return StageReport(stage, shard, 5, 4, 1)
batches.run = run
def outcome(*shards):
    try:
        return dag.stage.function("text", "run", list(shards))
    except Exception as raised:
        return type(raised).__name__
print(json.dumps({{
    "lengths": [len(found) for found in listed],
    "names": [sorted(name for batch in found for name in batch) == names for found in listed],
    "whole": outcome("a", "b"),
    "failed": [outcome("a", "bad"), outcome("bad", "busy", "a"), outcome("bad", "bad")],
}}))
"""
    seen = python(program, {**environment, "PYTHONPATH": str(DAGS.parent)})
    assert seen["lengths"] == [16, 16]
    assert seen["names"] == [True, True]
    assert seen["whole"] == {"in": 10, "done": 8, "quarantined": 2}
    # Without a retry, with one, without one.
    assert seen["failed"] == ["AirflowFailException", "Transient", "AirflowFailException"]
