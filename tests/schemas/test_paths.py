"""Written paths, and all paths of a hierarchy."""

from __future__ import annotations

import doctest

from schemas import paths
from schemas.taxonomy_spec import taxonomy


def test_the_worked_examples_hold() -> None:
    found = doctest.testmod(paths)
    assert found.failed == 0
    assert found.attempted > 0


def test_every_path_of_the_hierarchy_is_named_once_with_all_above_it() -> None:
    declared = taxonomy()
    found = list(declared.paths())
    assert len(found) == len(set(found))
    assert {path[:-1] for path in found if len(path) > 1} <= set(found)
    assert {len(path) for path in found} == {1, 2, 3, 4, 5}
    leaves = sum(len(c.subclasses) for d in declared.departments for c in d.classes)
    assert sum(len(path) == 4 for path in found) == leaves * len(declared.divisions)
