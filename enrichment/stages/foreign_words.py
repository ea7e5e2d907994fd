"""A vendor that writes in a language without a vocabulary: one notice that counts the products by language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from nlp.text import READ, WITHHELD
from schemas.records import WHOLE_DROP, ProblemReason, RowProblem, bounded
from schemas.vendor_spec import VendorSpec

STAGE = "text"
LEAST, SHARE = 10, 0.1
_SHOWN = 4


def foreign_words(spec: VendorSpec, notes: Iterable[Mapping[str, int]], night: date) -> list[RowProblem]:
    """Return the notice about one vendor from the notes of its ``text`` shards, none where its words were read.

    Told are 10 products or more, and a tenth or more of those whose words were read tonight: a strange name or two is
    no other language.
    """
    counts = sum((Counter(one) for one in notes), Counter[str]())
    start = f"{WITHHELD}:{spec.vendor}:"
    languages = Counter({name.removeprefix(start): n for name, n in counts.items() if name.startswith(start)})
    gone, read = languages.total(), counts[READ]
    if gone < LEAST or gone < SHARE * read:
        return []
    ranked = sorted(languages.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{language} {count}" for language, count in ranked[:_SHOWN])
    told = f"{gone} of {read} products worked on are not in English: {shown}{', ...' if len(ranked) > _SHOWN else ''}"
    column = ", ".join(filter(None, (spec.columns.name, spec.columns.description)))
    reason = ProblemReason.LANGUAGE_UNSUPPORTED
    return [RowProblem(spec.vendor, night, WHOLE_DROP, None, STAGE, reason, column, bounded(told), quarantined=False)]
