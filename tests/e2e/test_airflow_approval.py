"""An unusual night under Airflow's own scheduler: nobody answers, a person says no, a person says yes.

The tests share one store and run in this order: what the last one publishes, the ones before must have kept back.
"""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from enrichment.config import Settings
from enrichment.progress.null import NullProgress
from enrichment.publish.read import latest, read_table
from enrichment.review.ledger import Verdict, append
from enrichment.runs.run import Run
from enrichment.sample.catalogue import VENDOR_DECLARATIONS, write_drops
from enrichment.stages.approval import APPROVAL, approver_of, page_of, questions_of
from enrichment.stages.gate import VERDICT
from enrichment.stages.night import run_night
from enrichment.stages.plan import plan_night
from enrichment.stores.local import LocalStore
from schemas.errors import ApprovalNeeded
from tests.e2e.airflow_services import DAG, PATIENCE, PERSON, Airflow, NotStarted
from tests.e2e.conftest import NIGHTS, published_bytes, run_one
from tests.e2e.test_decisions import entry, path_of

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.dag, pytest.mark.timeout(5 * PATIENCE)]
VENDOR = "sample_csv"
SECONDS = 1 / 3600
UNANSWERED, ANSWERED = "nobody-answers", "a-person-says-yes"
KEPT_BACK = {"approval": "success", "record_approval": "skipped", "publish": "skipped"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """One vendor's two nights, drawn: a small night, because here it is Airflow that is tested."""
    root = tmp_path_factory.mktemp("approval")
    (root / "vendors").mkdir()
    shutil.copy(VENDOR_DECLARATIONS / f"{VENDOR}.yaml", root / "vendors")
    drops = write_drops(root / "drops", products=60, nights=NIGHTS[:2], seed=5, vendors=[VENDOR], defects=False)
    return Settings(store=str(root / "store"), drops=str(drops), vendors=str(root / "vendors"), threads=1)


@pytest.fixture(scope="module")
def night(settings):
    """A published first night and an unusual second one, done up to the gate: merchandisers re-filed half of it."""
    run_one(NIGHTS[0], settings)
    store = LocalStore(Path(settings.store))
    first = latest(store)
    placed = [row for row in read_table(store, first, "products").to_pylist() if row["class"]]
    for row in placed[::2]:
        other = next(path_of(one) for one in placed if one["class"] != row["class"])
        append(store, [entry(row, Verdict.CORRECT, first.run_id, value=other)])
    uri = plan_night(NIGHTS[1], settings)
    with pytest.raises(ApprovalNeeded):
        run_night(uri, NullProgress)
    assert latest(store).run_id == first.run_id
    return Run.at(uri)


@pytest.fixture(scope="module")
def airflow(tmp_path_factory, settings, night):
    """Airflow around that store, with a deadline that passes while the test looks on."""
    services = Airflow(
        tmp_path_factory.mktemp("services") / "airflow",
        {
            "ENRICH_STORE": settings.store,
            "ENRICH_DROPS": settings.drops,
            "ENRICH_VENDORS": settings.vendors,
            "ENRICH_THREADS": "1",
            "ENRICH_SETTLE_SECONDS": "0",
            "ENRICH_SCHEDULE": "0 0 29 2 *",
            "ENRICH_APPROVAL_HOURS": str(8 * SECONDS),
        },
    )
    try:
        services.start()
        yield services
    except NotStarted as error:
        pytest.skip(f"Airflow's processes do not start here: {error}")
    finally:
        services.stop()


@pytest.fixture(scope="module")
def patient(airflow):
    """The same with the deadline of real nights."""
    airflow.restart_scheduler(ENRICH_APPROVAL_HOURS="4")
    return airflow


def trigger(airflow, run_id):
    conf = {"night": NIGHTS[1].isoformat()}
    airflow.post(f"dags/{DAG}/dagRuns", {"dag_run_id": run_id, "logical_date": None, "conf": conf})


def states(airflow, run_id):
    """Return the state of each task that is no mapped one, by its id."""
    tasks = airflow.get(f"dags/{DAG}/dagRuns/{run_id}/taskInstances", limit=200)["task_instances"]
    return {task["task_id"]: task["state"] for task in tasks if task["map_index"] < 0}


def ended(airflow, run_id):
    """Return the run's state once it has one that stays, else None."""
    state = airflow.get(f"dags/{DAG}/dagRuns/{run_id}")["state"]
    return state if state in {"success", "failed"} else None


def question(airflow, run_id):
    """Wait for the run's open question and return it."""

    def asked():
        assert not ended(airflow, run_id), f"the run ended without a question: {states(airflow, run_id)}"
        for found in airflow.get(f"dags/{DAG}/dagRuns/{run_id}/hitlDetails")["hitl_details"]:
            task = found["task_instance"]
            waits = task["state"] == "awaiting_input" and not found["response_received"]
            if waits and airflow.parked("approval", run_id, task["try_number"]):
                return found
        return None

    return airflow.until(asked, f"run {run_id} asks a person")


def answer(airflow, run_id, option):
    """Say ``option`` as a person does in the browser, whose button sends the same request."""
    airflow.patch(f"dags/{DAG}/dagRuns/{run_id}/taskInstances/approval/-1/hitlDetails", {"chosen_options": [option]})


def outcome(airflow, run_id):
    """Wait for the end of the run and return the states of its last tasks and who answered what."""
    state = airflow.until(lambda: ended(airflow, run_id), f"run {run_id} ends")
    assert state == "success", states(airflow, run_id)
    given = airflow.get(f"dags/{DAG}/dagRuns/{run_id}/taskInstances/approval/-1/hitlDetails")
    last = states(airflow, run_id)
    by = given["responded_by_user"]
    return {name: last[name] for name in ("approval", "record_approval", "publish")}, given["chosen_options"], by


def announced(airflow):
    """Count the asset events that tell others of a published night."""
    return airflow.get("assets/events", source_dag_id=DAG)["total_entries"]


def clear(airflow, task):
    """Have the unanswered run do ``task`` and what follows it once more, as its button *Clear* does."""
    body = {"dry_run": False, "only_failed": False, "include_downstream": True, "task_ids": [task]}
    airflow.post(f"dags/{DAG}/clearTaskInstances", body | {"dag_run_id": UNANSWERED})


def test_without_an_answer_by_the_deadline_nothing_is_published(airflow, night, settings):
    before = published_bytes(settings.store)
    trigger(airflow, UNANSWERED)
    assert outcome(airflow, UNANSWERED) == (KEPT_BACK, ["Reject"], None)
    assert published_bytes(settings.store) == before
    assert approver_of(night) is None
    assert announced(airflow) == 0


def test_a_cleared_question_is_asked_again_and_no_keeps_last_night(patient, night, settings):
    before = published_bytes(settings.store)
    clear(patient, "approval")
    question(patient, UNANSWERED)
    answer(patient, UNANSWERED, "Reject")
    assert outcome(patient, UNANSWERED) == (KEPT_BACK, ["Reject"], {"id": PERSON, "name": PERSON})
    assert published_bytes(settings.store) == before
    assert not (Path(settings.store) / night.prefix / APPROVAL).exists()
    assert announced(patient) == 0


def test_a_question_marked_done_by_hand_is_no_approval(patient, settings):
    before = published_bytes(settings.store)
    clear(patient, "approval")
    question(patient, UNANSWERED)
    patient.patch(f"dags/{DAG}/dagRuns/{UNANSWERED}/taskInstances/approval", {"new_state": "success"})
    assert patient.until(lambda: ended(patient, UNANSWERED), "the run ends") == "failed"
    assert states(patient, UNANSWERED)["record_approval"] == "failed"
    assert published_bytes(settings.store) == before


def test_other_findings_are_not_asked_about_under_the_old_text(patient, night, settings):
    gate = Path(settings.store) / night.prefix / "gate"
    verdict, marker = gate / f"all.{VERDICT}", gate / "all.done.json"
    kept = {path: path.read_bytes() for path in (verdict, marker)}
    verdict.write_text(json.dumps(json.loads(kept[verdict]) | {"questions": ["something else"]}))
    done = json.loads(kept[marker])
    done["outputs"][VERDICT] = hashlib.sha256(verdict.read_bytes()).hexdigest()
    marker.write_text(json.dumps(done))
    clear(patient, "unusual")
    assert patient.until(lambda: ended(patient, UNANSWERED), "the run ends") == "failed"
    assert states(patient, UNANSWERED)["unusual"] == "failed"
    for path, data in kept.items():
        path.write_bytes(data)


def test_yes_publishes_the_night_under_the_name_of_who_said_it(patient, night, settings):
    store = LocalStore(Path(settings.store))
    before = published_bytes(settings.store)
    trigger(patient, ANSWERED)
    asked = question(patient, ANSWERED)
    assert asked["options"] == ["Approve", "Reject"]
    assert night.run_id in asked["subject"]
    for found in questions_of(night):
        assert found in asked["body"]
    assert page_of(night) in asked["body"]
    assert published_bytes(settings.store) == before
    answer(patient, ANSWERED, "Approve")
    done = dict.fromkeys(KEPT_BACK, "success")
    assert outcome(patient, ANSWERED) == (done, ["Approve"], {"id": PERSON, "name": PERSON})
    published = latest(store)
    assert published.run_id == night.run_id
    assert published.manifest["notes"]["approved_by"] == PERSON
    assert published.manifest["notes"]["unusual"] == questions_of(night)
    assert announced(patient) == 1


def test_nothing_of_airflow_outlives_the_night(patient):
    assert patient.stop() == []
