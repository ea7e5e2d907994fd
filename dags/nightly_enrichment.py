"""The nightly run: wait for vendors, plan, then each stage over batches of shards, publish last.

Wiring only. Every task calls ``enrichment.stages`` inside its own process; what travels between tasks are run
addresses and names, never rows. The night is the UTC date on which the run fires: a drop that lies under
``<vendor>/2026-11-17/`` belongs to the run of 2026-11-17, also in a backfill.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Asset, CronTriggerTimetable, PokeReturnValue, dag, task

SCHEDULE = os.environ.get("ENRICH_SCHEDULE", "0 2 * * *")
PUBLISHED = Asset(name="enrich_published", uri="x-enrich://published/latest")
# Airflow takes a deadline of zero for none at all, and would then wait for ever.
APPROVAL_DEADLINE = max(timedelta(hours=float(os.environ.get("ENRICH_APPROVAL_HOURS", "4"))), timedelta(seconds=1))
# A mapped task works through a batch of shards. Below Airflow's core.max_map_length, however many shards there are.
BATCHES = max(int(os.environ.get("ENRICH_BATCHES", "16")), 1)
# How many tasks of ``text``, and how many of ``look``, may run at the same time; each holds a model in memory.
MODEL_TASKS = max(int(os.environ.get("ENRICH_MODEL_TASKS", "4")), 1)
RETRY = {"retries": 3, "retry_delay": timedelta(minutes=1), "retry_exponential_backoff": True}
# Markdown; the questions are indented into a code block, because they quote what vendors wrote.
QUESTION = """The night is ready, but the gate found what it has not seen before:

{% for question in ti.xcom_pull(task_ids='unusual', key='questions') or [] %}    {{ question.split() | join(' ') }}
{% endfor %}
The page that shows it: `{{ ti.xcom_pull(task_ids='unusual', key='page') }}`, with what lies beside it.

- **Approve** publishes run `{{ ti.xcom_pull(task_ids='plan') }}`; your name goes into its manifest.
- **Reject** publishes nothing: readers keep last night's catalogue.

Without an answer within {{ '%g' % (task.response_timeout.total_seconds() / 3600) }} hours the night counts as rejected.
"""


def night_of(context: Any) -> date:
    """Return the night a task works for: ``night`` of the run's conf, else the date the run fires on."""
    run = context["dag_run"]
    given = (run.conf or {}).get("night")
    moment = run.logical_date or run.run_after
    return date.fromisoformat(given) if given else moment.astimezone(UTC).date()


def terminal_stops(call: Any, *args: Any) -> Any:
    """Call ``call``; a ``Terminal`` error fails the task without retries, a ``Transient`` one is retried."""
    from airflow.sdk.exceptions import AirflowFailException

    from schemas.errors import Terminal

    try:
        return call(*args)
    except Terminal as error:
        raise AirflowFailException(str(error)) from error


@task
def declared_vendors() -> list[list[str]]:
    """List the vendors that a YAML declares, in batches."""
    from enrichment.stages.batches import batches
    from enrichment.stages.plan import declared

    return batches(declared(), BATCHES)


@task.sensor(mode="reschedule", poke_interval=30, timeout=timedelta(hours=12), **RETRY)
def wait_for_drop(vendors: list[str], **context: Any) -> PokeReturnValue:
    """Wait until each vendor's drop is complete or its deadline has passed; a late vendor holds nobody."""
    from enrichment.stages.arrival import arrivals

    states = terminal_stops(arrivals, vendors, night_of(context), datetime.now(UTC))
    return PokeReturnValue(is_done="waiting" not in states.values(), xcom_value=states)


@task(trigger_rule="all_done", **RETRY)
def plan(**context: Any) -> str:
    """Fix what the night consists of and return the run's address."""
    from enrichment.stages.plan import plan_night

    return str(terminal_stops(plan_night, night_of(context)))


@task(trigger_rule="all_done", **RETRY)
def list_shards(stage: str, run_uri: str) -> list[list[str]]:
    """List a stage's shards in batches; vendors whose drop could not be read have none."""
    from enrichment import stages
    from enrichment.stages.batches import batches

    return batches(terminal_stops(stages.shards, stage, run_uri), BATCHES)


