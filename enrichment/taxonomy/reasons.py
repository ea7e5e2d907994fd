"""Why a product stands where it stands: reason codes from the filing as read and the path as decided."""

from __future__ import annotations

from dataclasses import dataclass

from enrichment.taxonomy.filing import Filing
from enrichment.taxonomy.tree import Node, Tree
from schemas.records import LevelState, Reason

_DEF = frozenset({LevelState.BLANK, LevelState.PLACEHOLDER})
_FULL = 4


@dataclass(frozen=True, slots=True)
class Standing:
    """What placement came to, as far as the reasons depend on it; ``rule`` is empty where none matched."""

    path: tuple[str, ...]
    evidence: bool
    outside: bool
    rule: str
    quarrel: bool


def reasons_for(tree: Tree, filing: Filing, standing: Standing) -> tuple[Reason, ...]:
    """Return the reasons, most telling first; ``confirmed`` where there is nothing else to say."""
    found: list[Reason] = []
    if standing.rule:
        found.append(Reason.RULE_OVERRIDE)
    if standing.outside:
        found.append(Reason.OUTSIDE_TAXONOMY)
    if contradicts(tree, filing, standing.path):
        found.append(Reason.VENDOR_CONTRADICTION)
    found += _of_states(filing, standing.path, standing.outside)
    if standing.quarrel:
        found.append(Reason.IMAGE_TEXT_CONFLICT)
    if not standing.evidence:
        found.append(Reason.NO_EVIDENCE)
    elif len(standing.path) < _FULL and not standing.outside:
        found.append(Reason.BACKED_OFF)
    return tuple(found) or (Reason.CONFIRMED,)


def _of_states(filing: Filing, path: tuple[str, ...], outside: bool) -> list[Reason]:
    found: list[Reason] = []
    states = filing.states[:_FULL]
    empty = [at for at, state in enumerate(states) if state in _DEF]
    if any(at < len(path) for at in empty):
        found.append(Reason.DEF_FILLED)
    if any(at >= len(path) for at in empty) and not outside:
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
    return any(
        nodes and below and not any(_fits(node, below) for node in nodes if not node.genders)
        for nodes in filing.nodes
        if any(not node.genders for node in nodes)
    )


def _fits(node: Node, below: tuple[str, ...]) -> bool:
    """Tell whether ``node`` lies on, above or below the path; a type outside the taxonomy never does."""
    shared = min(len(node.path), len(below))
    return bool(node.path) and node.path[:shared] == below[:shared]
