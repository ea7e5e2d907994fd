"""Whether a declared hierarchy can be used: every mistake in it, one message each, with the way out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from schemas.attribute_spec import Attributes
from schemas.errors import DeclarationError
from schemas.group_spec import groups
from schemas.paths import SEPARATOR, join_path
from schemas.records import bounded
from schemas.sheet import closest
from schemas.taxonomy_spec import ArticleType, Category, Class, Department, Division, Rule, Subclass, Taxonomy

Named = Division | Department | Class | Subclass

_SHOWN = 200


def require_sound(taxonomy: Taxonomy, vocabulary: Attributes, path: Path) -> None:
    """Return quietly where the hierarchy that ``path`` declares can be used.

    Raises:
        DeclarationError: it has mistakes; the message names them, the first ones where they are very many.

    """
    complaints = check(taxonomy, vocabulary)
    if complaints:
        count = "1 mistake" if len(complaints) == 1 else f"{len(complaints)} mistakes"
        told = "\n".join(complaints)
        raise DeclarationError(f"{path}: the hierarchy has {count}; `enrich taxonomy check {path}` lists all:\n{told}")


def check(taxonomy: Taxonomy, vocabulary: Attributes) -> list[str]:
    """Return every complaint about a declared hierarchy; empty where it can be used."""
    return [
        *unusable(taxonomy),
        *_bad_names(taxonomy),
        *_one_path(taxonomy),
        *_bad_divisions(taxonomy, vocabulary),
        *_bad_groups(taxonomy),
        *_bad_categories(taxonomy, vocabulary),
        *_bad_rules(taxonomy, vocabulary),
        *_moved_in_vain(taxonomy),
    ]


def unusable(taxonomy: Taxonomy) -> list[str]:
    """Return what no tree can be made of: something declared twice, no gender, or a rule or map without its node."""
    ids = {node.id for node in _nodes(taxonomy)}
    genderless = [
        f"division {division.id!r} has no gender, so nothing belongs there. Name one, or take the division away."
        for division in taxonomy.divisions
        if not division.genders
    ]
    lost = [
        _wrong_end(rule, f"no node's id{closest(rule.node, _below(taxonomy))}")
        for rule in taxonomy.rules
        if rule.node not in ids
    ]
    return [*_ids_twice(taxonomy), *_types_twice(taxonomy), *genderless, *lost, *_endless(taxonomy.moved, ids)]


def _families(taxonomy: Taxonomy) -> Iterator[tuple[tuple[str, ...], Sequence[Named]]]:
    """Yield the nodes that stand beside each other, and the names above them."""
    yield (), taxonomy.divisions
    yield (), taxonomy.departments
    for department in taxonomy.departments:
        yield (department.name,), department.classes
        for one in department.classes:
            yield (department.name, one.name), one.subclasses


def _nodes(taxonomy: Taxonomy) -> Iterator[Named]:
    for _, family in _families(taxonomy):
        yield from family


def _leaves(taxonomy: Taxonomy) -> Iterator[Subclass]:
    for node in _nodes(taxonomy):
        if isinstance(node, Subclass):
            yield node


def _types(taxonomy: Taxonomy) -> Iterator[tuple[str, ArticleType]]:
    """Yield each article type after the id of its subclass, or after ``outside``."""
    for leaf in _leaves(taxonomy):
        yield from ((leaf.id, declared) for declared in leaf.article_types)
    yield from (("outside", declared) for declared in taxonomy.outside)


def _categories(taxonomy: Taxonomy) -> Iterator[tuple[str, Category]]:
    """Yield where a category stands, and the category."""
    for leaf in _leaves(taxonomy):
        if leaf.category is not None:
            yield f"subclass {leaf.id!r}", leaf.category


def _below(taxonomy: Taxonomy) -> list[str]:
    """Return the ids of all nodes below the divisions."""
    return [node.id for node in _nodes(taxonomy) if not isinstance(node, Division)]


def _shown(node: Named) -> str:
    return f"{type(node).__name__.casefold()} {node.id!r}"


def _no_value(where: str, got: str, of: str, allowed: Collection[str]) -> str:
    listed = bounded(", ".join(allowed), _SHOWN)
    return f"{where}: {got!r} is no value of {of}{closest(got, allowed)}; allowed: {listed}. Write one of them."


def _ids_twice(taxonomy: Taxonomy) -> Iterator[str]:
    first: dict[str, Named] = {}
    for node in _nodes(taxonomy):
        if (other := first.setdefault(node.id, node)) is not node:
            yield (
                f"node id {node.id!r} is declared twice, for {other.name!r} and {node.name!r}; ids are unique. "
                "Give one of them another."
            )


def _types_twice(taxonomy: Taxonomy) -> Iterator[str]:
    first: dict[str, str] = {}
    for home, declared in _types(taxonomy):
        if declared.name in first:
            yield (
                f"article type {declared.name!r} is declared twice, in {first[declared.name]!r} and {home!r}; "
                "it has one place. Keep one."
            )
        first.setdefault(declared.name, home)


def _endless(declared: Mapping[str, str], ids: Collection[str]) -> Iterator[str]:
    """Complain of each entry whose target is unknown and of each circle; what leads there only follows from it."""
    moved = {old: new for old, new in declared.items() if old not in ids}
    told: set[str] = set()
    for old, new in moved.items():
        if new not in ids and new not in moved:
            yield (
                f"moved {old!r} leads to no node: {new!r} is no node's id{closest(new, ids)}; "
                "end the chain at a present id."
            )
        circle = _circle(old, moved)
        if circle and circle[0] == old and old not in told:
            told.update(circle)
            yield f"moved {old!r} runs in a circle, {' -> '.join((*circle, old))}; end the chain at a present id."


def _circle(at: str, moved: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids of the circle that the chain from ``at`` runs into; none where it ends."""
    seen: dict[str, int] = {}
    while at in moved and at not in seen:
        seen[at] = len(seen)
        at = moved[at]
    return tuple(seen)[seen[at] :] if at in seen else ()


