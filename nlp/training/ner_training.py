"""Train the recogniser on silver labels of the gazetteer; measure it on values it was never shown."""

from __future__ import annotations

import hashlib
import logging
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import spacy
from spacy.tokens import Doc
from spacy.training import Example as SpacyExample
from thinc.api import fix_random_seed

from nlp.clauses import clauses
from nlp.extractors.gazetteer import Gazetteer
from nlp.lexicon import Lexicon
from nlp.ner import LABELS, UNKNOWN, Recogniser, Span, blank, disguised
from nlp.reading import read
from nlp.text import ProductText
from nlp.tokens import Tokens
from nlp.training.corpus import Example, fold
from nlp.training.vectors_training import LEAST_BRANDS, LEAST_DOCUMENTS
from schemas.attribute_spec import Attributes

LOG = logging.getLogger(__name__)
_EPOCHS, _BATCH, _MASKED, _MASKED_OTHER = 6, 64, 0.65, 0.03


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause with the values that the gazetteer found in it; ``brand`` for splitting."""

    brand: str
    words: tuple[str, ...]
    spans: tuple[Span, ...]


def silver_clauses(lexicon: Lexicon, attributes: Attributes, examples: Sequence[Example]) -> list[Clause]:
    """Return every distinct clause with the gazetteer's findings as labels."""
    gazetteer = Gazetteer(lexicon, attributes)
    found: dict[tuple[str, ...], Clause] = {}
    for example in examples:
        reading = read(lexicon, ProductText("train", example.id, example.name, example.description))
        spans: dict[str, list[Span]] = {"name": [], "description": []}
        for finding in gazetteer.find(reading):
            if finding.attribute in LABELS:
                spans[finding.passage].append((finding.attribute, finding.start, finding.end))
        for passage in reading.passages:
            for start, end in clauses(passage.tokens.words):
                words = tuple(passage.tokens.words[start:end])
                if words not in found:
                    found[words] = Clause(
                        example.brand, words, _inside(passage.tokens, spans[passage.name], start, end)
                    )
    return [found[k] for k in sorted(found)]