@task(**RETRY)
def stage(name: str, run_uri: str, shards: list[str]) -> dict[str, int]:
    """Run a batch of shards of a stage, one after the other, and return their counts; a retry skips finished ones."""
    from enrichment.stages.batches import run_batch

    reports = terminal_stops(run_batch, name, run_uri, shards)
    return {
        "in": sum(report.units_in for report in reports),
        "done": sum(report.done for report in reports),
        "quarantined": sum(report.quarantined for report in reports),
    }


@task.branch(**RETRY)
def unusual(run_uri: str, **context: Any) -> str:
    """Go on to publish, or ask a person first where the gate found the night unusual."""
    from enrichment.runs.run import Run
    from enrichment.stages.approval import page_of, questions_of

    run = terminal_stops(Run.at, run_uri)
    questions = terminal_stops(questions_of, run)
    if not questions:
        return "publish"
    context["ti"].xcom_push(key="questions", value=questions)
    context["ti"].xcom_push(key="page", value=page_of(run))
    refuse_other_questions(context["task_state_store"], [run_uri, *questions])
    return "approval"


def refuse_other_questions(store: Any, found: list[str]) -> None:
    """Fail where this DAG run has asked something else before.

    Airflow writes a question's text once a DAG run: after a clear it would show the old one, and a person would
    approve what nobody asked. ``store`` is the task's own and outlives a clear.
    """
    from airflow.sdk.exceptions import AirflowFailException

    if store.get("asked", found) != found:
        raise AirflowFailException("this DAG run has asked about other findings; trigger a new one for the night")
    store.set("asked", found)


@task(**RETRY)
def record_approval(run_uri: str, **context: Any) -> None:
    """Write down who approved, so that publish goes on; an approval without a name is refused."""
    from enrichment.runs.run import Run
    from enrichment.stages.approval import approve

    # Empty where the question was not answered but its task was marked a success by hand.
    answer = context["ti"].xcom_pull(task_ids="approval") or {}
    user = answer.get("responded_by_user") or {}
    terminal_stops(approve, terminal_stops(Run.at, run_uri), str(user.get("name") or user.get("id") or ""))


@dag(
    dag_id="nightly_enrichment",
    schedule=CronTriggerTimetable(SCHEDULE, timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    tags=["enrich"],
    doc_md=__doc__,
)
def nightly_enrichment() -> None:
    """Wire the night: sensors, plan, read, the product stages batch by batch, index, gate, publish."""
    arrived = wait_for_drop.expand(vendors=declared_vendors())
    run_uri = plan()
    arrived >> run_uri

    def mapped(name: str, over: Any, *after: Any, **limits: Any) -> Any:
        done = stage.override(task_id=name, **limits).partial(name=name, run_uri=run_uri).expand(shards=over)
        list(after) >> done if after else None
        return done

    read = mapped("read", list_shards.override(task_id="vendors_of_the_night")("read", run_uri))
    shards = list_shards.override(task_id="shards")("fetch", run_uri)
    read >> shards
    fetch = mapped("fetch", shards)
    text, look = (mapped(name, shards, fetch, max_active_tis_per_dagrun=MODEL_TASKS) for name in ("text", "look"))
    decide = mapped("decide", shards, text, look)
    place = mapped("place", shards, decide)
    groups = list_shards.override(task_id="groups", trigger_rule="all_success")("index", run_uri)
    index = mapped("index", groups, place)
    gate = stage.override(task_id="gate")("gate", run_uri, ["all"])
    asked = unusual(run_uri)
    approval = ApprovalOperator(
        task_id="approval",
        subject="Run {{ ti.xcom_pull(task_ids='plan').split('/') | last }} is unusual: publish it?",
        body=QUESTION,
        defaults="Reject",
        response_timeout=APPROVAL_DEADLINE,
        ignore_downstream_trigger_rules=True,
        **RETRY,
    )
    recorded = record_approval(run_uri)
    publish = stage.override(task_id="publish", outlets=[PUBLISHED], trigger_rule="none_failed_min_one_success")(
        "publish", run_uri, ["all"]
    )
    index >> gate >> asked >> [approval, publish]
    approval >> recorded >> publish


nightly_enrichment()