def _bad_names(taxonomy: Taxonomy) -> Iterator[str]:
    for node in _nodes(taxonomy):
        yield from _bad_level(f"{_shown(node)}: its name", node.name)
    for where, category in _categories(taxonomy):
        for value, title in category.titles.items():
            yield from _bad_level(f"{where}: category {value!r}: its title", title)
    for home, declared in _types(taxonomy):
        yield from _padded(f"article type in {home!r}: its name", declared.name)


def _bad_level(what: str, text: str) -> Iterator[str]:
    yield from _padded(what, text)
    # Beside another level, a slash at either end parts as well.
    if SEPARATOR in f" {text.strip()} ":
        yield (
            f"{what} {text!r} has a slash between blanks, which parts the levels of a written path. "
            "Write '&', or the slash without blanks."
        )


def _padded(what: str, text: str) -> Iterator[str]:
    if not text.strip():
        yield f"{what} {text!r} is empty. Write one."
    elif text != text.strip():
        yield f"{what} {text!r} begins or ends with a blank. Write {text.strip()!r}."


def _one_path(taxonomy: Taxonomy) -> Iterator[str]:
    """Complain of repeated names beside each other; what stands below them has one path only for that."""
    for above, family in _families(taxonomy):
        first: dict[str, Named] = {}
        for node in family:
            other = first.setdefault(node.name, node)
            if other.id != node.id:
                yield (
                    f"{_shown(node)}: its name {node.name!r} is that of {_shown(other)} too, so "
                    f"{join_path((*above, node.name))!r} leads to both. Rename one, or make them one node and map "
                    "the id that goes in `moved`."
                )


def _bad_divisions(taxonomy: Taxonomy, vocabulary: Attributes) -> Iterator[str]:
    values = _values(vocabulary)
    genders, ages = values.get("gender", ()), values.get("age_group", ())
    home: dict[str, str] = {}
    for division in taxonomy.divisions:
        where = _shown(division)
        for gender in dict.fromkeys(division.genders):
            if gender not in genders:
                yield _no_value(where, gender, "gender", genders)
            elif (other := home.setdefault(gender, division.id)) != division.id:
                yield (
                    f"{where}: gender {gender!r} is in division {other!r} already; a gender is in one division. "
                    "Take it out of one."
                )
        yield from (_no_value(where, age, "age_group", ages) for age in division.ages if age not in ages)


