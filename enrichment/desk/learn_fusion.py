"""Learn the fusion weights from products of known truth: filings damaged, words read, pictures looked at.

`enrich train fusion` makes what ships in ``enrichment/fusion/starter``.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from enrichment.fusion.learn import Example, Learned, Lesson, learn
from enrichment.models.registry import Kind, starter
from enrichment.models.version import METRICS, ModelVersion, seal
from enrichment.runs.parquet import from_parquet
from enrichment.sample.damage import Rates, damage
from enrichment.taxonomy.claims import FieldReader, vendor_claims
from enrichment.taxonomy.filing import Reader
from enrichment.taxonomy.tree import Tree
from enrichment.taxonomy.trust import VendorTrust
from enrichment.vision.look import Looker, Picture
from enrichment.vision.package import write_json
from enrichment.vision.splits import TRAIN, VALIDATION, brand_of, product_splits, sender_splits
from nlp.catalog import ProductText, build
from nlp.lexicon import Lexicon
from nlp.training.corpus import FOLDS, described, fold, labelled
from nlp.training.held_out_brands import parts_without
from nlp.vocabulary_spec import article_vocabulary, context
from schemas.attribute_spec import Attributes, attributes
from schemas.records import AttributeClaim, Product
from schemas.taxonomy_spec import taxonomy

_LOG = logging.getLogger(__name__)
CARD = "README.md"
_VENDOR = "learned"
_BATCH = 256
_COLUMNS = ["id", "title", "gender", "article_type", "colour", "image_group", "cluster", "image"]
_PATH = ["division", "department", "class", "subclass"]
# How vendors differ: a share files in levels, a share in type and gender columns, the rest not at all.
_IN_LEVELS, _IN_COLUMNS = 0.6, 0.85
_COLOUR_SENT, _COLOUR_WRONG, _TYPE_EMPTY, _TYPE_WRONG = 0.65, 0.06, 0.45, 0.08
# The wearer is misfiled too, which the sample's vendors never do: untaught, fusion would take a filing for proof.
_WEARER_WRONG = 0.03
_DIVISIONS, _WEARERS = ("Kids", "Men", "Unisex", "Women"), ("Boys", "Girls", "Men", "Unisex", "Women")
_PRODUCTS = "fashion-products/train.parquet"
_PHONE = "clothing-photos/train.parquet"


@dataclass(frozen=True, slots=True)
class Known:
    """A product of known truth: what a vendor would send of it, its picture, and the truth by attribute."""

    product: Product
    picture: bytes
    truth: Mapping[str, str]


class CrossReader:
    """Reads each product with a reader that was trained without its brand: what it says of strangers' words."""

    def __init__(self, data: Path, folder: Path) -> None:
        """Train one reader a fold of brands from ``data`` into ``folder`` (an empty one)."""
        lexicon = Lexicon(attributes(), article_vocabulary(), context("en"))
        names, texts = labelled(data), described(data)
        parts = [parts_without(lexicon, names, texts, held, folder / str(held)) for held in range(FOLDS)]
        self._readers = [build(part) for part in parts]

    def read(self, texts: Sequence[ProductText]) -> list[list[AttributeClaim]]:
        """Return each product's claims, in the order of ``texts``."""
        return [self._readers[fold(brand_of(text.name))].read([text])[0] for text in texts]


def learn_fusion(
    data: Path, vocabulary: Attributes, looker: Looker | None, version: str, scratch: Path, seed: int = 0
) -> Learned:
    """Learn from rows under ``data`` whose pictures (split ``validation``) and brands' words were never trained on."""
    reader = CrossReader(data, scratch)
    known = [*products_of(data, vocabulary, {VALIDATION}, seed), *photos_of(data, {VALIDATION})]
    _LOG.info("fusion learns from %d products", len(known))
    worded = worded_of(data, vocabulary, reader, seed)
    return learn(examples_of(known, vocabulary, reader, looker), vocabulary, version, worded, seed=seed)


def worded_of(data: Path, vocabulary: Attributes, reader: CrossReader, seed: int) -> list[Example]:
    """Return what words say of the products that pictures were trained on: no picture may speak of these."""
    known = products_of(data, vocabulary, {TRAIN}, seed)
    words = reader.read([ProductText(_VENDOR, k.product.sku, k.product.name, "", {}) for k in known])
    return [Example(tuple(said), k.truth) for k, said in zip(known, words, strict=True)]


def examples_of(
    known: Sequence[Known], vocabulary: Attributes, reader: CrossReader, looker: Looker | None
) -> list[Example]:
    """Return everything that vendor, words and (with a ``looker``) pictures claim of each product."""
    tree, columns, trust = Tree(taxonomy()), FieldReader(vocabulary), VendorTrust(_VENDOR)
    filings = Reader(tree)
    seen = _looked(known, looker) if looker is not None else {}
    words = reader.read([ProductText(_VENDOR, k.product.sku, k.product.name, "", {}) for k in known])
    made = []
    for item, said in zip(known, words, strict=True):
        filed = vendor_claims(item.product, filings.read_product(item.product), tree, columns, trust)
        made.append(Example((*filed, *said, *seen.get(item.product.sku, [])), item.truth))
    return made


