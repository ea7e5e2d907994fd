"""The spellings of a declared hierarchy, and which of them name several nodes."""

from __future__ import annotations

from collections.abc import Iterator

from enrichment.taxonomy.spelling import key
from schemas.taxonomy_spec import Taxonomy


def ambiguous(taxonomy: Taxonomy) -> list[str]:
    """Return the spellings that name several nodes of one level: allowed, but worth a look ("Dresses & Skirts")."""
    seen: dict[tuple[str, str], set[str]] = {}
    for level, node, spellings in spellings_of(taxonomy):
        for text in spellings:
            seen.setdefault((level, key(text)), set()).add(node)
    return sorted(f"{level} {text!r}: {', '.join(sorted(ids))}" for (level, text), ids in seen.items() if len(ids) > 1)


def spellings_of(taxonomy: Taxonomy) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield (level, node id or article type, its name and synonyms) below the divisions."""
    for department in taxonomy.departments:
        yield "department", department.id, (department.name, *department.synonyms)
        for child in department.classes:
            yield "class", child.id, (child.name, *child.synonyms)
            for leaf in child.subclasses:
                yield "subclass", leaf.id, (leaf.name, *leaf.synonyms)
                for kind in leaf.article_types:
                    yield "article_type", kind.name, (kind.name, *kind.synonyms)
    for kind in taxonomy.outside:
        yield "article_type", kind.name, (kind.name, *kind.synonyms)
