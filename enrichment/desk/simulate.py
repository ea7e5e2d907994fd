"""What another hierarchy, rule or model would do to the published catalogue, before it does.

Every product is placed as the next night would place it: vendor columns are read against the changed hierarchy,
what words and pictures claimed is taken from the published claims (or read anew, where their model is another), and
what people decided is obeyed. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.config import Settings, model_versions
from enrichment.fusion.belief import TypeMap
from enrichment.fusion.fuse import Fuser
from enrichment.fusion.weights import FusionWeights
from enrichment.models.registry import Kind, resolve
from enrichment.publish.read import Published, latest, read_table
from enrichment.review.ledger import read as read_ledger
from enrichment.review.obey import Orders, obey, orders_of
from enrichment.stages.decide import decided
from enrichment.stages.hierarchy import paths_in
from enrichment.stages.judges import WEIGHTS, Judges
from enrichment.stages.place import placed
from enrichment.stages.reread import SOURCES, reread
from enrichment.stages.rows import claims_from
from enrichment.stages.trust import observed_trust
from enrichment.stores.port import Store
from enrichment.taxonomy.filing import Reader
from enrichment.taxonomy.simulation import Simulation, simulate
from enrichment.taxonomy.sound import require_sound
from enrichment.taxonomy.tree import Tree
from enrichment.vendors.declarations import read_declarations
from schemas.attribute_spec import attributes
from schemas.declared import SCHEMA_DIR
from schemas.errors import UsageError
from schemas.records import LEVELS, AttributeClaim, HierarchyDecision, HierarchyPath, Source, bounded
from schemas.taxonomy_spec import taxonomy


@dataclass(frozen=True, slots=True)
class Scenario:
    """What would be other than it is: the hierarchy, and model versions by kind (one not named stays)."""

    hierarchy: Path = SCHEMA_DIR / "taxonomy.yaml"
    models: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a kind of model that does not exist."""
        kinds = [kind.value for kind in Kind]
        unknown = sorted(set(self.models) - set(kinds))
        if unknown:
            raise UsageError(f"model {unknown[0]!r}: no such kind; allowed: {', '.join(kinds)}")

    @classmethod
    def of(cls, hierarchy: Path, models: str = "") -> Scenario:
        """Read model versions as they are given: "fusion=v2,text=v3"; ``UsageError`` names the part that is none."""
        return cls(hierarchy, model_versions(models, "--models"))

    def __str__(self) -> str:
        """Say what it is: "v7", or "v7 with fusion=v2"."""
        told = ", ".join(f"{kind}={version}" for kind, version in sorted(self.models.items()))
        return f"v{taxonomy(self.hierarchy).version}" + (f" with {told}" if told else "")


def simulate_change(store: Store, scenario: Scenario, settings: Settings) -> Simulation:
    """Place the published catalogue as ``scenario`` has it, and say what would move.

    Raises:
        UsageError: no such kind of model or version, or not one published product is of a declared vendor.
        DeclarationError: the hierarchy is not sound.

    """
    require_sound(taxonomy(scenario.hierarchy), attributes(), scenario.hierarchy)
    night = _Night(store, latest(store), scenario, settings)
    specs = read_declarations(Path(settings.vendors)).specs
    found: list[HierarchyDecision] = []
    # A vendor that is not declared here, or not readably, cannot be placed: its products are told as not examined.
    for vendor in sorted(set(night.products["vendor"].to_pylist()) & set(specs)):
        found += night.placed(vendor, specs[vendor].placeholders)
    stood = _paths(night.products)
    kept = obey(found, Orders(bans=night.orders.bans), night.known)
    final = obey(found, night.orders, night.known)
    held = {(d.vendor, d.sku) for d in final if stood.get((d.vendor, d.sku)) == d.path} & set(night.orders.pins)
    # A pinned product that does not stay goes where its pin leads.
    ends = [
        last if (last.vendor, last.sku) in night.orders.pins and (last.vendor, last.sku) not in held else free
        for free, last in zip(kept, final, strict=True)
    ]
    lost = sum(not night.known(pin.path) for pin in night.orders.pins.values())
    simulation = simulate(str(scenario), [(*key, path) for key, path in stood.items()], ends, held, lost)
    if simulation.published and not simulation.products:
        raise UsageError(str(unexamined(simulation, settings.vendors)))
    return simulation


