"""Train the recogniser on silver labels of the gazetteer: what value words mean, their context and mark must tell."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence

from spacy.training import Example as SpacyExample
from spacy.vocab import Vocab
from thinc.api import fix_random_seed

from nlp.language import function_words
from nlp.lexicon import Lexicon, phrase_words
from nlp.ner import LABELS, UNKNOWN, Recogniser, blank, disguised, document
from nlp.training.silver import Clause
from nlp.word_classes import STRANGE, WordClasses
from schemas.attribute_spec import Attributes

LOG = logging.getLogger(__name__)
CLAUSES = 9_000
_EPOCHS, _BATCH, _MASKED, _UNMARKED, _MASKED_OTHER = 4, 64, 0.65, 0.1, 0.03


def clause_words(lexicon: Lexicon, attributes: Attributes) -> frozenset[str]:
    """Return the words that build clauses: function words and the vocabulary's, but for those that only name values.

    They are all that the recogniser knows by themselves: a value, declared or not, is a stranger with a mark to it.
    """
    told = (a for a in attributes.attributes if a.name in LABELS)
    values = {w for a in told for v in a.values for s in (*v.synonyms, *v.words) for w in phrase_words(s)}
    heads = {w for a in attributes.attributes for h in a.heads for w in phrase_words(h)}
    small = function_words("en") | lexicon.stops
    return frozenset(w for w in lexicon.words - (values - heads) | small if w.isalpha())


def sample(data: Sequence[Clause], most: int, seed: int = 0) -> list[Clause]:
    """Return at most ``most`` clauses, three quarters of them with values, in a stable order."""
    rng = random.Random(seed)  # noqa: S311 - training order, nothing secret
    with_, without = [c for c in data if c.spans], [c for c in data if not c.spans]
    rng.shuffle(with_)
    rng.shuffle(without)
    return sorted([*with_[: most * 3 // 4], *without[: most // 4]], key=lambda c: c.words)


def train_recogniser(data: Sequence[Clause], known: frozenset[str], classes: WordClasses, seed: int = 0) -> Recogniser:
    """Train on ``data``; words outside ``known`` are seen by their mark only, some by nothing at all.

    Where a word has no mark its context must speak for it, so many value words are shown without theirs.
    """
    fix_random_seed(seed)
    rng = random.Random(seed)  # noqa: S311 - training order, nothing secret
    pipeline, recogniser = blank()
    optimizer = pipeline.initialize()
    for epoch in range(_EPOCHS):
        order = list(data)
        rng.shuffle(order)
        losses: dict[str, float] = {}
        for first in range(0, len(order), _BATCH):
            batch = [_example(pipeline.vocab, c, known, classes, rng) for c in order[first : first + _BATCH]]
            pipeline.update(batch, sgd=optimizer, drop=0.2, losses=losses)
        LOG.info("epoch %d loss %.0f", epoch, losses["ner"])
    return Recogniser(pipeline, recogniser, known, classes)


def _example(
    vocab: Vocab, clause: Clause, known: frozenset[str], classes: WordClasses, rng: random.Random
) -> SpacyExample:
    words, marks = disguised(clause.words, known), classes.of(clause.words)

    def hide(places: Sequence[int]) -> None:
        unmarked = rng.random() < _UNMARKED
        for i in places:
            words[i] = UNKNOWN
            marks[i] = STRANGE if unmarked else marks[i]

    inside: set[int] = set()
    for _, start, end in clause.spans:
        inside.update(range(start, end))
        if rng.random() < _MASKED:
            # The head word ("neck") stays: an unknown value still stands beside it.
            hide(range(start, end if end - start == 1 else end - 1))
    for i, word in enumerate(words):
        if i not in inside and word.isalpha() and rng.random() < _MASKED_OTHER:
            hide([i])
    doc = document(vocab, words, marks)
    entities = [(doc[s:e].start_char, doc[s:e].end_char, label) for label, s, e in clause.spans]
    return SpacyExample.from_dict(doc, {"entities": entities})
