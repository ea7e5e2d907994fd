"""The model versions that a run is pinned to."""

from __future__ import annotations

from enrichment.models.registry import Kind, ModelVersion, resolve
from enrichment.runs.run import Run
from schemas.errors import ModelMismatch


def model_of(run: Run, kind: str) -> ModelVersion:
    """Return the version the run started with.

    Raises:
        ModelMismatch: another version has become current since, and the settings did not name one.

    """
    version = resolve(run.store, Kind(kind), run.plan.settings.models.get(kind))
    pinned = run.plan.manifest.versions[kind]
    if not version.hash.startswith(pinned):
        raise ModelMismatch(
            f"run {run.run_id} is pinned to {kind} {pinned}, but {version.version} ({version.hash[:12]}) is current. "
            f"Start the night again, or name the version: ENRICH_MODELS={kind}=<version>."
        )
    return version
