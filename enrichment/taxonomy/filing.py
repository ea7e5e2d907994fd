"""Read a vendor's five levels for what they are: blank, placeholder, repeated, shifted, synonym, unknown or right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from enrichment.taxonomy.spelling import key, mark, says_nothing
from enrichment.taxonomy.tree import ARTICLE_TYPE, Meaning, Node, Tree
from schemas.records import LEVELS, LevelState, Product

_CATEGORY = len(LEVELS) - 1
TYPE_COLUMNS = tuple(key(name) for name in ("article_type", "product_type", "item_type", "garment_type", "type"))
GENDER_COLUMNS = tuple(key(name) for name in ("gender", "target_gender", "sex", "audience"))
_MEMO_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Filing:
    """How a vendor filed a product.

    ``states`` says what each of the five levels is; ``values`` puts what was understood where it belongs
    (a department found in the class column stands under department), None elsewhere. ``nodes`` are the
    candidates of each column as sent. ``types`` are the article types that fit all columns that agree, empty
    where nothing below the division was understood; ``depth`` is the level (0 to 4) of the finest of them.
    ``contradictory``: columns exclude each other. ``loose``: only a part of the deciding text was known.
    """

    levels: tuple[str | None, ...]
    states: tuple[LevelState, ...]
    values: tuple[str | None, ...]
    nodes: tuple[tuple[Node, ...], ...]
    genders: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    depth: int = 0
    contradictory: bool = False
    loose: bool = False
    column: int = 0
    gender_columns: tuple[int, ...] = ()


def read_filing(levels: Sequence[str | None], tree: Tree, placeholders: Collection[str] = ()) -> Filing:
    """Read five levels; ``placeholders`` are the vendor's own, beside those every vendor uses.

    >>> from schemas.taxonomy_spec import taxonomy
    >>> seen = read_filing(("WOMENS", "DEF", "Apparel", "Day Dresses", None), Tree(taxonomy()))
    >>> [str(state) for state in seen.states], seen.types
    (['synonym', 'placeholder', 'shifted', 'synonym', 'absent'], ('Dresses',))
    """
    return Reader(tree, placeholders).read(levels)


class Reader:
    """Reads filings of one vendor; equal filings are read once (vendors file millions of products alike)."""

    def __init__(self, tree: Tree, placeholders: Collection[str] = ()) -> None:
        """Read against ``tree``, with ``placeholders`` of one vendor."""
        self._tree = tree
        self._placeholders = tree.placeholders | {mark(text) for text in placeholders}
        self._memo: dict[tuple[str | None, ...], Filing] = {}

    def read(self, levels: Sequence[str | None]) -> Filing:
        """Return what ``levels`` (five, division first) are."""
        sent = tuple(levels)
        found = self._memo.get(sent)
        if found is None:
            found = self._read(sent)
            if len(self._memo) < _MEMO_LIMIT:
                self._memo[sent] = found
        return found

    def read_product(self, product: Product) -> Filing:
        """Read a product's levels, with its gender and type columns where the vendor has no such level."""
        return self.read(filed_levels(product))

    def _read(self, levels: tuple[str | None, ...]) -> Filing:
        states: list[LevelState] = []
        meanings: list[Meaning] = []
        offset = 0
        for at in range(len(levels)):
            state, meaning = self._column(levels, at, offset)
            if state is LevelState.SHIFTED:
                offset = min((_depth(node) - at for node in meaning.nodes), key=abs, default=0)
            states.append(state)
            meanings.append(meaning)
        return self._combine(levels, tuple(states), meanings)

    def _column(self, levels: tuple[str | None, ...], at: int, offset: int) -> tuple[LevelState, Meaning]:
        text = levels[at]
        if text is None:
            return LevelState.ABSENT, Meaning()
        if not text.strip():
            return LevelState.BLANK, Meaning()
        if says_nothing(text, self._placeholders):
            return LevelState.PLACEHOLDER, Meaning()
        meaning = self._tree.read(text)
        above = _nearest_above(levels, at)
        here = tuple(node for node in meaning.nodes if _depth(node) == at or (at >= _CATEGORY and _depth(node) >= 3))
        if above is not None and self._same(text, meaning, above) and not self._may_repeat(here, above):
            return LevelState.REPEATED, Meaning()
        return _state(text, at, offset, meaning, here)

    def _same(self, text: str, meaning: Meaning, above: str) -> bool:
        """Tell whether a level says what the one above said, be it in other words (Apparel / Clothing)."""
        if key(text) == key(above):
            return True
        known = {node.id for node in self._tree.read(above).nodes}
        return bool(meaning.nodes) and {node.id for node in meaning.nodes} == known

    def _may_repeat(self, here: tuple[Node, ...], above: str) -> bool:
        """Tell whether a level may bear its parent's name because a node below that parent does (Sarees)."""
        parents = {node.path for node in self._tree.read(above).nodes if node.path}
        return any(node.path[: len(parent)] == parent for node in here for parent in parents if node.path != parent)

    def _combine(self, levels: tuple[str | None, ...], states: tuple[LevelState, ...], read: list[Meaning]) -> Filing:
        claims = [(at, meaning) for at, meaning in enumerate(read) if any(node.types for node in meaning.nodes)]
        claims.sort(key=lambda claim: (len(_types(claim[1])), -claim[0]))
        types: frozenset[str] = frozenset()
        contradictory = loose = False
        for _, meaning in claims:
            said = _types(meaning)
            loose = loose or (meaning.loose and not types)
            contradictory = contradictory or (bool(types) and self._exclude(types, said))
            types = (types & said or types) if types else said
        genders = _genders(read)
        depth = max((_depth(n) for _, m in claims[:1] for n in m.nodes), default=0)
        ordered = tuple(name for name in self._tree.types if name in types)
        contradictory = contradictory or len({self._tree.division_of[g] for g in genders}) > 1
        values = self._values(read, genders, ordered)
        nodes = tuple(meaning.nodes for meaning in read)
        column = claims[0][0] if claims else 0
        told = tuple(next(at for at, meaning in enumerate(read) if gender in meaning.genders) for gender in genders)
        return Filing(levels, states, values, nodes, genders, ordered, depth, contradictory, loose, column, told)

    def _exclude(self, types: frozenset[str], others: frozenset[str]) -> bool:
        """Tell whether two columns exclude each other; a type outside the taxonomy may be filed anywhere."""
        placed = self._tree.type_path.keys()
        return not types & others and bool(types & placed) and bool(others & placed)

    def _values(self, read: list[Meaning], genders: tuple[str, ...], types: tuple[str, ...]) -> tuple[str | None, ...]:
        """Place what was understood: a level has a value where a column named a node of it that fits."""
        values: list[str | None] = [None] * len(LEVELS)
        divisions = sorted({self._tree.division_of[gender] for gender in genders})
        values[0] = divisions[0] if len(divisions) == 1 else None
        paths = {path for name in types if (path := self._tree.type_path.get(name)) is not None}
        for node in (node for meaning in read for node in meaning.nodes):
            at = _depth(node)
            if node.path and any(path[: len(node.path)] == node.path for path in paths):
                shared = {path[:at] for path in paths}
                for level in range(1, at + 1):
                    same = {path[level - 1] for path in shared}
                    values[level] = same.pop() if len(same) == 1 else values[level]
        return tuple(values)


