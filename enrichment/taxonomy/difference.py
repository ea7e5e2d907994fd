"""What changed between two versions of the hierarchy: nodes, article types, spellings, categories, rules, limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from enrichment.taxonomy.ambiguous import spellings_of
from enrichment.taxonomy.tree import Node, Tree
from schemas.paths import join_path
from schemas.taxonomy_spec import Rule, Taxonomy


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions.

    ``what``: ``added``, ``removed``, ``moved`` (by the map, or to another parent) or ``renamed``; ``retyped`` where an
    article type has another image group or goes to another node; ``respelt`` where synonyms differ (only those that do
    are shown); ``changed`` where a rule or threshold says something else; ``reordered`` where other rules come first.
    """

    what: str
    id: str
    before: str
    after: str


def diff(before: Taxonomy, after: Taxonomy) -> list[Change]:
    """Return what changed between two versions of the hierarchy: by node id, article type, category and rule."""
    old, new = Tree(before), Tree(after)
    found: list[Change] = []
    for node_id in sorted(old.nodes.keys() | new.nodes.keys()):
        found += _of_node(node_id, old, new)
    for name in sorted(old.type_group.keys() | new.type_group.keys()):
        found += _of_type(name, old, new)
    found += _of_spellings(before, after)
    found += _of_values(dict(_categories(before)), dict(_categories(after)), "renamed")
    found += _of_values(dict(_rules(before.rules)), dict(_rules(after.rules)), "changed")
    found += _of_values(dict(_thresholds(before)), dict(_thresholds(after)), "changed")
    return found + _of_order([rule.id for rule in before.rules], [rule.id for rule in after.rules])


def _of_node(node_id: str, old: Tree, new: Tree) -> list[Change]:
    was, now = old.nodes.get(node_id), new.nodes.get(node_id)
    if was is None and now is not None:
        return [Change("added", node_id, "", _shown(now.path or (now.name,)))]
    if was is not None and now is None:
        today = new.current(node_id)
        gone = new.nodes[today] if today is not None else None
        return [Change("moved" if gone else "removed", node_id, _shown(was.path), _shown(gone.path if gone else ()))]
    if was is None or now is None:
        return []
    # A node below a renamed one did not change: it has the same parent under another name.
    stays = _current(new, _parent(old, was)) == _parent(new, now)
    what = "renamed" if was.name != now.name else "" if stays else "moved"
    return [Change(what, node_id, _shown(was.path or (was.name,)), _shown(now.path or (now.name,)))] if what else []


def _parent(tree: Tree, node: Node) -> str:
    return tree.at(node.path[:-1]).id if len(node.path) > 1 else ""


def _current(tree: Tree, node_id: str) -> str | None:
    return tree.current(node_id) if node_id else ""


def _of_type(name: str, old: Tree, new: Tree) -> list[Change]:
    """Compare by node id: a type under a renamed node stays where it is."""
    if name not in old.type_group or name not in new.type_group:
        what = "added" if name in new.type_group else "removed"
        return [Change(what, name, _home(old, name), _home(new, name))]
    was, now = old.node_of(name), new.node_of(name)
    stays = (now.id if now else None) == (new.current(was.id) if was else None)
    if stays and old.type_group[name] == new.type_group[name]:
        return []
    return [Change("retyped", name, _home(old, name), _home(new, name))]


def _home(tree: Tree, article_type: str) -> str:
    if article_type not in tree.type_group:
        return ""
    place = tree.type_path.get(article_type, ("outside",))
    return f"{_shown(place)} ({tree.type_group[article_type]})"


def _of_spellings(before: Taxonomy, after: Taxonomy) -> list[Change]:
    """Show only the synonyms that differ: a list of twenty hides the one that went."""
    old, new = dict(_synonyms(before)), dict(_synonyms(after))
    found = []
    for name in sorted(old.keys() & new.keys()):
        gone = [text for text in old[name] if text not in new[name]]
        come = [text for text in new[name] if text not in old[name]]
        if gone or come:
            found.append(Change("respelt", name, ", ".join(gone), ", ".join(come)))
    return found


def _synonyms(taxonomy: Taxonomy) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "placeholders", taxonomy.placeholders
    for division in taxonomy.divisions:
        yield division.id, division.synonyms
    for _, name, (_, *synonyms) in spellings_of(taxonomy):
        yield name, tuple(synonyms)


def _categories(taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    """Yield each category under its subclass and the attribute value that selects it."""
    for leaf in (leaf for d in taxonomy.departments for c in d.classes for leaf in c.subclasses):
        if leaf.category is not None:
            for value, title in leaf.category.titles.items():
                yield f"{leaf.id} {leaf.category.attribute}={value}", title


def _rules(rules: Iterable[Rule]) -> Iterator[tuple[str, str]]:
    for rule in rules:
        when = ", ".join(f"{name}={'|'.join(sorted(allowed))}" for name, allowed in sorted(rule.when.items()))
        yield f"rule {rule.id}", f"{when} -> {rule.node}"


def _thresholds(taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    for level, limit in taxonomy.thresholds.model_dump(by_alias=True).items():
        yield f"threshold {level}", f"{limit:g}"


def _of_values(old: Mapping[str, str], new: Mapping[str, str], differs: str) -> list[Change]:
    found = []
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name, ""), new.get(name, "")
        if was != now:
            found.append(Change("added" if not was else "removed" if not now else differs, name, was, now))
    return found


def _of_order(old: list[str], new: list[str]) -> list[Change]:
    """The first rule that matches counts: another order is another rule book."""
    was, now = [name for name in old if name in new], [name for name in new if name in old]
    return [] if was == now else [Change("reordered", "rules", ", ".join(was), ", ".join(now))]


def _shown(path: Iterable[str]) -> str:
    return join_path(path)
