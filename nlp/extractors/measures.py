"""Measures with units: lengths, frame sizes, heel heights, carats, water resistance, warranties, pack sizes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from nlp.reading import DESCRIPTION, Finding, Passage, Reading
from nlp.scope import DENIED, ELSEWHERE
from nlp.spelling import lowered
from schemas.attribute_spec import Attributes

_NUMBER = r"(?:\d{1,5}(?:[.,]\d{1,3})?(?:[ -]\d{1,2}/\d{1,2})?|\d{1,2}/\d{1,2})"
_UNITS: dict[str, tuple[str, float]] = {
    "mm": ("length", 0.1), "millimetre": ("length", 0.1), "millimetres": ("length", 0.1),
    "millimeters": ("length", 0.1),
    "cm": ("length", 1), "cms": ("length", 1), "centimetre": ("length", 1), "centimetres": ("length", 1),
    "centimeter": ("length", 1), "centimeters": ("length", 1),
    "inch": ("length", 2.54), "inches": ("length", 2.54), "in": ("length", 2.54), '"': ("length", 2.54),
    "''": ("length", 2.54), "m": ("length", 100), "mtr": ("length", 100), "mtrs": ("length", 100),
    "metre": ("length", 100), "metres": ("length", 100), "meter": ("length", 100), "meters": ("length", 100),
    "ft": ("length", 30.48), "feet": ("length", 30.48), "atm": ("length", 1000), "bar": ("length", 1000),
    "ct": ("carat", 1), "cts": ("carat", 1), "carat": ("carat", 1), "carats": ("carat", 1), "ctw": ("carat", 1),
    "k": ("karat", 1), "kt": ("karat", 1), "karat": ("karat", 1), "karats": ("karat", 1),
    "ml": ("volume", 1), "l": ("volume", 1000), "ltr": ("volume", 1000), "ltrs": ("volume", 1000),
    "litre": ("volume", 1000), "litres": ("volume", 1000), "liter": ("volume", 1000), "liters": ("volume", 1000),
    "g": ("weight", 1), "gm": ("weight", 1), "gms": ("weight", 1), "gram": ("weight", 1), "grams": ("weight", 1),
    "kg": ("weight", 1000), "kgs": ("weight", 1000),
    "day": ("time", 1 / 30), "days": ("time", 1 / 30), "month": ("time", 1), "months": ("time", 1),
    "year": ("time", 12), "years": ("time", 12), "yr": ("time", 12), "yrs": ("time", 12),
}  # fmt: skip
_MEASURE = re.compile(
    rf"(?<![\d.,/])({_NUMBER})\s?-?\s?("
    + "|".join(sorted((re.escape(u) for u in _UNITS), key=len, reverse=True))
    + r")(?![0-9]|(?-i:[a-z]|(?<=[A-Z])[A-Z]))",
    re.IGNORECASE,
)
_IN_FOLLOWS = re.compile(
    r"\.?\s*(?:$|[.,;:)(\n/x]|long\b|length\b|wide\b|high\b|heel|inseam\b|laptop|from\b|approx)", re.IGNORECASE
)
_LENGTHS: tuple[tuple[re.Pattern[str], str, float], ...] = tuple(
    (re.compile(pattern), attribute, divisor)
    for pattern, attribute, divisor in (
        (r"lens(?:es)?(?: width| size| diameter)?|eye size", "lens_width", 0.1),
        (r"bridge", "bridge_width", 0.1),
        (r"temples?|arms?\b", "temple_length", 0.1),
        (r"dial|case|diameter", "case_diameter", 0.1),
        (r"water", "water_resistance", 100),
        (r"heels?\b", "heel_measure", 1),
        (r"laptop", "laptop_size", 2.54),
        (r"inseam|inside leg", "inseam", 1),
        (r"width|wide\b|breadth", "width", 1),
        (r"height|high\b|tall\b", "height", 1),
        (r"depth|deep\b", "depth", 1),
        (r"length|long\b", "garment_length", 1),
    )
)
_OTHER = {"carat": "carat", "karat": "purity", "volume": "liquid_volume", "weight": "weight"}
_FRAME = re.compile(r"(?<![\d-])([3-6]\d)\s?[-/x\N{WHITE SQUARE}]\s?([12]\d)\s?[-/x]\s?(1[0-6]\d)(?![\d-])")
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "single": 1, "double": 2, "twin": 2}
# A count may be glued to the word before it ("loop1 main", "lockOne main"), and its noun to the word after it.
_COUNT = r"(?:(?<![a-zA-Z\d.])|(?-i:(?<=[a-z])(?=[A-Z\d])))(\d{1,2}|" + "|".join(_COUNTS) + ")"
_END = r"(?-i:(?![a-z]))"
_POCKET = "(?:patch|welt|flap|insert|chest|front|side|functional|back|rear|zip|zipped|cargo|coin)"
_COUNTED: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (attribute, words, re.compile(pattern + _END, re.IGNORECASE))
    for attribute, words, pattern in (
        (
            "pack_size",
            ("pack of", "pack-of", "packs of", "packs-of", "set of", "set-of", "combo of", "combo-of"),
            rf"\b(?:pack|set|combo|packs)[ -]of[ -]{_COUNT}",
        ),
        ("pack_size", ("pack",), rf"{_COUNT}[ -]?pack"),
        ("pack_size", ("pcs",), rf"{_COUNT}[ -]?pcs"),
        ("pack_size", ("piece",), rf"{_COUNT}[ -]?pieces? (?:set|pack)"),
        ("pockets", ("pocket",), rf"{_COUNT}[ -](?:{_POCKET} ){{0,2}}pockets?"),
        ("compartments", ("compartment",), rf"{_COUNT} (?:spacious |large |big )?main (?:zip |zipped )?compartments?"),
    )
)
_TELLING = (" of ", "pocket", "compartment")
_DIGIT = re.compile(r"\d")
_SURE = 0.95
_CONTEXT = 28


class Measures:
    """Finds numbers with units and what they measure; values are given in the attribute's declared unit."""

    name = "regex"
    version = "1"

    def __init__(self, attributes: Attributes) -> None:
        """Take which groups each attribute applies to."""
        self._groups = {a.name: frozenset(a.groups) for a in attributes.attributes}

    def find(self, reading: Reading) -> Iterator[Finding]:
        """Yield measures in text order, the name first."""
        for passage in reading.passages:
            text = passage.normal.text
            for finding in _passage(passage, text, text.lower(), reading.group):
                allowed = self._groups.get(finding.attribute)
                if (not allowed or reading.group is None or reading.group in allowed) and _is_own(passage, finding):
                    yield finding


