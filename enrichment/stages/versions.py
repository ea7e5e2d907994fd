"""Hashes of everything but vendor content that shapes a product's answers.

A carried product keeps its rows only while these are equal; where one differs, the difference is the cause that
the diff report names (model, taxonomy, rule).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from enrichment.config import Settings
from enrichment.models.registry import Kind, resolve
from enrichment.runs.plan import BUILD, VENDORS
from enrichment.stores.open import open_store
from nlp.vocabulary_spec import VOCABULARY_DIR
from schemas.declared import SCHEMA_DIR

_PACKAGE = Path(__file__).parents[1]
_SOURCES = (".py", ".js", ".css", ".html")
_ANSWERING_ROOMS = ("images", "vision", "fusion", "taxonomy", "vendors", "stages")


def versions(settings: Settings) -> dict[str, str]:
    """Return name -> 12 hex digits for code, declarations and model versions, as this run would use them."""
    store = open_store(settings.store)
    models = {kind.value: resolve(store, kind, settings.models.get(kind.value)).hash[:12] for kind in Kind}
    return {
        **models,
        "code": _code_hash(_ANSWERING_ROOMS),
        BUILD: _code_hash(("",)),
        "taxonomy": _hash([SCHEMA_DIR / "taxonomy.yaml", SCHEMA_DIR / "groups.yaml"]),
        "attributes": _hash([SCHEMA_DIR / "attributes.yaml", _PACKAGE / "vision" / "training_labels.yaml"]),
        "vocabulary": _hash(sorted(VOCABULARY_DIR.glob("*.yaml"))),
        VENDORS: _hash(sorted(Path(settings.vendors).glob("*.yaml"))),
        "ner": str(settings.ner).lower(),
    }


def declarations(settings: Settings) -> dict[str, str]:
    """Return vendor -> hash of its declaration: one that changes makes this vendor's products stale, no others."""
    return {path.stem: _hash([path]) for path in sorted(Path(settings.vendors).glob("*.yaml"))}


@cache
def _code_hash(rooms: tuple[str, ...]) -> str:
    """Hash the source of ``rooms`` ("" for all), of the words' package and of the schemas."""
    roots = [*(_PACKAGE / room for room in rooms), _PACKAGE.parent / "nlp", SCHEMA_DIR]
    return _hash(path for root in roots for path in sorted(root.rglob("*")) if path.suffix in _SOURCES)


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
