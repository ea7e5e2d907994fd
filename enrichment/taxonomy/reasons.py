"""Why a product stands where it stands: reason codes from the filing as read and the path as decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from enrichment.taxonomy.filing import Filing
from enrichment.taxonomy.tree import Node, Tree
from enrichment.taxonomy.trust import SURE
from schemas.records import LEVELS, LevelState, Reason

_DEF = frozenset({LevelState.BLANK, LevelState.PLACEHOLDER})
_FULL = 4
_CLASS = LEVELS.index("class")


@dataclass(frozen=True, slots=True)
class Named:
    """What a product's words name outright, value -> confidence; what was only concluded from words is not here."""

    types: Mapping[str, float] = field(default_factory=dict)
    genders: Mapping[str, float] = field(default_factory=dict)


NOTHING_NAMED = Named()


@dataclass(frozen=True, slots=True)
class Standing:
    """What placement came to, as far as the reasons depend on it; ``rule`` is empty where none matched."""

    path: tuple[str, ...]
    evidence: bool
    outside: bool
    rule: str
    quarrel: bool
    named: Named = NOTHING_NAMED


def reasons_for(tree: Tree, filing: Filing, standing: Standing) -> tuple[Reason, ...]:
    """Return the reasons, most telling first.

    Where there is nothing else to say: ``confirmed`` if the vendor filed a class, ``no_class_filed`` if it did not.
    """
    found: list[Reason] = []
    if standing.rule:
        found.append(Reason.RULE_OVERRIDE)
    if standing.outside:
        found.append(Reason.OUTSIDE_TAXONOMY)
    if contradicts(tree, filing, standing.path):
        found.append(Reason.VENDOR_CONTRADICTION)
    if filed_against_words(tree, filing, standing.path, standing.named):
        found.append(Reason.FILING_TEXT_CONFLICT)
    found += _of_states(filing, standing.path, standing.outside)
    if standing.quarrel:
        found.append(Reason.IMAGE_TEXT_CONFLICT)
    if not standing.evidence:
        found.append(Reason.NO_EVIDENCE)
    elif len(standing.path) < _FULL and not standing.outside:
        found.append(Reason.BACKED_OFF)
    return tuple(found) or (Reason.CONFIRMED if filing.depth >= _CLASS else Reason.NO_CLASS_FILED,)


def _of_states(filing: Filing, path: tuple[str, ...], outside: bool) -> list[Reason]:
    found: list[Reason] = []
    states = filing.states[:_FULL]
    empty = [at for at, state in enumerate(states) if state in _DEF]
    if empty and empty[0] < len(path):
        found.append(Reason.DEF_FILLED)
    if empty and empty[-1] >= len(path) and not outside:
        found.append(Reason.DEF_UNRESOLVED)
    if LevelState.SHIFTED in states:
        found.append(Reason.LEVEL_SHIFTED)
    if LevelState.REPEATED in states:
        found.append(Reason.LEVEL_REPEATED)
    if LevelState.SYNONYM in states:
        found.append(Reason.SYNONYM_RESOLVED)
    return found


def contradicts(tree: Tree, filing: Filing, path: tuple[str, ...]) -> bool:
    """Tell whether the vendor's columns exclude each other, or what they say excludes the decided ``path``."""
    if filing.contradictory:
        return True
    divisions = {tree.division_of[gender] for gender in filing.genders}
    if path and divisions and path[0] not in divisions:
        return True
    below = path[1:_FULL]
    if not below:
        return False
    for nodes in filing.nodes:
        placed = [node for node in nodes if not node.genders]
        if placed and not any(_fits(node, below) for node in placed):
            return True
    return False


def filed_against_words(tree: Tree, filing: Filing, path: tuple[str, ...], named: Named) -> bool:
    """Tell whether the vendor's filing won the division or the class against what the words name outright.

    Only words at least 0.9 sure count: what may tell on a vendor's reliability may tell on one product. Words that
    name several values are against the filing only if none of these agrees with it.

    >>> from enrichment.taxonomy.filing import read_filing
    >>> from schemas.taxonomy_spec import taxonomy
    >>> tree = Tree(taxonomy())
    >>> filing = read_filing((None, "Women", "Jeans", None, None), tree)
    >>> placed = ("Women", "Clothing", "Trousers & Jeans", "Jeans")
    >>> filed_against_words(tree, filing, placed, Named(genders={"men": 0.97}))
    True
    """
    if not (named.genders or named.types):
        return False
    filed = {tree.division_of[gender] for gender in filing.genders}
    worn = {tree.division_of[name] for name, sure in named.genders.items() if sure >= SURE and name in tree.division_of}
    if path and path[0] in filed and worn and not filed & worn:
        return True
    types = {name for name, sure in named.types.items() if sure >= SURE}
    below = path[1:_FULL]
    if not below or not types or types & set(filing.types) or not any(_on(tree, name, below) for name in filing.types):
        return False
    return not any(_on(tree, name, below) for name in types)


def _on(tree: Tree, article_type: str, below: tuple[str, ...]) -> bool:
    return tree.type_path.get(article_type, ())[: len(below)] == below


def _fits(node: Node, below: tuple[str, ...]) -> bool:
    """Tell whether ``node`` lies on, above or below the path; a type outside the taxonomy never does."""
    shared = min(len(node.path), len(below))
    return bool(node.path) and node.path[:shared] == below[:shared]