def _inside(tokens: Tokens, spans: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    starts, ends = tokens.starts[start:end], tokens.ends[start:end]
    result: list[Span] = []
    for label, first, last in sorted(spans, key=lambda s: (s[1], -s[2])):
        if first in starts and last in ends:
            span = (label, starts.index(first), len(ends) - ends[::-1].index(last))
            if span[1] < span[2] and (not result or result[-1][2] <= span[1]):
                result.append(span)
    return tuple(result)


def is_held(phrase: str) -> bool:
    """Tell whether a spelling belongs to the tenth of the vocabulary that a measured recogniser is never shown."""
    return int(hashlib.sha256(f"held {phrase}".encode()).hexdigest(), 16) % 10 == 0


def sample(data: Sequence[Clause], most: int, seed: int = 0) -> list[Clause]:
    """Return at most ``most`` clauses, three quarters of them with values, in a stable order."""
    rng = random.Random(seed)  # noqa: S311 - training order, nothing secret
    with_, without = [c for c in data if c.spans], [c for c in data if not c.spans]
    rng.shuffle(with_)
    rng.shuffle(without)
    return sorted([*with_[: most * 3 // 4], *without[: most // 4]], key=lambda c: c.words)


def train_recogniser(data: Sequence[Clause], private: frozenset[str], seed: int = 0) -> Recogniser:
    """Train on ``data``; many value words are disguised as unknown, so that their context must speak for them.

    ``private`` words (brands) are never among the known ones.
    """
    fix_random_seed(seed)
    rng = random.Random(seed)  # noqa: S311 - training order, nothing secret
    counts = Counter(w for c in data for w in set(c.words))
    owners: dict[str, set[str]] = defaultdict(set)
    for clause in data:
        for word in clause.words:
            owners[word].add(clause.brand)
    shared = {w for w, n in counts.items() if n >= LEAST_DOCUMENTS and len(owners[w]) >= LEAST_BRANDS and w.isalpha()}
    known = frozenset(shared) - private
    pipeline, recogniser = blank()
    optimizer = pipeline.initialize()
    for epoch in range(_EPOCHS):
        order = list(data)
        rng.shuffle(order)
        losses: dict[str, float] = {}
        for first in range(0, len(order), _BATCH):
            batch = [_example(pipeline, c, known, rng) for c in order[first : first + _BATCH]]
            pipeline.update(batch, sgd=optimizer, drop=0.2, losses=losses)
        LOG.info("epoch %d loss %.0f", epoch, losses["ner"])
    return Recogniser(pipeline, recogniser, known)


def _example(
    pipeline: spacy.language.Language, clause: Clause, known: frozenset[str], rng: random.Random
) -> SpacyExample:
    words = disguised(clause.words, known)
    inside: set[int] = set()
    for _, start, end in clause.spans:
        # The head word ("neck") stays: an unknown value still stands beside it.
        inside.update(range(start, end))
        if rng.random() < _MASKED:
            last = end if end - start == 1 else end - 1
            words[start:last] = [UNKNOWN] * (last - start)
    for i, word in enumerate(words):
        if i not in inside and word.isalpha() and rng.random() < _MASKED_OTHER:
            words[i] = UNKNOWN
    doc = Doc(pipeline.vocab, words=words)
    entities = [(doc[s:e].start_char, doc[s:e].end_char, label) for label, s, e in clause.spans]
    return SpacyExample.from_dict(doc, {"entities": entities})


@dataclass(frozen=True, slots=True)
class Point:
    """What is found when a phrase counts from ``support`` clauses on; ``values`` = held-out phrases found at all."""

    support: int
    recall: float
    precision: float
    values: float


def measure(data: Sequence[Clause], private: frozenset[str], most: int, seed: int = 0) -> list[Point]:
    """Return operating points on held-out spellings: no clause that holds one is trained on, nor a held-out brand."""
    unseen = [c for c in data if any(is_held(" ".join(c.words[s:e])) for _, s, e in c.spans)]
    rest = set(unseen)
    seen = [c for c in data if c not in rest and fold(c.brand) != 0]
    shown = {w for c in seen for _, s, e in c.spans for w in c.words[s:e]}
    # A value nobody declared is a word the recogniser never met, in no role: elsewhere it is left out too.
    never = {w for c in unseen for _, s, e in c.spans if is_held(" ".join(c.words[s:e])) for w in c.words[s:e]} - shown
    seen = sample([c for c in seen if never.isdisjoint(c.words)], most, seed)
    recogniser = train_recogniser(seen, private | never, seed)
    known = {" ".join(c.words[s:e]) for c in seen for _, s, e in c.spans}
    said = [(c, s, " ".join(c.words[s[1] : s[2]])) for c in unseen for s in recogniser.spans(c.words)]
    support = Counter((s[0], phrase) for _, s, phrase in said if phrase not in known)
    return [_point(unseen, [x for x in said if support[x[1][0], x[2]] >= k], k) for k in (1, 2, 3, 5, 8)]


def _point(unseen: Sequence[Clause], said: Sequence[tuple[Clause, Span, str]], support: int) -> Point:
    truths = [(c, t, " ".join(c.words[t[1] : t[2]])) for c in unseen for t in c.spans]
    held = [x for x in truths if is_held(x[2])]
    by_clause: dict[tuple[str, ...], list[Span]] = {}
    for clause, span, _ in said:
        by_clause.setdefault(clause.words, []).append(span)
    found = [x for x in held if any(s[0] == x[1][0] and _touch(s, x[1]) for s in by_clause.get(x[0].words, []))]
    wrong = sum(not any(s[0] == t[0] and _touch(s, t) for t in c.spans) for c, s, _ in said)
    return Point(
        support,
        recall=len(found) / max(1, len(held)),
        precision=len(found) / max(1, len(found) + wrong),
        values=len({x[2] for x in found}) / max(1, len({x[2] for x in held})),
    )


def _touch(one: Span, other: Span) -> bool:
    return one[1] < other[2] and other[1] < one[2]