def unexamined(simulation: Simulation, vendors: str) -> str | None:
    """Say how many products were examined and whose were not, with the way out; None where all were."""
    if not simulation.unplaced:
        return None
    names = ", ".join(simulation.unplaced)
    one = len(simulation.unplaced) == 1
    return bounded(
        f"{simulation.products:,} of {simulation.published:,} products examined; {names} {'is' if one else 'are'} not "
        f"declared in {vendors}, or not readably. Give --vendors the folder that declares what the nights read; "
        "`enrich vendors check` tells what is wrong with a declaration.",
        600,
    )


@dataclass(frozen=True)
class _Night:
    """The published catalogue, and what would judge it."""

    store: Store
    published: Published
    scenario: Scenario
    settings: Settings

    @cached_property
    def products(self) -> pa.Table:
        return read_table(self.store, self.published, "products")

    @cached_property
    def claims(self) -> pa.Table:
        return read_table(self.store, self.published, "attribute_claims")

    @cached_property
    def tree(self) -> Tree:
        return Tree(taxonomy(self.scenario.hierarchy))

    @cached_property
    def fuser(self) -> Fuser:
        version = resolve(self.store, Kind.FUSION, self.scenario.models.get(Kind.FUSION.value))
        weights = FusionWeights.from_json((version.folder / WEIGHTS).read_text(encoding="utf-8"))
        return Fuser(attributes(), weights, TypeMap(taxonomy(self.scenario.hierarchy), weights.type_share))

    @cached_property
    def orders(self) -> Orders:
        names = (self.products[name].to_pylist() for name in ("vendor", "sku", "content_hash"))
        content = {(vendor, sku): mark for vendor, sku, mark in zip(*names, strict=True)}
        return orders_of(read_ledger(self.store), content, paths_in(self.store, self.tree))

    def known(self, path: HierarchyPath) -> bool:
        return self.tree.is_path(path.levels)

    def placed(self, vendor: str, placeholders: Sequence[str]) -> list[HierarchyDecision]:
        """Place one vendor's products, without what people decided."""
        table = self.products.filter(pc.equal(self.products["vendor"], vendor))
        filings = Reader(self.tree, placeholders)
        # As on a night: measured on what the models of the night before said.
        trust = observed_trust(vendor, table, self.claims, filings, self.fuser, self.tree)
        judges = Judges(self.tree, self.fuser, filings, trust)
        out = decided(table, self._said(vendor, table), judges)
        return placed(table, out["judged_claims"], out["attribute_decisions"], judges)

    def _said(self, vendor: str, table: pa.Table) -> list[AttributeClaim]:
        """Return what words and pictures say of one vendor's products; its own columns are read anew later."""
        versions = {Kind(name): version for name, version in self.scenario.models.items()}
        anew = [resolve(self.store, kind, version) for kind, version in versions.items() if kind in SOURCES]
        silent = [Source.VENDOR, *(SOURCES[version.kind] for version in anew)]
        ours = pc.equal(self.claims["vendor"], vendor)
        kept = pc.and_(ours, pc.invert(pc.is_in(self.claims["source"], pa.array([str(s) for s in silent]))))
        said = claims_from(self.claims.filter(kept).drop_columns(["outcome"]))
        return said + [claim for version in anew for claim in reread(version, table, self.store, self.settings)]


def _paths(products: pa.Table) -> dict[tuple[str, str], HierarchyPath]:
    rows = products.select(["vendor", "sku", *LEVELS]).to_pylist()
    return {(r["vendor"], r["sku"]): HierarchyPath(tuple(r[level] for level in LEVELS if r[level])) for r in rows}