def _is_own(passage: Passage, finding: Finding) -> bool:
    """Tell whether a measure of a description is the product's, not another's; a name speaks of nothing else."""
    if passage.name != DESCRIPTION:
        return True
    word = bisect_right(passage.tokens.starts, finding.start) - 1
    return word < 0 or not passage.flags[word] & (DENIED | ELSEWHERE)


def _passage(passage: Passage, text: str, low: str, group: str | None) -> Iterator[Finding]:
    digit = _DIGIT.search(text)
    if digit:
        yield from _numbers(passage, text, digit.start(), group)
    elif not any(word in low for word in _TELLING):
        return
    for attribute, words, pattern in _COUNTED:
        for word in words:
            if word in low:
                break
        else:
            continue
        found = list(pattern.finditer(text))
        # Several counts ("two patch pockets, one welt pocket") add up to something nobody wrote down.
        if len(found) == 1:
            count = lowered(found[0][1])
            yield _finding(passage, attribute, str(_COUNTS.get(count, count)), _SURE, *found[0].span())


def _numbers(passage: Passage, text: str, first: int, group: str | None) -> Iterator[Finding]:
    if group in (None, "glasses") and (frame := _FRAME.search(text, first)):
        for part, attribute in enumerate(("lens_width", "bridge_width", "temple_length"), 1):
            yield _finding(passage, attribute, frame[part], _SURE, *frame.span(part))
    for hit in _MEASURE.finditer(text, first):
        measured = _measured(text, hit, group)
        if measured:
            yield _finding(passage, *measured, _SURE, *hit.span())


def _measured(text: str, hit: re.Match[str], group: str | None) -> tuple[str, str] | None:
    unit = lowered(hit[2])
    dimension, factor = _UNITS[unit]
    if unit == "in" and not _IN_FOLLOWS.match(text, hit.end()):
        return None
    number = _number(hit[1])
    if number is None:
        return None
    left, right = _around(text, hit)
    if dimension == "length":
        return _length(number * factor, left, right, unit)
    if dimension == "time":
        return ("warranty", _shown(number * factor)) if "warranty" in left or "warranty" in right else None
    if dimension == "volume" and group == "bag":
        return "capacity", _shown(number * factor / 1000)
    return _OTHER[dimension], _shown(number * factor)


def _around(text: str, hit: re.Match[str]) -> tuple[str, str]:
    """Return the lower-case clause left and right of a measure, without the neighbouring measures."""
    left = re.split(r"[;\n]|\d|\.\s", text[max(0, hit.start() - _CONTEXT) : hit.start()].lower())[-1]
    right = re.split(r"[;,\n]|\d|\.\s", text[hit.end() : hit.end() + _CONTEXT].lower())[0]
    return left, right


def _length(centimetres: float, left: str, right: str, unit: str) -> tuple[str, str] | None:
    best: tuple[int, str, float] | None = None
    for pattern, attribute, divisor in _LENGTHS:
        for hit in pattern.finditer(left):
            if best is None or hit.end() > best[0]:
                best = (hit.end(), attribute, divisor)
    if best is None:
        rights = [(h.start(), a, d) for p, a, d in _LENGTHS if (h := p.search(right))]
        best = min(rights) if rights else None
    if best is None or (
        best[1] == "water_resistance"
        and unit not in ("m", "mtr", "mtrs", "metre", "metres", "meter", "meters", "atm", "bar", "ft", "feet")
    ):
        return None
    return best[1], _shown(centimetres / best[2])


def _number(text: str) -> float | None:
    """Read "14 1/4", "5,5" and "3/4"; None where it is no number."""
    total = 0.0
    for part in re.split(r"[ -]", text.replace(",", ".")):
        top, slash, bottom = part.partition("/")
        if slash and not float(bottom):
            return None
        total += float(top) / float(bottom) if slash else float(top)
    return total


def _shown(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _finding(passage: Passage, attribute: str, value: str, sure: float, start: int, end: int) -> Finding:
    return Finding(attribute, value, sure, passage.name, *passage.normal.span(start, end))
