"""Fast lookups in the declared hierarchy: nodes by id, by article type and by any spelling of a level."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from enrichment.taxonomy.sound import unusable
from enrichment.taxonomy.spelling import key, mark, parts, words
from schemas.errors import DeclarationError
from schemas.group_spec import OTHER
from schemas.taxonomy_spec import ArticleType, Category, Class, Department, Subclass, Taxonomy

ARTICLE_TYPE = "article_type"
# What stands in brackets qualifies the level ("Shirts (Casual)"), it does not name it.
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
# So does what stands behind a dash or a colon ("Dresses - Maxi"), where it is no level itself.
_DETAIL = re.compile(r"(?:\s[-\N{EN DASH}\N{EM DASH}]\s|:).*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Node:
    """One place of the hierarchy; ``path`` runs from the department (a division's is empty) down to it.

    ``types`` are the article types at or below it. Level ``article_type`` hangs below its subclass; an
    article type without a place has an empty path and an id that starts with ``outside.``.
    """

    id: str
    level: str
    name: str
    path: tuple[str, ...]
    types: tuple[str, ...]
    genders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a level's text can mean: candidate nodes, genders it names, and whether only a part of it was known."""

    nodes: tuple[Node, ...] = ()
    genders: tuple[str, ...] = ()
    loose: bool = False


class Tree:
    """The hierarchy of one version, compiled for lookups. Immutable after construction."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        """Compile ``taxonomy``.

        Raises:
            DeclarationError: an id or an article type is declared twice, a division has no gender, or a rule or map
                names no node.

        """
        if wrong := unusable(taxonomy):
            raise DeclarationError("\n".join(f"taxonomy: {complaint}" for complaint in wrong))
        self.taxonomy = taxonomy
        self.version = taxonomy.version
        self.nodes: dict[str, Node] = {}
        self.type_path: dict[str, tuple[str, str, str]] = {}
        self.type_group: dict[str, str] = {}
        self.categories: dict[tuple[str, ...], Category] = {}
        self._spelt: dict[str, dict[str, Node]] = {}
        self._compounds: set[str] = set()
        self._genders: dict[str, tuple[str, ...]] = {}
        self._memo: dict[str, Meaning] = {}
        self._build()
        self.division_of = {gender: d.name for d in taxonomy.divisions for gender in d.genders}
        self.types = tuple(self.type_group)
        self.statuses = frozenset(t.name for t in taxonomy.outside if t.status)
        self.placeholders = frozenset(mark(text) for text in taxonomy.placeholders)

    def node_of(self, article_type: str) -> Node | None:
        """Return the subclass node of an article type; None outside the taxonomy."""
        path = self.type_path.get(article_type)
        return None if path is None else self.at(path)

    def at(self, path: Sequence[str]) -> Node:
        """Return the node at department, class, subclass names; ``KeyError`` where there is none."""
        return self._by_path[tuple(path)]

    def group_of(self, article_type: str) -> str:
        """Return the image group of an article type; ``other`` for a type nobody declared."""
        return self.type_group.get(article_type, OTHER)

    def is_path(self, levels: Sequence[str]) -> bool:
        """Tell whether ``levels`` (division first) is a root path; a fifth one is a category of its subclass."""
        divisions = {d.name for d in self.taxonomy.divisions}
        below, category = tuple(levels[1:4]), tuple(levels[4:])
        if not levels or levels[0] not in divisions or (below and below not in self._by_path):
            return False
        declared = self.categories.get(below)
        return not category or (declared is not None and category in {(title,) for title in declared.titles.values()})

    def current(self, node_id: str) -> str | None:
        """Return today's id of ``node_id``, following the moved map; None where it leads nowhere."""
        seen: set[str] = set()
        while node_id not in self.nodes:
            if node_id in seen or node_id not in self.taxonomy.moved:
                return None
            seen.add(node_id)
            node_id = self.taxonomy.moved[node_id]
        return node_id

    def read(self, text: str) -> Meaning:
        """Return what ``text`` can mean: whole, part by part ("Men's Tops & Tees"), by its end, or before a dash."""
        found = self._memo.get(text)
        if found is None:
            found = self._read(text)
            if len(self._memo) < 65_536:
                self._memo[text] = found
        return found

    def _read(self, text: str) -> Meaning:
        spelt, pieces = key(text), parts(text)
        whole = self._exact(spelt)
        # Without its "&", "Shoes & Accessories" is spelt like shoe accessories: its parts are meant.
        joined = len(pieces) > 1 and spelt not in self._compounds and all(self._exact(key(part)) for part in pieces)
        if whole is not None and not joined:
            return whole
        moved = self.current(text)
        if moved is not None:
            return Meaning((self.nodes[moved],))
        known = [piece for piece in map(self._read, pieces) if piece.nodes] if len(pieces) > 1 else []
        if known:
            return _union(known, loose=len(known) < len(pieces) or any(piece.loose for piece in known))
        found = self._by_ending(words(_ASIDE.sub(" ", text)) or words(text))
        if any(node.types for node in found.nodes):
            return found
        before = self._by_ending(words(_DETAIL.sub("", text)))
        return replace(before, genders=found.genders) if before.nodes else found

    def _by_ending(self, said: tuple[str, ...]) -> Meaning:
        """Read "Womens Summer Dresses" as women + dresses: genders anywhere, the noun phrase at the end."""
        genders = tuple(sorted({g for word in said for g in self._genders.get(word, ()) if len(word) > 1}))
        bare = tuple(word for word in said if len(word) == 1 or word not in self._genders)
        for start in range(len(bare)):
            found = self._exact("".join(bare[start:]))
            if found is not None:
                return Meaning(found.nodes, tuple(sorted({*genders, *found.genders})), loose=start > 0)
        divisions = {self.division_of[gender] for gender in genders}
        named = tuple(n for n in self.nodes.values() if n.level == "division" and n.name in divisions)
        return Meaning(named, genders, loose=True)

    def _exact(self, spelt: str) -> Meaning | None:
        nodes = self._spelt.get(spelt)
        return None if nodes is None else Meaning(tuple(nodes.values()), self._genders.get(spelt, ()))

    def _build(self) -> None:
        self._by_path: dict[tuple[str, ...], Node] = {}
        for division in self.taxonomy.divisions:
            self._add(Node(division.id, "division", division.name, (), (), division.genders), division.synonyms)
            self._name_genders(division.genders, division.name, division.synonyms)
        for department in self.taxonomy.departments:
            self._build_department(department)
        for outside in self.taxonomy.outside:
            node = Node(f"outside.{key(outside.name)}", ARTICLE_TYPE, outside.name, (), (outside.name,))
            self._add_type(outside, node)

    def _name_genders(self, genders: tuple[str, ...], name: str, synonyms: tuple[str, ...]) -> None:
        """Let a division's name mean its plainest gender: "Kids" is kids, neither boys nor girls."""
        general = next((g for g in genders if key(g) == key(name)), genders[0])
        for text in (name, *synonyms):
            self._genders[key(text)] = (general,)
        for gender in genders:
            self._genders[key(gender)] = (gender,)
            self._spell(gender, self.nodes[next(i for i, n in self.nodes.items() if gender in n.genders)])

    def _build_department(self, department: Department) -> None:
        types = [t.name for c in department.classes for s in c.subclasses for t in s.article_types]
        node = Node(department.id, "department", department.name, (department.name,), tuple(types))
        self._add(node, department.synonyms)
        for child in department.classes:
            self._build_class(child, node.path)

    def _build_class(self, declared: Class, parent: tuple[str, ...]) -> None:
        types = tuple(t.name for s in declared.subclasses for t in s.article_types)
        node = Node(declared.id, "class", declared.name, (*parent, declared.name), types)
        self._add(node, declared.synonyms)
        for child in declared.subclasses:
            self._build_subclass(child, node.path)

    def _build_subclass(self, declared: Subclass, parent: tuple[str, ...]) -> None:
        path = (*parent, declared.name)
        types = tuple(t.name for t in declared.article_types)
        self._add(Node(declared.id, "subclass", declared.name, path, types), declared.synonyms)
        if declared.category is not None:
            self.categories[path] = declared.category
        for article_type in declared.article_types:
            self.type_path[article_type.name] = (path[0], path[1], path[2])
            node_id = f"{declared.id}.{key(article_type.name)}"
            self._add_type(article_type, Node(node_id, ARTICLE_TYPE, article_type.name, path, (article_type.name,)))

    def _add_type(self, declared: ArticleType, node: Node) -> None:
        self.type_group[declared.name] = declared.group
        for text in (declared.name, *declared.synonyms):
            self._spell(text, node)

    def _add(self, node: Node, synonyms: tuple[str, ...]) -> None:
        self.nodes[node.id] = node
        if node.path:
            self._by_path[node.path] = node
        for text in (node.name, *synonyms):
            self._spell(text, node)

    def _spell(self, text: str, node: Node) -> None:
        self._spelt.setdefault(key(text), {})[node.id] = node
        if len(parts(text)) > 1:
            self._compounds.add(key(text))


def _union(meanings: Sequence[Meaning], *, loose: bool) -> Meaning:
    nodes = {node.id: node for meaning in meanings for node in meaning.nodes}
    genders = sorted({gender for meaning in meanings for gender in meaning.genders})
    return Meaning(tuple(nodes.values()), tuple(genders), loose)
