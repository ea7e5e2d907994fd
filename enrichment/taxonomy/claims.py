"""What a vendor's filing and columns claim: image group, article type, gender, colour and every declared attribute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from enrichment.taxonomy.filing import GENDER_COLUMNS, TYPE_COLUMNS, Filing
from enrichment.taxonomy.spelling import key, parts, undated, words
from enrichment.taxonomy.tree import ARTICLE_TYPE, Tree
from enrichment.taxonomy.trust import VendorTrust
from schemas.attribute_spec import Attribute, Attributes
from schemas.records import LEVELS, AttributeClaim, Evidence, EvidenceKind, Product, Source, bounded

PRODUCER = "filing@1"
# A level that fits more article types than this says too little for a claim each; placement weighs it instead.
WIDEST = 8
_MOST_GROUPS = 3
# What part of a text was understood, or columns that exclude each other, are believed less.
_LOOSE, _CONTRADICTORY, _COMPOUND = 0.85, 0.5, 0.6
# How far a column such as colour is believed: nobody measures it.
_COLUMN_TRUST = 0.9


class FieldReader:
    """Reads vendor columns as values of declared attributes; compiled once a vocabulary."""

    def __init__(self, vocabulary: Attributes) -> None:
        """Compile the names and synonyms of ``vocabulary``."""
        self._attributes: dict[str, Attribute] = {}
        self._values: dict[str, dict[str, str]] = {}
        for attribute in vocabulary.attributes:
            for spelling in (attribute.name, attribute.title, *attribute.columns):
                self._attributes.setdefault(key(spelling), attribute)
            spelt: dict[str, str] = {}
            for value in attribute.values:
                for text in (*value.spellings, *value.codes):
                    spelt.setdefault(key(text), value.name)
            self._values[attribute.name] = spelt

    def read(self, column: str, text: str) -> tuple[str, tuple[str, ...]]:
        """Return the attribute that ``column`` is and the values that ``text`` names; no value where it is none."""
        attribute = self._attributes.get(key(column))
        if attribute is None or not attribute.values:
            return column, ()
        spelt = self._values[attribute.name]
        whole = spelt.get(key(undated(text) if attribute.dated else text))
        if whole is not None:
            return attribute.name, (whole,)
        said = [undated(part) if attribute.dated else part for part in parts(text)]
        found = [self._ending(part, spelt) for part in said]
        return attribute.name, tuple(dict.fromkeys(value for value in found if value is not None))

    def spellings(self, column: str) -> Mapping[str, str]:
        """Return comparison key -> value of everything that ``column`` may say; empty where it has no values."""
        attribute = self._attributes.get(key(column))
        return {} if attribute is None else self._values[attribute.name]

    @staticmethod
    def _ending(text: str, spelt: dict[str, str]) -> str | None:
        """Read "Matte Navy Blue" as navy blue: the longest ending that is a value. "Pre-Spring" is not yet spring."""
        said = words(text)
        for at in range(len(said)):
            hit = spelt.get("".join(said[at:]))
            if hit is not None and said[at - 1 : at] != ("pre",):
                return hit
        return None


def vendor_claims(
    product: Product,
    filing: Filing,
    tree: Tree,
    vocabulary: Attributes | FieldReader,
    trust: VendorTrust | None = None,
) -> list[AttributeClaim]:
    """Return every claim the vendor's own columns make; confidence is how far the vendor is trusted there.

    A level that fits several article types claims each of them with its share. Pass a :class:`FieldReader`
    to save its compilation for each product.
    """
    reader = vocabulary if isinstance(vocabulary, FieldReader) else FieldReader(vocabulary)
    believed = trust or VendorTrust(product.vendor)
    claims = list(_filing_claims(product, filing, tree, believed))
    claims.extend(_field_claims(product, tree, reader, believed, bool(filing.types), bool(filing.genders)))
    return claims


def _filing_claims(product: Product, filing: Filing, tree: Tree, trust: VendorTrust) -> Iterator[AttributeClaim]:
    doubt = (_CONTRADICTORY if filing.contradictory else 1.0) * (_LOOSE if filing.loose else 1.0)
    if filing.types:
        column, text = _sent(product, filing, filing.column)
        yield from _type_claims(product, filing.types, tree, trust.levels[filing.depth] * doubt, column, text)
    share = trust.levels[0] / max(1, len(filing.genders))
    for gender, at in zip(filing.genders, filing.gender_columns, strict=True):
        column, text = _sent(product, filing, at)
        yield _claim(product, "gender", gender, share, column, text)


def _type_claims(
    product: Product, types: tuple[str, ...], tree: Tree, sure: float, column: str, text: str
) -> Iterator[AttributeClaim]:
    shares = Counter(tree.group_of(name) for name in types)
    if len(shares) <= _MOST_GROUPS:
        for group, count in sorted(shares.items()):
            yield _claim(product, "image_group", group, sure * count / len(types), column, text)
    if len(types) <= WIDEST:
        for name in types:
            yield _claim(product, "article_type", name, sure / len(types), column, text)


def _field_claims(
    product: Product, tree: Tree, reader: FieldReader, trust: VendorTrust, has_types: bool, has_gender: bool
) -> Iterator[AttributeClaim]:
    for column, text in sorted(product.fields.items()):
        spelt = key(text)
        if not spelt or spelt in tree.placeholders:
            continue
        if key(column) in TYPE_COLUMNS + GENDER_COLUMNS:
            yield from _hierarchy_field(product, tree, trust, column, text, has_types, has_gender)
            continue
        attribute, values = reader.read(column, text)
        sure = _COLUMN_TRUST * (1.0 if len(values) == 1 else _COMPOUND)
        for value in values:
            yield _claim(product, attribute, value, sure, column, text)


def _hierarchy_field(
    product: Product, tree: Tree, trust: VendorTrust, column: str, text: str, has_types: bool, has_gender: bool
) -> Iterator[AttributeClaim]:
    """Claim what a type or gender column says where the levels say nothing: a vendor speaks once."""
    meaning = tree.read(text)
    types = tuple(dict.fromkeys(name for node in meaning.nodes for name in node.types))
    if key(column) in TYPE_COLUMNS and types and not has_types:
        exact = tuple(n for node in meaning.nodes if node.level == ARTICLE_TYPE for n in node.types) or types
        yield from _type_claims(product, exact, tree, trust.levels[3] * (_LOOSE if meaning.loose else 1), column, text)
    if not has_gender:
        for gender in meaning.genders:
            yield _claim(product, "gender", gender, trust.levels[0] / len(meaning.genders), column, text)


def _claim(product: Product, attribute: str, value: str, sure: float, column: str, text: str) -> AttributeClaim:
    evidence = Evidence(EvidenceKind.COLUMN, column, quote=bounded(text))
    return AttributeClaim(product.vendor, product.sku, attribute, value, Source.VENDOR, PRODUCER, sure, evidence)


def _sent(product: Product, filing: Filing, at: int) -> tuple[str, str]:
    """Return the level that was sent at ``at``, or the field that stood in for it, and its text."""
    column, text = LEVELS[at], filing.levels[at] or ""
    if product.levels[at] is not None:
        return column, text
    named = {key(name): name for name in product.fields}
    return next((named[name] for name in (GENDER_COLUMNS if at == 0 else TYPE_COLUMNS) if name in named), column), text
