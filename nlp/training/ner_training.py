"""Train the recogniser on silver labels of the gazetteer; measure it on values it was never shown."""

from __future__ import annotations

import hashlib
import logging
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import spacy
from spacy.tokens import Doc
from spacy.training import Example as SpacyExample
from thinc.api import fix_random_seed

from nlp.extractors.clauses import clauses
from nlp.extractors.gazetteer import Gazetteer
from nlp.lexicon import Lexicon
from nlp.ner import LABELS, UNKNOWN, Recogniser, Span, blank, disguised
from nlp.reading import read
from nlp.text import ProductText
from nlp.tokens import Tokens
from nlp.training.corpus import Example, fold
from schemas.attribute_spec import Attributes

LOG = logging.getLogger(__name__)
_EPOCHS, _BATCH, _MASKED, _MASKED_OTHER = 6, 64, 0.5, 0.1
_LEAST = 5


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause with the spans and, aligned, the values that the gazetteer found; ``brand`` for splitting."""

    brand: str
    words: tuple[str, ...]
    spans: tuple[Span, ...]
    values: tuple[str, ...] = ()


def silver_clauses(lexicon: Lexicon, attributes: Attributes, examples: Sequence[Example]) -> list[Clause]:
    """Return every distinct clause with the gazetteer's findings as labels."""
    gazetteer = Gazetteer(lexicon, attributes)
    found: dict[tuple[str, ...], Clause] = {}
    for example in examples:
        reading = read(lexicon, ProductText("train", example.id, example.name, example.description))
        spans: dict[str, list[tuple[Span, str]]] = {"name": [], "description": []}
        for finding in gazetteer.find(reading):
            if finding.attribute in LABELS:
                spans[finding.passage].append(((finding.attribute, finding.start, finding.end), finding.value))
        for passage in reading.passages:
            for start, end in clauses(passage.tokens.words):
                words = tuple(passage.tokens.words[start:end])
                if words not in found:
                    inside = _inside(passage.tokens, spans[passage.name], start, end)
                    found[words] = Clause(
                        example.brand, words, tuple(s for s, _ in inside), tuple(v for _, v in inside)
                    )
    return [found[k] for k in sorted(found)]


def _inside(tokens: Tokens, spans: Sequence[tuple[Span, str]], start: int, end: int) -> list[tuple[Span, str]]:
    starts, ends = tokens.starts[start:end], tokens.ends[start:end]
    result: list[tuple[Span, str]] = []
    for (label, first, last), value in sorted(spans, key=lambda s: (s[0][1], -s[0][2])):
        if first in starts and last in ends:
            span = (label, starts.index(first), len(ends) - ends[::-1].index(last))
            if span[1] < span[2] and (not result or result[-1][0][2] <= span[1]):
                result.append((span, value))
    return result


def is_held(label: str, value: str) -> bool:
    """Tell whether a value belongs to the tenth of the vocabulary that a measured recogniser is never shown."""
    return int(hashlib.sha256(f"{label}.{value}".encode()).hexdigest(), 16) % 10 == 0


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
    known = frozenset(w for w, n in counts.items() if n >= _LEAST and w.isalpha()) - private
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


def measure(data: Sequence[Clause], private: frozenset[str], most: int, seed: int = 0) -> dict[str, float]:
    """Return recall and precision on held-out values: no clause that holds one is trained on, nor a held-out brand."""
    unseen = [c for c in data if any(is_held(s[0], v) for s, v in zip(c.spans, c.values, strict=True))]
    rest = set(unseen)
    seen = sample([c for c in data if c not in rest and fold(c.brand) != 0], most, seed)
    known = {" ".join(c.words[s:e]) for c in seen for _, s, e in c.spans}
    # A value nobody declared is a word the recogniser never met, in no role: elsewhere it stays disguised too.
    held = {w for c in unseen for (a, s, e), v in zip(c.spans, c.values, strict=True) if is_held(a, v) for w in c.words[s:e]}
    shown = {w for c in seen for _, s, e in c.spans for w in c.words[s:e]}
    recogniser = train_recogniser([c for c in seen if (held - shown).isdisjoint(c.words)], private | (held - shown), seed)
    right = wrong = total = 0
    found: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for clause in unseen:
        truth = {s for s, v in zip(clause.spans, clause.values, strict=True) if is_held(s[0], v)}
        total += len(truth)
        said = [s for s in recogniser.spans(clause.words) if " ".join(clause.words[s[1] : s[2]]) not in known]
        for t, v in zip(clause.spans, clause.values, strict=True):
            if t in truth:
                there[v] += 1
                found[v] += any(s[0] == t[0] and _touch(s, t) for s in said)
        right += len({t for t in truth for s in said if s[0] == t[0] and _touch(s, t)})
        wrong += sum(not any(s[0] == t[0] and _touch(s, t) for t in clause.spans) for s in said)
    LOG.info("held-out values %s", {v: f"{found[v]}/{n}" for v, n in there.most_common(30)})
    return {"clauses": len(unseen), "recall": right / max(1, total), "precision": right / max(1, right + wrong)}


def _touch(one: Span, other: Span) -> bool:
    return one[1] < other[2] and other[1] < one[2]
