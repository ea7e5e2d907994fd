"""Old paths in today's hierarchy: node ids are for good, and ``moved`` tells where a node that went has gone."""

from __future__ import annotations

from enrichment.taxonomy.tree import Tree
from schemas.records import HierarchyPath
from schemas.taxonomy_spec import Category


def node_id(path: HierarchyPath, tree: Tree) -> str | None:
    """Return the id of the deepest node on ``path`` below its division; None where the tree has no such path.

    A category is no node: a path goes where its subclass went, also where the category itself is gone.
    """
    below = path.levels[1:4]
    return tree.at(below).id if below and tree.is_path(path.levels[:4]) else None


def migrated(path: HierarchyPath, old: Tree, new: Tree) -> HierarchyPath | None:
    """Return where ``path`` of the ``old`` hierarchy is in the ``new`` one.

    None where its node is gone and no map says where to: such a product is placed afresh. The division
    follows by its id; a category follows by its value, where the subclass, wherever it went, still has that.
    """
    if not path.levels:
        return path
    division = _division(path.levels[0], old, new)
    if division is None:
        return None
    if len(path.levels) == 1:
        return HierarchyPath((division,))
    old_id = node_id(path, old)
    new_id = None if old_id is None else new.current(old_id)
    if new_id is None:
        return None
    below = new.nodes[new_id].path
    return HierarchyPath(
        (division, *below, *_category(path, old.categories.get(path.levels[1:4]), new.categories.get(below)))
    )


def _category(path: HierarchyPath, was: Category | None, now: Category | None) -> tuple[str, ...]:
    """Return what the value is called now that the fifth level stood for; nothing where that is gone."""
    if was is None or now is None or was.attribute != now.attribute:
        return ()
    values = [value for value, title in was.titles.items() if title in path.levels[4:]]
    return tuple(now.titles[value] for value in values[:1] if value in now.titles)


def _division(name: str, old: Tree, new: Tree) -> str | None:
    found = next((d.id for d in old.taxonomy.divisions if d.name == name), None)
    today = None if found is None else new.current(found)
    return None if today is None else new.nodes[today].name