def filed_levels(product: Product) -> tuple[str | None, ...]:
    """Return the five levels; a gender column stands in for an absent division, a type column for absent classes."""
    levels = list(product.levels)
    said = {key(column): text for column, text in product.fields.items()}
    if levels[0] is None:
        levels[0] = next((said[column] for column in GENDER_COLUMNS if column in said), None)
    if levels[2] is None and levels[3] is None:
        levels[3] = next((said[column] for column in TYPE_COLUMNS if column in said), None)
    return tuple(levels)


def _state(text: str, at: int, offset: int, meaning: Meaning, here: tuple[Node, ...]) -> tuple[LevelState, Meaning]:
    """Choose among the nodes that ``text`` can mean; a column beside a shifted one is read shifted alike."""
    named = [node for node in meaning.nodes if offset and node.level != ARTICLE_TYPE]
    moved = tuple(node for node in named if _depth(node) == at + offset)
    if moved:
        return LevelState.SHIFTED, Meaning(moved, meaning.genders, meaning.loose)
    if here:
        exact = any(node.name.casefold() == text.strip().casefold() and node.level != ARTICLE_TYPE for node in here)
        state = LevelState.RIGHT if exact or at == _CATEGORY else LevelState.SYNONYM
        placed = any(node.path or node.genders for node in here)
        return (state if placed else LevelState.UNKNOWN), Meaning(here, meaning.genders, meaning.loose)
    if meaning.nodes:
        placed = any(node.path or node.genders for node in meaning.nodes)
        return (LevelState.SHIFTED if placed else LevelState.UNKNOWN), meaning
    return LevelState.UNKNOWN, meaning


def _depth(node: Node) -> int:
    """Return the column a node belongs to; an article type stands in its subclass's."""
    return LEVELS.index("subclass" if node.level == ARTICLE_TYPE else node.level)


def _types(meaning: Meaning) -> frozenset[str]:
    return frozenset(name for node in meaning.nodes for name in node.types)


def _genders(read: list[Meaning]) -> tuple[str, ...]:
    """Return every gender that a column names, in alphabetical order."""
    return tuple(sorted({gender for meaning in read for gender in meaning.genders}))


def _nearest_above(levels: tuple[str | None, ...], at: int) -> str | None:
    for above in range(at - 1, -1, -1):
        text = levels[above]
        if text is not None and key(text):
            return text
    return None
