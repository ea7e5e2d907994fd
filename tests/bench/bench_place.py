"""Place a million products from their claims on one core: ``python -m tests.bench.bench_place [count]``.

Fuses group, article type and gender of each product and places it; prints seconds and peak memory as JSON.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time

from enrichment.fusion.fuse import Fuser
from enrichment.fusion.weights import FusionWeights
from enrichment.models.registry import Kind, starter
from enrichment.stages.judges import WEIGHTS
from enrichment.taxonomy.claims import FieldReader, vendor_claims
from enrichment.taxonomy.filing import Filing, Reader
from enrichment.taxonomy.place import Evidence, Placer
from enrichment.taxonomy.tree import Tree
from enrichment.taxonomy.trust import VendorTrust
from schemas.attribute_spec import attributes
from schemas.records import AttributeClaim, EvidenceKind, Product, Source
from schemas.records import Evidence as Proof
from schemas.taxonomy_spec import taxonomy

POOL = 5_000


def main(count: int) -> dict[str, float]:
    """Place ``count`` products drawn from a pool of distinct ones and return what it took."""
    tree, vocabulary = Tree(taxonomy()), attributes()
    weights = FusionWeights.from_json((starter(Kind.FUSION).folder / WEIGHTS).read_text(encoding="utf-8"))
    fuser, placer = Fuser(vocabulary, weights), Placer(tree, VendorTrust("bench"))
    pool = _products(tree)
    begin = time.process_time()
    decided = 0
    for at in range(count):
        claims, filing = pool[at % POOL]
        belief = fuser.believe(claims)
        known = Evidence(belief.types, belief.genders)
        decided += len(placer.place("bench", str(at), known, filing).path.levels) >= 4
    seconds = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"placements": count, "cpu_seconds": round(seconds, 1), "peak_mib": round(peak), "decided": decided}


def _products(tree: Tree) -> list[tuple[list[AttributeClaim], Filing]]:
    """Draw products whose words and pictures mostly agree and whose filings are damaged in every known way."""
    rng, reader = random.Random(5), Reader(tree)
    columns = FieldReader(attributes())
    made = []
    for at in range(POOL):
        name = rng.choice(list(tree.type_path))
        path = ("Women", *tree.type_path[name])
        sent = tuple(rng.choice([text, text, "DEF", path[1]]) for text in path)
        product = Product("bench", str(at), (1,), levels=(*sent, None))
        filing = reader.read(product.levels)
        claims = vendor_claims(product, filing, tree, columns)
        claims += _heard(tree, name, rng)
        made.append((claims, filing))
    return made


def _heard(tree: Tree, name: str, rng: random.Random) -> list[AttributeClaim]:
    def say(attribute: str, value: str, source: Source, sure: float) -> AttributeClaim:
        kind = EvidenceKind.IMAGE if source is Source.IMAGE else EvidenceKind.RULE
        return AttributeClaim("bench", "1", attribute, value, source, "bench@1", sure, Proof(kind, "f"))

    seen, sure = tree.group_of(rng.choice([name, name, name, rng.choice(tree.types)])), rng.uniform(0.4, 0.99)
    others = rng.sample([g for g in ("top", "dress", "bag", "other", "shoes", "jewelry") if g != seen], 2)
    return [
        say("article_type", name, Source.TEXT, rng.uniform(0.5, 0.95)),
        say("gender", "women", Source.TEXT, 0.9),
        say("image_group", seen, Source.IMAGE, sure),
        *[say("image_group", group, Source.IMAGE, (1 - sure) / 3) for group in others],
    ]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)) + "\n")
