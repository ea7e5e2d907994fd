"""The paths that a reviewer may choose from: every node of the declared hierarchy, under every division."""

from __future__ import annotations

from collections.abc import Iterator

from enrichment.review.paths import join_path
from schemas.taxonomy_spec import Department, Taxonomy


def known_nodes(taxonomy: Taxonomy) -> tuple[str, ...]:
    """Return all paths from division down to subclass and category as written paths, sorted."""
    found: set[str] = set()
    for division in taxonomy.divisions:
        found.add(division.name)
        for department in taxonomy.departments:
            found.update(join_path((division.name, *below)) for below in _below(department))
    return tuple(sorted(found))


def _below(department: Department) -> Iterator[tuple[str, ...]]:
    yield (department.name,)
    for class_ in department.classes:
        yield department.name, class_.name
        for subclass in class_.subclasses:
            yield department.name, class_.name, subclass.name
            titles = subclass.category.titles.values() if subclass.category else ()
            for title in titles:
                yield department.name, class_.name, subclass.name, title
