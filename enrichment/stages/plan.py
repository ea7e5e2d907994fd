"""Fix what a night consists of: which drops, on top of which published run, with which versions."""

from __future__ import annotations

import hashlib
import logging
from datetime import date
from pathlib import Path

from enrichment.config import Settings
from enrichment.publish.read import published_before
from enrichment.runs.plan import DECISIONS, INSTEAD_OF, RunPlan, run_id
from enrichment.runs.run import Run
from enrichment.stages.ledger import SNAPSHOT, snapshot
from enrichment.stages.left_out import lacks_a_drop
from enrichment.stages.model import pinned
from enrichment.stages.versions import declarations, versions
from enrichment.stores.open import open_store
from enrichment.taxonomy.sound import require_sound
from enrichment.vendors.declarations import Declarations, read_declarations
from enrichment.vendors.drops import find_drops, link_of, not_followed, unknown_vendor
from schemas.attribute_spec import attributes
from schemas.declared import SCHEMA_DIR
from schemas.errors import DeclarationError, UsageError
from schemas.records import RunManifest
from schemas.taxonomy_spec import taxonomy

log = logging.getLogger(__name__)


def declared(settings: Settings | None = None) -> list[str]:
    """List the vendors to wait for: those in ``settings.vendors`` whose declaration can be read."""
    return sorted(read_declarations(Path((settings or Settings.from_env()).vendors)).specs)


def plan_night(night: date, settings: Settings | None = None) -> str:
    """Write the plan of ``night`` and return the run's address; equal inputs give the same run.

    The base is the newest complete run of an *earlier* night, so a past night can be run again at any time. The plan
    names a version of every model, so what is promoted later is for what is planned later. A vendor whose declaration
    cannot be read is part of the night and fails in it, as one whose drop cannot be read.

    Raises:
        UsageError: the folder of drops or of vendor declarations does not exist, or declares no vendor; or the store
            has no model version of a name that the settings give.
        DeclarationError: the hierarchy has mistakes, or not one vendor's declaration can be read.

    """
    settings = settings or Settings.from_env()
    require_sound(taxonomy(), attributes(), SCHEMA_DIR / "taxonomy.yaml")
    drops_at = drops_folder(settings)
    vendors = declarations_in(Path(settings.vendors))
    if not vendors.specs:
        raise DeclarationError("no vendor's declaration can be read: " + "; ".join(vendors.unread.values()))
    store = open_store(settings.store)
    found, missing, unknown = find_drops(drops_at, night, vendors.names)
    base = published_before(store, night)
    base_id = base.run_id if base else None
    decided = snapshot(store)
    settings = pinned(settings)
    shaping = {**versions(settings), DECISIONS: hashlib.sha256(decided).hexdigest()[:12]}
    drops, undeclared = tuple(found), tuple(unknown)
    left_out = [*undeclared, *vendors.unread]
    while lacks_a_drop(store, name := run_id(night, base_id, drops, shaping, left_out)):
        # Published runs never change: with a drop that is whole again the night is another run.
        shaping[INSTEAD_OF] = name
    manifest = RunManifest(name, night, base_id, drops, tuple(missing), shaping)
    for vendor in undeclared:
        log.error("%s", unknown_vendor(vendor, vendors.names, settings.vendors))
    for vendor in missing:
        if (link := link_of(drops_at, vendor, night)) is not None:
            log.error("vendor %s counts as late: %s", vendor, not_followed(link))
    store.put(f"runs/{manifest.run_id}/{SNAPSHOT}", decided)
    return Run.create(store, RunPlan(manifest, settings, undeclared, declarations(settings), vendors.unread)).uri


def drops_folder(settings: Settings) -> Path:
    """Return the folder of drops; ``UsageError`` where it is not there."""
    if not Path(settings.drops).is_dir():
        raise UsageError(f"drops folder {settings.drops!r} does not exist. Set --drops or ENRICH_DROPS.")
    return Path(settings.drops)


def declarations_in(folder: Path) -> Declarations:
    """Read the declarations in ``folder``; ``UsageError`` where it is not there or holds none."""
    if not folder.is_dir():
        raise UsageError(f"vendors folder {str(folder)!r} does not exist. Set --vendors or ENRICH_VENDORS.")
    found = read_declarations(folder)
    if not found.names:
        raise UsageError(
            f"no vendor is declared in {str(folder)!r}: it holds no *.yaml, so nothing can be read. Write one "
            "<vendor>.yaml there for each vendor (the README shows one), or set --vendors or ENRICH_VENDORS."
        )
    return found
