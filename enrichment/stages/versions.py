"""Hashes of everything but vendor content and people's decisions that shapes a product's answers.

A carried product keeps its rows only while these are equal; where one differs, the difference is the cause that
the diff report names (model, taxonomy, rule).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from enrichment.config import Settings
from enrichment.models.registry import Kind, resolve
from enrichment.runs.plan import BUILD, HOSTS, VENDORS, RunPlan, short_hash
from enrichment.stores.open import open_store
from enrichment.vendors.declarations import declaration_files
from enrichment.vendors.drops import DropChanged
from nlp.vocabulary_spec import VOCABULARY_DIR
from schemas.declared import SCHEMA_DIR
from schemas.errors import UsageError

_PACKAGE = Path(__file__).parents[1]
_SOURCES = (".py", ".js", ".css", ".html")
_ANSWERING_ROOMS = ("images", "vision", "fusion", "taxonomy", "vendors", "stages")


def versions(settings: Settings) -> dict[str, str]:
    """Return name -> 12 hex digits for code, declarations, models and allowed hosts, as this run would use them."""
    store = open_store(settings.store)
    models = {kind.value: resolve(store, kind, settings.models.get(kind.value)).hash[:12] for kind in Kind}
    return {
        **models,
        **_shipped(),
        BUILD: _code_hash(("",)),
        VENDORS: short_hash(declarations(settings)),
        HOSTS: short_hash(sorted(set(settings.private_hosts))),
        "ner": str(settings.ner).lower(),
    }


@cache
def obeying() -> str:
    """Return the hash of what reads decisions: products about which somebody gave an order are placed by it."""
    return _hash(sorted((_PACKAGE / "review" / f"{name}.py") for name in ("ledger", "obey", "standing")))


def declarations(settings: Settings) -> dict[str, str]:
    """Return vendor -> hash of its declaration: one that changes makes this vendor's products stale, no others."""
    return {vendor: _mark(path) for vendor, path in declaration_files(Path(settings.vendors)).items()}


def declaration_changed(plan: RunPlan, vendor: str) -> DropChanged | None:
    """Return the error that the vendor's declaration was changed or removed since the night was planned, if it was."""
    folder = Path(plan.settings.vendors)
    # A file that is not named as a vendor may be stands under another name than its own.
    path = declaration_files(folder).get(vendor, folder / f"{vendor}.yaml")
    now = _mark(path)
    if plan.declared.get(vendor, now) == now:
        return None
    return DropChanged(
        f"drop {vendor} {plan.manifest.night}: {path} was changed since the night was planned: it hashes to {now}; "
        f"planned: {plan.declared[vendor]}. Run the night again, which plans it anew."
    )


def require_versions(plan: RunPlan, stage: str) -> None:
    """Return quietly while code and declarations are those that the night was planned with: loaded, and on disk.

    Asked before a shard and once more after it: what it was the first to load is of the files as they were in between.
    What ``stage`` publishes was answered before: for that, the code may have been mended meanwhile.

    Raises:
        UsageError: they are others; the answers of one run are of one version.

    """
    planned = plan.manifest.versions
    seen = _loaded(), _shipped()
    changed = [name for name in seen[0] if any(planned.get(name, now[name]) != now[name] for now in seen)]
    if stage == "publish" and changed == ["code"]:
        return
    if changed:
        raise UsageError(
            f"run {plan.manifest.run_id}, {stage}: {', '.join(changed)} changed since the night was planned, and the "
            f"answers of one run are of one version. Run the night again, which plans it anew: `enrich run --night "
            f"{plan.manifest.night}` with the same --store, --drops and --vendors; or put back what was planned with."
        )


def _shipped() -> dict[str, str]:
    """Return the versions of what ships with the package and shapes answers."""
    return {
        "code": _code_hash(_ANSWERING_ROOMS),
        "taxonomy": _hash([SCHEMA_DIR / "taxonomy.yaml", SCHEMA_DIR / "groups.yaml"]),
        "attributes": _hash([SCHEMA_DIR / "attributes.yaml", _PACKAGE / "vision" / "training_labels.yaml"]),
        "vocabulary": _hash(sorted(VOCABULARY_DIR.glob("*.yaml"))),
    }


@cache
def _loaded() -> dict[str, str]:
    """Return :func:`_shipped` of the process's start: what is loaded once does not follow the files."""
    return _shipped()


def _code_hash(rooms: tuple[str, ...]) -> str:
    """Hash the source of ``rooms`` ("" for all), of the words' package and of the schemas."""
    roots = [*(_PACKAGE / room for room in rooms), _PACKAGE.parent / "nlp", SCHEMA_DIR]
    return _hash(path for root in roots for path in sorted(root.rglob("*")) if path.suffix in _SOURCES)


def _mark(declaration: Path) -> str:
    """Hash one vendor's declaration, whatever state it is in: a broken one is that vendor's matter."""
    try:
        return _hash([declaration])
    except FileNotFoundError:
        return "nothing"
    except OSError:
        return "unreadable"


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(os.fsencode(path.name) + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
