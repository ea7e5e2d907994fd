"""How far a vendor's levels can be believed, measured against what pictures and words say of the same products."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from enrichment.taxonomy.filing import Filing
from enrichment.taxonomy.tree import Tree
from schemas.records import LEVELS

# A Beta(9, 1) prior: a vendor nobody has measured is right nine times in ten, and ten products outweigh that.
PRIOR_RIGHT, PRIOR_WRONG = 9.0, 1.0
LOWEST, HIGHEST = 0.05, 0.995
# Only what words and pictures are this sure of can tell on a vendor.
SURE = 0.9


@dataclass(frozen=True, slots=True)
class VendorTrust:
    """Reliability, 0 to 1, of what ``vendor`` writes at each of the five levels."""

    vendor: str
    levels: tuple[float, ...] = (0.9,) * len(LEVELS)

    def __post_init__(self) -> None:
        """Refuse other than five levels and reliabilities outside 0 to 1."""
        if len(self.levels) != len(LEVELS) or not all(0 <= x <= 1 for x in self.levels):
            raise ValueError(f"VendorTrust of {self.vendor}: five reliabilities between 0 and 1; got {self.levels}")


@dataclass(frozen=True, slots=True)
class Agreement:
    """One comparison: what the vendor wrote at ``level`` was, or was not, what others saw."""

    level: str
    agrees: bool
    weight: float = 1.0


def observe(filing: Filing, tree: Tree, types: Mapping[str, float], genders: Mapping[str, float]) -> list[Agreement]:
    """Compare one filing with what words and pictures alone make of the product, where they are sure.

    ``types`` are probabilities fused without the vendor's own claims; ``genders`` from words alone, for a picture
    is no witness of age. The level compared is the finest that the vendor filled; what the vendor left empty is
    neither right nor wrong.
    """
    found: list[Agreement] = []
    seen = _surest(types)
    if seen is not None and filing.types:
        found.append(Agreement(LEVELS[filing.depth], seen in filing.types, types[seen]))
    worn = _surest(genders)
    # A hierarchy need not have a division for every gender: of such a product the division cannot be compared.
    if worn in tree.division_of and filing.genders:
        divisions = {tree.division_of[gender] for gender in filing.genders}
        found.append(Agreement(LEVELS[0], tree.division_of[worn] in divisions, genders[worn]))
    return found


def _surest(odds: Mapping[str, float]) -> str | None:
    best = min(odds, key=lambda name: (-odds[name], name), default=None)
    return best if best is not None and odds[best] >= SURE else None


def measured(vendor: str, agreements: Iterable[Agreement]) -> VendorTrust:
    """Return the reliability of each level: Beta-smoothed share of agreement, weighted by how sure the others were.

    The posterior mean of a Beta-Bernoulli model, (right + 9) / (all + 10):
    https://en.wikipedia.org/wiki/Beta_distribution#Bayesian_inference
    """
    right: dict[str, float] = {}
    total: dict[str, float] = {}
    for item in agreements:
        right[item.level] = right.get(item.level, 0.0) + item.weight * item.agrees
        total[item.level] = total.get(item.level, 0.0) + item.weight
    share = {
        name: min(HIGHEST, max(LOWEST, (right[name] + PRIOR_RIGHT) / (total[name] + PRIOR_RIGHT + PRIOR_WRONG)))
        for name in sorted(total)
    }
    levels = tuple(share.get(level, PRIOR_RIGHT / (PRIOR_RIGHT + PRIOR_WRONG)) for level in LEVELS)
    return VendorTrust(vendor, levels)
