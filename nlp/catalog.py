"""Which extractors there are, and the reader that runs them all over a batch of products."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from nlp.collection import uncollected
from nlp.extractors.articles import Articles
from nlp.extractors.composition import Composition
from nlp.extractors.entities import Entities
from nlp.extractors.fields import Fields
from nlp.extractors.gazetteer import Gazetteer
from nlp.extractors.gender import Gender
from nlp.extractors.measures import Measures
from nlp.extractors.port import Extractor, Preparing
from nlp.extractors.whole_text import WholeText
from nlp.language import Language
from nlp.lexicon import Lexicon
from nlp.linear import LinearModels
from nlp.mining import Miner
from nlp.ner import Recogniser
from nlp.reading import NAME, Finding, Reading, read
from nlp.text import READ, WITHHELD, ProductText
from nlp.values import ValueResolver
from nlp.vectors import WordVectors
from nlp.vocabulary_spec import article_vocabulary, context
from schemas.attribute_spec import attributes
from schemas.records import AttributeClaim, Evidence, EvidenceKind, Source

_CHUNK = 64
STARTER = Path(__file__).parent / "starter"
"""The trained parts that ship with the package."""
RECOGNISER = ("ner.bin", "ner.json", "word_classes.json")

__all__ = ["ProductText", "TextReader", "build", "miner"]


class TextReader:
    """Reads products' words into claims; a product's claims never depend on its batch mates."""

    def __init__(self, lexicon: Lexicon, language: Language, extractors: Sequence[Extractor]) -> None:
        """Take the extractors in the order in which they run; see :func:`build`."""
        self._lexicon = lexicon
        self._language = language
        self._extractors = tuple(extractors)
        self.counts: Counter[str] = Counter()

    def read(self, texts: Sequence[ProductText]) -> list[list[AttributeClaim]]:
        """Return the claims of each product in the order of ``texts``."""
        found: list[list[AttributeClaim]] = []
        with uncollected():
            for first in range(0, len(texts), _CHUNK):
                found.extend(self._chunk(texts[first : first + _CHUNK]))
        return found

    def _chunk(self, texts: Sequence[ProductText]) -> list[list[AttributeClaim]]:
        readings = [read(self._lexicon, text) for text in texts]
        claims: list[list[AttributeClaim]] = [[] for _ in readings]
        told = [(reading, own) for reading, own in zip(readings, claims, strict=True) if self._admits(reading)]
        for extractor in self._extractors:
            producer = f"{extractor.name}@{extractor.version}"
            if isinstance(extractor, Preparing):
                extractor.prepare([reading for reading, _ in told])
            for reading, own in told:
                best: dict[tuple[str, str], Finding] = {}
                for finding in extractor.find(reading):
                    key = finding[:2]
                    if key not in best or finding.confidence > best[key].confidence:
                        best[key] = finding
                own.extend([_claim(reading, finding, producer) for finding in best.values()])
        return claims

    def _admits(self, reading: Reading) -> bool:
        """Count a product, and tell whether its language has a vocabulary."""
        self.counts[READ] += 1
        if reading.name.normal.capped or reading.description.normal.capped:
            self.counts["capped"] += 1
        language = self._language.of(reading.name.tokens.words + reading.description.tokens.words)
        if language != self._language.language:
            self.counts[f"{WITHHELD}:{reading.product.vendor}:{language}"] += 1
        return language == self._language.language


def _claim(reading: Reading, finding: Finding, producer: str) -> AttributeClaim:
    attribute, value, confidence, field, start, end = finding
    original = reading.name.original if field == NAME else reading.description.original
    evidence = Evidence(EvidenceKind.SPAN, field, start, end, original[start:end])
    product = reading.product
    return AttributeClaim(product.vendor, product.sku, attribute, value, Source.TEXT, producer, confidence, evidence)


def build(folder: Path | None = None, language: str = "en", ner: bool = True) -> TextReader:
    """Return the reader for ``language`` with the trained parts of ``folder`` (None = those that ship).

    Raises:
        DeclarationError: nobody declared the vocabulary of ``language``.

    """
    declared = attributes()
    lexicon = Lexicon(declared, article_vocabulary(), context(language))
    parts = folder or STARTER
    resolver = ValueResolver(declared, WordVectors.load(parts))
    extractors: list[Extractor] = [
        Articles(lexicon, json.loads((parts / "nouns.json").read_text(encoding="utf-8"))),
        WholeText(lexicon, LinearModels.load(parts), _hash(parts, "linear.json", "linear.npz")),
        Gender(),
        Fields(lexicon, declared, resolver),
        Composition(declared),
        Gazetteer(lexicon, declared),
        Measures(declared),
    ]
    if ner:
        extractors.append(
            Entities(Recogniser.load(parts), resolver, declared, _hash(parts, *RECOGNISER, "vectors.npz"))
        )
    return TextReader(lexicon, Language(lexicon.words, language), extractors)


def miner(folder: Path | None = None, language: str = "en") -> Miner:
    """Return a collector of unknown terms: ``add`` products, then pass ``candidates()`` to ``write_report``."""
    parts = folder or STARTER
    declared = attributes()
    lexicon = Lexicon(declared, article_vocabulary(), context(language))
    return Miner(lexicon, declared, WordVectors.load(parts), Recogniser.load(parts))


def _hash(folder: Path, *names: str) -> str:
    """Return 8 hex digits of the hash over the named files of ``folder``."""
    digest = hashlib.sha256()
    for name in names:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:8]