def products_of(data: Path, vocabulary: Attributes, splits: set[str], seed: int) -> list[Known]:
    """Return the product shots of ``splits``, filed and damaged as vendors do, the same for a seed."""
    rows = from_parquet(data / _PRODUCTS, _COLUMNS + _PATH).to_pylist()
    brands = [brand_of(row["title"]) for row in rows]
    where = product_splits([str(row["cluster"]) for row in rows], brands)
    columns = FieldReader(vocabulary)
    kept = [row for row, split in zip(rows, where, strict=True) if split in splits]
    types, colours = _shares(kept, "article_type"), _shares(kept, "colour")
    return [_known(row, columns, types, colours, seed) for row in kept]


def photos_of(data: Path, splits: set[str]) -> list[Known]:
    """Return the phone photos of ``splits``: a picture, a group, no words and no filing."""
    rows = from_parquet(data / _PHONE).to_pylist()
    where = sender_splits(str(row["sender_id"]) for row in rows)
    return [
        Known(Product(_VENDOR, f"photo-{at}", (1,)), row["image"], {"image_group": row["image_group"]})
        for at, (row, split) in enumerate(zip(rows, where, strict=True))
        if split in splits
    ]


def _known(row: Mapping[str, Any], columns: FieldReader, types: list[str], colours: list[str], seed: int) -> Known:
    rng = np.random.default_rng((seed, int(row["id"])))
    truth = {"image_group": row["image_group"], "article_type": row["article_type"], "gender": row["gender"].lower()}
    colour = columns.read("colour", row["colour"] or "")[1]
    if colour:
        truth["colour"] = colour[0]
    fields: dict[str, str] = {}
    if rng.random() < _COLOUR_SENT and row["colour"]:
        fields["colour"] = str(rng.choice(colours)) if rng.random() < _COLOUR_WRONG else row["colour"]
    levels: tuple[str | None, ...] = (None,) * 5
    style = rng.random()
    if style < _IN_LEVELS:
        levels = (*damage([row[level] or "" for level in _PATH], rng, Rates())[0], None)
    elif style < _IN_COLUMNS:
        fields |= _type_columns(row, types, rng)
    if rng.random() < _WEARER_WRONG:
        levels, fields = _for_another(levels, fields, rng)
    product = Product(_VENDOR, str(row["id"]), (1,), row["title"], "", levels, fields)
    return Known(product, row["image"], truth)


def _for_another(
    levels: tuple[str | None, ...], fields: dict[str, str], rng: np.random.Generator
) -> tuple[tuple[str | None, ...], dict[str, str]]:
    """Return a filing with another division, or another gender, where it names one."""
    if levels[0] in _DIVISIONS:
        levels = (str(rng.choice([name for name in _DIVISIONS if name != levels[0]])), *levels[1:])
    if fields.get("gender"):
        fields = {**fields, "gender": str(rng.choice([name for name in _WEARERS if name != fields["gender"]]))}
    return levels, fields


def _type_columns(row: Mapping[str, Any], types: list[str], rng: np.random.Generator) -> dict[str, str]:
    sent = row["article_type"]
    if rng.random() < _TYPE_EMPTY:
        sent = "DEF"
    elif rng.random() < _TYPE_WRONG:
        sent = str(rng.choice(types))
    return {"gender": row["gender"] if rng.random() < 0.7 else "", "article_type": sent}


def _shares(rows: Iterable[Mapping[str, Any]], column: str) -> list[str]:
    """Return the column's values as often as they occur, sorted: a draw from it is a plausible mistake."""
    counts = Counter(str(row[column]) for row in rows if row[column])
    return sorted(counts.elements())


def _looked(known: Sequence[Known], looker: Looker) -> dict[str, list[AttributeClaim]]:
    found: dict[str, list[AttributeClaim]] = defaultdict(list)
    for part in _batches(known):
        pictures = [Picture(_VENDOR, item.product.sku, _digest(item), item.picture) for item in part]
        for claim in looker.look(pictures).claims:
            found[claim.sku].append(claim)
    return found


def _batches(known: Sequence[Known]) -> Iterator[Sequence[Known]]:
    for start in range(0, len(known), _BATCH):
        yield known[start : start + _BATCH]


def _digest(item: Known) -> str:
    return sha256(item.picture).hexdigest()


def train_fusion(data: Path, out: Path, version: str, threads: int = 2, vision: ModelVersion | None = None) -> Path:
    """Learn how far ``vision`` (the packaged one by default), words and filings are believed; seal a version folder.

    ``data`` holds fashion-products and clothing-photos. Takes five minutes on two cores, mostly looking at pictures.
    """
    with TemporaryDirectory() as scratch:
        looker = Looker(vision or starter(Kind.VISION), threads)
        learned = learn_fusion(data, attributes(), looker, version, Path(scratch))
    out.mkdir(parents=True, exist_ok=True)
    (out / "weights.json").write_text(learned.weights.to_json(), encoding="utf-8")
    write_json(out / METRICS, figures(learned.lessons))
    if not (out / CARD).is_file():
        copy(starter(Kind.FUSION).folder / CARD, out / CARD)
    seal(out, Kind.FUSION, "fuse", version)
    return out


def figures(lessons: Sequence[Lesson]) -> dict[str, Any]:
    """Return what was measured on the half that was not fitted; a successor may get no fewer of these right."""
    gates = {lesson.attribute: round(lesson.after, 4) for lesson in lessons}
    return {"gates": gates, "lessons": [asdict(lesson) for lesson in lessons]}
