"""Every declaration that ships with the package and shapes an answer is in the versions of a run, by its cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from enrichment.config import Settings
from enrichment.publish.changes import MODEL_VERSIONS, TAXONOMY_VERSION
from enrichment.runs.plan import BUILD, DECISIONS
from enrichment.stages.versions import versions
from schemas.declared import SCHEMA_DIR

ROOT = SCHEMA_DIR.parent
# What only draws samples, or only measures, shapes no product's answer.
_ASIDE = (ROOT / "enrichment" / "sample", ROOT / "enrichment" / "evaluate")
DECLARED = [
    path.relative_to(ROOT).as_posix()
    for room in ("enrichment", "nlp", "schemas")
    for path in sorted((ROOT / room).rglob("*.yaml"))
    if not any(path.is_relative_to(aside) for aside in _ASIDE)
]
HIERARCHY = {"schemas/taxonomy.yaml", "schemas/groups.yaml"}


def test_the_text_vocabulary_is_among_them() -> None:
    words = {f"nlp/vocabulary/{name}.yaml" for name in ("article_types", "context_en", "languages")}
    assert words | HIERARCHY | {"schemas/attributes.yaml", "enrichment/vision/training_labels.yaml"} <= set(DECLARED)


@pytest.mark.parametrize("name", DECLARED)
def test_a_changed_declaration_moves_the_versions(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(store=str(tmp_path))
    before = versions(settings)
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda own: read(own) + (b"\n" if own == ROOT / name else b""))
    moved = {entry for entry, mark in versions(settings).items() if mark != before[entry]}
    assert moved
    if name in HIERARCHY:
        assert moved == {TAXONOMY_VERSION}
    else:
        # Whatever is no model's and not the hierarchy's is a rule's, and products are read anew for it.
        assert moved.isdisjoint({*MODEL_VERSIONS, TAXONOMY_VERSION, BUILD, DECISIONS})
