"""What judges claims and places products, compiled once a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from enrichment.fusion.fuse import Fuser
from enrichment.fusion.weights import FusionWeights
from enrichment.runs.run import Run
from enrichment.stages.model import model_of
from enrichment.taxonomy.claims import FieldReader
from enrichment.taxonomy.filing import Reader
from enrichment.taxonomy.tree import Tree
from enrichment.taxonomy.trust import VendorTrust
from enrichment.taxonomy.unknown import ColumnCheck
from schemas.attribute_spec import attributes
from schemas.taxonomy_spec import taxonomy

WEIGHTS = "weights.json"
# Names are read with it.
_BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Judges:
    """Everything that decides about one vendor's products: a night's own, or those of a change that is tried out."""

    tree: Tree
    fuse: Fuser
    filings: Reader
    trust: VendorTrust


def fuser(run: Run) -> Fuser:
    """Return the fusion with the weights the run is pinned to."""
    return _fuser((model_of(run, "fusion").folder / WEIGHTS).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def tree() -> Tree:
    """Return the declared hierarchy."""
    return Tree(taxonomy())


@lru_cache(maxsize=4_096)
def judged(column: str) -> bool:
    """Tell whether what a vendor's column says can decide anything about a product; a price is only carried along."""
    return column.strip().lower() == _BRAND or _columns().checks(column)


@lru_cache(maxsize=1)
def _columns() -> ColumnCheck:
    return ColumnCheck(tree(), FieldReader(attributes()))


@lru_cache(maxsize=2)
def _fuser(weights: str) -> Fuser:
    return Fuser(attributes(), FusionWeights.from_json(weights))
