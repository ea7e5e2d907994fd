"""The named measures of a run: paths, placeholders, filings, pictures alone, products outside the taxonomy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from enrichment.evaluate.hierarchical import hierarchical
from enrichment.evaluate.interval import Share
from enrichment.evaluate.pairs import LEVELS, Pair
from schemas.group_spec import OTHER
from schemas.taxonomy_spec import taxonomy

DAMAGED = ("wrong", "shifted", "repeated")
_CLASS_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Measure:
    """One named share; ``least`` is what it should reach, None where nothing is set."""

    name: str
    title: str
    share: Share
    least: float | None

    @property
    def met(self) -> bool | None:
        """Whether it reaches ``least``; None where nothing is set or nothing was counted."""
        value = self.share.value
        return None if self.least is None or value is None else value >= self.least

    def as_json(self) -> dict[str, object]:
        """Return the measure as plain values."""
        return {"name": self.name, "title": self.title, **self.share.as_json(), "least": self.least, "met": self.met}


Counting = Callable[[Sequence[Pair]], Share]


def measures(pairs: Sequence[Pair]) -> tuple[Measure, ...]:
    """Count every declared measure over ``pairs``."""
    return tuple(Measure(name, title, count(pairs), least) for name, title, least, count in _MEASURES)


def hierarchical_f1(pairs: Sequence[Pair]) -> dict[str, object]:
    """Return hierarchical precision, recall and F1 over products with picture and words inside the taxonomy."""
    return hierarchical((_true(pair), pair.path) for pair in _seen_and_told(pairs)).as_json()


def _true(pair: Pair) -> tuple[str, ...]:
    return pair.true_path or ()


def _inside(pairs: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in pairs if pair.true_path is not None]


def _seen_and_told(pairs: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in _inside(pairs) if pair.has_picture and pair.has_words]


def _precision(depth: int) -> Counting:
    def count(pairs: Sequence[Pair]) -> Share:
        decided = [pair for pair in _seen_and_told(pairs) if len(pair.path) >= depth]
        return Share(sum(pair.path[:depth] == _true(pair)[:depth] for pair in decided), len(decided))

    return count


def _coverage(depth: int) -> Counting:
    def count(pairs: Sequence[Pair]) -> Share:
        known = _seen_and_told(pairs)
        return Share(sum(len(pair.path) >= depth for pair in known), len(known))

    return count


def _empty_levels(pair: Pair, empty: Callable[[str], bool]) -> list[str]:
    """Return the levels that the vendor sent empty although they have a true value."""
    sent = ((level, pair.answer.get(f"vendor_{level}")) for level in LEVELS)
    return [level for level, value in sent if value is not None and empty(value) and pair.truth[level]]


@cache
def _placeholders() -> frozenset[str]:
    return frozenset(placeholder.casefold() for placeholder in taxonomy().placeholders)


def _placeholder(value: str) -> bool:
    return value.strip().casefold() in _placeholders()


def _blank(value: str) -> bool:
    return not value.strip()


def _resolved(empty: Callable[[str], bool]) -> Counting:
    def count(pairs: Sequence[Pair]) -> Share:
        cells = [(pair, level) for pair in pairs for level in _empty_levels(pair, empty)]
        return Share(sum(bool(pair.answer[level]) for pair, level in cells), len(cells))

    return count


def _resolved_right(empty: Callable[[str], bool]) -> Counting:
    def count(pairs: Sequence[Pair]) -> Share:
        cells = [(pair, level) for pair in pairs for level in _empty_levels(pair, empty) if pair.answer[level]]
        return Share(sum(pair.answer[level] == pair.truth[level] for pair, level in cells), len(cells))

    return count


def _filed(kinds: Sequence[str]) -> Counting:
    def count(pairs: Sequence[Pair]) -> Share:
        filed = [pair for pair in _inside(pairs) if pair.truth["filing"] in kinds]
        return Share(sum(pair.path == _true(pair) for pair in filed), len(filed))

    return count


def _not_contradicted(pairs: Sequence[Pair]) -> Share:
    filed = [pair for pair in _inside(pairs) if pair.truth["filing"] == "right"]
    return Share(sum(pair.path == _true(pair)[: len(pair.path)] for pair in filed), len(filed))


def _pictures_alone(pairs: Sequence[Pair]) -> Share:
    shown = [pair for pair in pairs if pair.has_picture and not pair.has_words and pair.truth.get("image_group")]
    return Share(sum(pair.answer["image_group"] == pair.truth["image_group"] for pair in shown), len(shown))


def _kept_out(pairs: Sequence[Pair]) -> Share:
    outside = [pair for pair in pairs if pair.outside]
    return Share(sum(not pair.answer["department"] for pair in outside), len(outside))


def _told_apart(pairs: Sequence[Pair]) -> Share:
    outside = [pair for pair in pairs if pair.outside]
    answers = [pair.answer for pair in outside]
    return Share(sum(not a["department"] or a["image_group"] == OTHER for a in answers), len(outside))


_MEASURES: tuple[tuple[str, str, float | None, Counting], ...] = (
    ("class_path_precision", "class path right, of those decided (picture and words)", 0.97, _precision(_CLASS_DEPTH)),
    ("class_path_coverage", "class path decided (picture and words)", 0.92, _coverage(_CLASS_DEPTH)),
    (
        "full_path_precision",
        "path to subclass right, of those decided (picture and words)",
        0.94,
        _precision(len(LEVELS)),
    ),
    ("full_path_coverage", "path to subclass decided (picture and words)", 0.85, _coverage(len(LEVELS))),
    ("placeholder_levels_resolved", "placeholder levels (DEF) that got a value", 0.92, _resolved(_placeholder)),
    ("placeholder_levels_right", "of these, right", 0.97, _resolved_right(_placeholder)),
    ("blank_levels_resolved", "blank levels that got a value", None, _resolved(_blank)),
    ("blank_levels_right", "of these, right", None, _resolved_right(_blank)),
    ("damaged_corrected", "wrong, shifted and repeated filings put right", 0.90, _filed(DAMAGED)),
    ("wrong_corrected", "wrong filings put right", None, _filed(("wrong",))),
    ("shifted_corrected", "shifted filings put right", None, _filed(("shifted",))),
    ("repeated_corrected", "repeated filings put right", None, _filed(("repeated",))),
    ("synonyms_corrected", "synonym filings put right", None, _filed(("synonym",))),
    ("right_left_alone", "right filings published as filed", 0.98, _filed(("right",))),
    ("right_not_contradicted", "right filings without a wrong level", None, _not_contradicted),
    ("pictures_alone_group", "image group right from the picture alone", 0.93, _pictures_alone),
    ("outside_told_apart", "outside the taxonomy: in no department, or its group `other`", 0.90, _told_apart),
    ("outside_kept_out", "outside the taxonomy: in no department", None, _kept_out),
)
FULL_PATH_F1_LEAST = 0.97
