"""The model versions that a run is pinned to."""

from __future__ import annotations

from dataclasses import replace

from enrichment.config import Settings
from enrichment.models.registry import STARTER, Kind, ModelVersion, resolve, starter
from enrichment.runs.run import Run
from enrichment.stores.open import open_store
from schemas.errors import ModelMismatch


def pinned(settings: Settings) -> Settings:
    """Return the settings with a version named for every kind: the one they name, else the one now current.

    Raises:
        UsageError: the store has no version of a name.

    """
    store = open_store(settings.store)
    found = {kind: resolve(store, kind, settings.models.get(kind.value)) for kind in Kind}
    # The packaged version's own name changes with the package, and no store holds it.
    names = {kind.value: STARTER if version == starter(kind) else version.version for kind, version in found.items()}
    return replace(settings, models=names)


def model_of(run: Run, kind: str) -> ModelVersion:
    """Return the version the run started with, whatever was promoted or rolled back since.

    Raises:
        ModelMismatch: another version bears its name by now.

    """
    version = resolve(run.store, Kind(kind), run.plan.settings.models.get(kind))
    planned = run.plan.manifest.versions[kind]
    if not version.hash.startswith(planned):
        raise ModelMismatch(
            f"run {run.run_id} is pinned to {kind} {planned}, but {version.version} hashes to {version.hash[:12]} now. "
            f"Run the night again, which plans it anew: `enrich run --night {run.plan.manifest.night}`."
        )
    return version
