"""What depends on what, and the one function that runs a stage's shard.

Done is a marker whose fingerprint equals that of the shard's inputs: such a shard is not run again. What a stage's own
settings decide is decided for good once the run is published.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from enrichment.runs.run import Marker, Outcome, Run
from enrichment.runs.scratch import scratch_full
from enrichment.stages.left_out import is_published, require_still_in
from enrichment.stages.versions import declaration_changed, require_versions
from enrichment.vendors.drops import DropChanged
from schemas.errors import DropError, Transient, UsageError
from schemas.group_spec import groups
from schemas.records import StageReport

log = logging.getLogger(__name__)
WHOLE = "all"


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: the stages it reads from, what one of its shards is, and the settings that shape it alone."""

    name: str
    needs: tuple[str, ...]
    scope: Literal["vendor", "products", "group", "catalogue"]
    settings: tuple[str, ...] = ()

    def function(self) -> Callable[[Run, str], Outcome]:
        """Import the stage's file on first use, so that listing stages loads no model library."""
        module = import_module(f"enrichment.stages.{self.name}")
        stage: Callable[[Run, str], Outcome] = getattr(module, self.name)
        return stage


_STEPS = (
    Step("read", (), "vendor"),
    Step("fetch", ("read",), "products"),
    Step("text", ("read", "fetch"), "products"),
    Step("look", ("read", "fetch"), "products"),
    Step("decide", ("read", "fetch", "text", "look"), "products"),
    Step("place", ("read", "fetch", "decide"), "products"),
    Step("index", ("read", "fetch", "look", "decide", "place"), "group"),
    Step("gate", ("read", "fetch", "text", "look", "decide", "place"), "catalogue", ("max_refiled_share",)),
    Step("publish", ("read", "index", "gate"), "catalogue"),
)
STEPS = {step.name: step for step in _STEPS}
ORDER = tuple(STEPS)


def run(stage: str, run_uri: str, shard: str) -> StageReport:
    """Run one shard of one stage, or return its report where it is already done.

    A drop that is found broken, or another than planned, after it was read takes its vendor out of the night: the shard
    at hand, and what is still asked for of that vendor, end in an empty report, and ``read`` says why.

    Raises:
        UsageError: no such stage, an upstream shard is not done, or the night was planned with other declarations or
            code.
        DropError: the drop cannot be read, or is another than planned (from ``read`` alone).
        Transient: try again later; nothing was committed.
        Terminal: the shard cannot be done; the reason is kept in the run for the report, as that of any other error.

    """
    step = _step(stage)
    opened = Run.at(run_uri)
    try:
        return _run(opened, step, shard)
    except Transient:
        raise
    except DropError as error:
        vendor = vendor_of(shard) if step.scope == "products" else shard
        # First not done, then why: killed in between, the drop is read again.
        opened.undo("read", vendor)
        if step.scope != "products":
            opened.fail("read", vendor, error)
            raise
        # It was whole when it was read.
        opened.fail("read", vendor, DropChanged(str(error)))
        log.error("vendor %s stops here, the others go on: %s", vendor, error)
        return StageReport(stage, shard, 0, 0, 0)
    except Exception as error:
        # What a stage writes besides the store lies in the folder for temporary files.
        full = scratch_full(error) if isinstance(error, OSError) else None
        if full is not None:
            raise full from error
        opened.fail(stage, shard, error)
        raise
    finally:
        opened.close()


def _run(opened: Run, step: Step, shard: str) -> StageReport:
    if step.scope == "products" and not _shards_read(opened, vendor_of(shard)):
        log.info("%s/%s: its vendor was stopped", step.name, shard)
        return StageReport(step.name, shard, 0, 0, 0)
    if step.scope in ("vendor", "products"):
        changed = declaration_changed(opened.plan, shard if step.scope == "vendor" else vendor_of(shard))
        # What is published is asked for again without harm, whatever was declared since.
        if changed is not None and not is_published(opened):
            raise changed
    fingerprint = opened.fingerprint(step.name, upstream(opened, step, shard), step.settings)
    marker = opened.marker(step.name, shard)
    if marker is not None and (marker.fingerprint == fingerprint or (step.settings and is_published(opened))):
        log.info("%s/%s already done", step.name, shard)
        return marker.report
    if step.scope == "vendor":
        require_still_in(opened, shard)
    require_versions(opened.plan, step.name)
    outcome = step.function()(opened, shard)
    require_versions(opened.plan, step.name)
    opened.commit(step.name, shard, fingerprint, outcome)
    log.info("%s/%s done: %s", step.name, shard, outcome.report)
    return outcome.report


def shards(stage: str, run_uri: str) -> list[str]:
    """List the shards of a stage; a vendor whose drop could not be read has none after ``read``."""
    return shards_of(Run.at(run_uri), _step(stage))


def shards_of(opened: Run, step: Step) -> list[str]:
    """List the shards of ``step`` in an opened run."""
    if step.scope == "vendor":
        return vendors_of(opened)
    if step.scope == "group":
        return [*groups().names, WHOLE]
    if step.scope == "catalogue":
        return [WHOLE]
    return [f"{vendor}-{n:04d}" for vendor in vendors_of(opened) for n in range(_shards_read(opened, vendor))]


def _shards_read(opened: Run, vendor: str) -> int:
    """Count a vendor's shards: none where its drop is broken, which stops that vendor and nobody else.

    Raises:
        UsageError: the vendor was not read for another reason, such as a model that changed; the night must wait.

    """
    marker = opened.marker("read", vendor)
    if marker is not None:
        return marker.report.notes["shards"]
    failure = opened.failure("read", vendor)
    if failure is None or failure.error not in {DropError.__name__, DropChanged.__name__}:
        reason = f"stopped by {failure}" if failure else "not done"
        raise UsageError(f"read/{vendor} is {reason}. Once that is mended: enrich resume {opened.uri}")
    return 0


def vendors_of(opened: Run) -> list[str]:
    """List the vendors of the night: those that delivered and those whose earlier products may need new answers."""
    manifest = opened.plan.manifest
    return sorted({drop.vendor for drop in manifest.drops} | set(manifest.missing))


def vendor_of(shard: str) -> str:
    """Return the vendor of a product shard ``<vendor>-<number>``."""
    return shard.rpartition("-")[0]


def _step(stage: str) -> Step:
    if stage not in STEPS:
        raise UsageError(f"stage {stage!r}: no such stage; allowed: {', '.join(ORDER)}")
    return STEPS[stage]


def upstream(opened: Run, step: Step, shard: str) -> list[Marker]:
    """Return the markers a shard's answer depends on; ``UsageError`` where one is missing."""
    found: list[Marker] = []
    for name in step.needs:
        for needed in _upstream_shards(opened, step, STEPS[name], shard):
            marker = opened.marker(name, needed)
            if marker is None and name != "read":
                raise UsageError(
                    f"{step.name}/{shard} needs {name}/{needed}, which is not done. `enrich resume` does it."
                )
            if marker is not None:
                found.append(marker)
    return found


def _upstream_shards(opened: Run, step: Step, needed: Step, shard: str) -> list[str]:
    if step.scope != "products":
        return shards_of(opened, needed)
    return [vendor_of(shard)] if needed.scope == "vendor" else [shard]
