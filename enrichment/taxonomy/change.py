"""Whether a changed hierarchy is sound, and what it, a model or a rule would move, before it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from enrichment.taxonomy.difference import spellings_of
from enrichment.taxonomy.rules import unknown_conditions
from enrichment.taxonomy.spelling import key
from enrichment.taxonomy.tree import Tree
from schemas.attribute_spec import Attributes
from schemas.errors import DeclarationError
from schemas.group_spec import groups
from schemas.records import HierarchyDecision, HierarchyPath
from schemas.taxonomy_spec import Taxonomy

_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Flow:
    """``count`` products (``locked`` of them by a person) that would go from one path to another."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    count: int
    locked: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a change would move; locked products stay and are only counted.

    ``products`` of the ``published`` were examined; of the vendors ``unplaced`` none was. ``lost`` locks and
    corrections name a place that there is no more, and of which no map says where it went: they end.
    """

    name: str
    products: int
    flows: tuple[Flow, ...]
    published: int = 0
    unplaced: tuple[str, ...] = ()
    lost: int = 0

    @property
    def moved(self) -> int:
        """Products that would get another path."""
        return sum(flow.count for flow in self.flows)

    @property
    def locked(self) -> int:
        """Products among them that a lock holds where they are."""
        return sum(flow.locked for flow in self.flows)

    @property
    def ended(self) -> str:
        """Say how many locks and corrections would hold nothing any more, with the way out; nothing where none."""
        if not self.lost:
            return ""
        return (
            f"Locks and corrections on a place that {self.name} does not have: {self.lost:,}. They would hold nothing; "
            "map the old node's id in `moved`, or decide anew."
        )

    def __str__(self) -> str:
        """Return the one line a merchandiser decides by: "v7 moves 3,114 products, 212 locked"."""
        return f"{self.name} moves {self.moved:,} products, {self.locked:,} locked"


def check(taxonomy: Taxonomy, vocabulary: Attributes) -> list[str]:
    """Return every complaint about a declared hierarchy; empty where it can be used."""
    try:
        tree = Tree(taxonomy)
    except DeclarationError as error:
        return [str(error)]
    return [*_unknown_groups(tree), *_bad_categories(tree, vocabulary), *_bad_rules(taxonomy, vocabulary)]


def _unknown_groups(tree: Tree) -> list[str]:
    known = groups().names
    return [
        f"article type {name!r}: image group {group!r} is not declared; allowed: {known}"
        for name, group in tree.type_group.items()
        if group not in known
    ]


def _bad_categories(tree: Tree, vocabulary: Attributes) -> list[str]:
    values = {a.name: {v.name for v in a.values} for a in vocabulary.attributes}
    found = []
    for path, category in tree.categories.items():
        place = " / ".join(path)
        if category.attribute not in values:
            found.append(f"{place}: category by {category.attribute!r}, which is no attribute")
            continue
        unknown = sorted(set(category.titles) - values[category.attribute])
        found += [f"{place}: category {value!r} is no value of {category.attribute}" for value in unknown]
    return found


def _bad_rules(taxonomy: Taxonomy, vocabulary: Attributes) -> list[str]:
    names = frozenset(a.name for a in vocabulary.attributes) | {"image_group", "article_type", "gender"}
    ids = Counter(rule.id for rule in taxonomy.rules)
    twice = [f"rule {rule_id!r} is declared twice" for rule_id, count in ids.items() if count > 1]
    return unknown_conditions(taxonomy.rules, names) + twice


def simulate(
    name: str,
    before: Iterable[tuple[str, str, HierarchyPath]],
    after: Iterable[HierarchyDecision],
    locked: Collection[tuple[str, str]] = (),
    lost: int = 0,
) -> Simulation:
    """Compare published paths (vendor, sku, path) with what the changed hierarchy, model or rule decides.

    ``after`` are placements without locks. A product that is not published is left out; vendors of which nothing
    was placed are named, for of their products nothing is known.
    """
    held = frozenset(locked)
    stood = {(vendor, sku): path.levels for vendor, sku, path in before}
    unseen = {vendor for vendor, _ in stood}
    moved: dict[tuple[tuple[str, ...], tuple[str, ...]], list[tuple[str, str]]] = {}
    products = 0
    for decision in after:
        at = (decision.vendor, decision.sku)
        if at in stood:
            products += 1
            unseen.discard(decision.vendor)
            if stood[at] != decision.path.levels:
                moved.setdefault((stood[at], decision.path.levels), []).append(at)
    flows = [
        Flow(was, now, len(who), sum(w in held for w in who), tuple(key_of(w) for w in sorted(who)[:_EXAMPLES]))
        for (was, now), who in moved.items()
    ]
    ranked = tuple(sorted(flows, key=lambda f: (-f.count, f.before, f.after)))
    return Simulation(name, products, ranked, len(stood), tuple(sorted(unseen)), lost)


def key_of(product: tuple[str, str]) -> str:
    """Return "vendor/sku"."""
    return "/".join(product)


def ambiguous(taxonomy: Taxonomy) -> list[str]:
    """Return the spellings that name several nodes of one level: allowed, but worth a look ("Dresses & Skirts")."""
    seen: dict[tuple[str, str], set[str]] = {}
    for level, node, spellings in spellings_of(taxonomy):
        for text in spellings:
            seen.setdefault((level, key(text)), set()).add(node)
    return sorted(f"{level} {text!r}: {', '.join(sorted(ids))}" for (level, text), ids in seen.items() if len(ids) > 1)