def _bad_groups(taxonomy: Taxonomy) -> Iterator[str]:
    known = groups().names
    for _, declared in _types(taxonomy):
        if declared.group not in known:
            yield (
                f"article type {declared.name!r}: image group {declared.group!r} is not declared"
                f"{closest(declared.group, known)}; allowed: {', '.join(known)}. Write one of them."
            )


def _bad_categories(taxonomy: Taxonomy, vocabulary: Attributes) -> Iterator[str]:
    values = _values(vocabulary)
    for where, category in _categories(taxonomy):
        name = category.attribute
        if name not in values:
            allowed = [attribute for attribute, declared in values.items() if declared]
            yield (
                f"{where}: category by {name!r}, which is no attribute{closest(name, allowed)}; "
                f"allowed: {bounded(', '.join(allowed), _SHOWN)}. Write one of them."
            )
        elif not values[name]:
            yield (
                f"{where}: category by {name!r}, an attribute without declared values, of which none can be titled. "
                "Choose one that has values, or take the category away."
            )
        else:
            unknown = [value for value in category.titles if value not in values[name]]
            yield from (_no_value(f"{where}: category", value, name, values[name]) for value in unknown)
        yield from _one_title(where, category)


def _one_title(where: str, category: Category) -> Iterator[str]:
    first: dict[str, str] = {}
    for value, title in category.titles.items():
        if (other := first.setdefault(title, value)) != value:
            yield (
                f"{where}: categories {other!r} and {value!r} have one title, {title!r}, and so one path. "
                "Give each its own."
            )


def _bad_rules(taxonomy: Taxonomy, vocabulary: Attributes) -> Iterator[str]:
    types = [declared.name for _, declared in _types(taxonomy)]
    # Vendors are declared elsewhere.
    known = {**_values(vocabulary), "article_type": types, "image_group": groups().names, "vendor": ()}
    divisions = {division.id for division in taxonomy.divisions}
    for rule in taxonomy.rules:
        yield from _bad_conditions(rule, known)
        if rule.node in divisions:
            near = closest(rule.node, _below(taxonomy))
            yield _wrong_end(rule, f"a division, which the gender alone decides{near}")
    ids = Counter(rule.id for rule in taxonomy.rules)
    for rule_id, count in ids.items():
        if count > 1:
            yield f"rule {rule_id!r} is declared twice; ids are unique. Give one of them another."


def _wrong_end(rule: Rule, what: str) -> str:
    allowed = "allowed: the id of a department, class or subclass"
    return f"rule {rule.id!r} sends products to {rule.node!r}, {what}; {allowed}. Write one of them."


def _bad_conditions(rule: Rule, known: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Complain of each condition that can never hold; an attribute without declared values may have any."""
    where = f"rule {rule.id!r}"
    for name, got in rule.when.items():
        if name not in known:
            yield (
                f"{where}: {name!r} is no attribute and no vendor{closest(name, known)}; the rule can never match. "
                "Write `vendor` or the name of an attribute."
            )
        elif not got:
            yield f"{where}: {name!r} allows no value; the rule can never match. Name one, or drop the condition."
        elif known[name]:
            yield from (_no_value(where, value, name, known[name]) for value in got if value not in known[name])


def _moved_in_vain(taxonomy: Taxonomy) -> Iterator[str]:
    for node in _nodes(taxonomy):
        if node.id in taxonomy.moved:
            yield (
                f"moved {node.id!r}: {_shown(node)} is still there, so the entry moves nothing. "
                "Take the entry away, or the node."
            )


def _values(vocabulary: Attributes) -> dict[str, Collection[str]]:
    """Return the declared values by attribute; none for a measure or a free text."""
    return {a.name: [value.name for value in a.values] for a in vocabulary.attributes}
