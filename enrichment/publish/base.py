"""What a run must stand on when it is published: what its night would be planned on at that moment."""

from __future__ import annotations

from enrichment.publish.layout import RunKey
from enrichment.publish.read import base_key
from enrichment.stores.port import Store
from schemas.errors import Terminal


class BaseMoved(Terminal, RuntimeError):
    """The run stands on a catalogue that is not the last one before its night any more: plan the night anew."""


def require_base(store: Store, run: RunKey, base_run_id: str | None) -> None:
    """Return quietly while ``run`` would be planned on ``base_run_id`` today (None: on nothing).

    A run carries over what its base holds. On another base than the newest before its night it would drop all that
    was published between, without a word from the gate, which compares with the run's own base.

    Raises:
        BaseMoved: another run of an earlier night was published, or put in force, since this one was planned.

    """
    now = base_key(store, run.night)
    due = None if now is None else now.run_id
    if due == base_run_id:
        return
    stood = "no earlier run" if base_run_id is None else f"run {base_run_id}"
    stands = "no earlier run is whole" if due is None else f"the newest run before that night is {due}"
    raise BaseMoved(
        f"run {run.run_id} was planned on {stood}; by now {stands} in {store.uri}. Published as it is, it would undo "
        "what stands between the two, so it is not; readers keep what they had. Way out: run the night again, which "
        f"plans it on the newest: `enrich run --night {run.night.isoformat()}` with the same --store, --drops and "
        "--vendors, or the DAG anew for that night. Start a night once the one before is published."
    )
