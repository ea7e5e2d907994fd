"""The rival of ``bench_text``: what the text room finds, found by a plain spaCy pipeline that is called per text.

Phrases and token patterns stand in a span ruler, denials and other products in a component of its own, all registered
the usual way. Nothing is spared or batched, and nothing is made slow on purpose: short words are grouped a value,
spellings are lower-cased once, hyphens are opened before spaCy sees them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span

from nlp.catalog import STARTER, ProductText
from nlp.ner import blank
from nlp.vocabulary_spec import article_vocabulary, context
from schemas.attribute_spec import Attribute, attributes

Said = tuple[str, str]
"""An attribute and its value."""

_REACH, _OWNER = 5, 7
_OWNED = frozenset({"colour", "material", "pattern", "weave", "occasion", "season", "sport"})
_UNITS = [
    "mm",
    "cm",
    "cms",
    "inch",
    "inches",
    "in",
    "m",
    "mtr",
    "metre",
    "metres",
    "meter",
    "meters",
    "ft",
    "atm",
    "bar",
]
_UNITS += ["ct", "carat", "k", "kt", "karat", "ml", "l", "ltr", "litre", "g", "gm", "gms", "gram", "grams", "kg", "day"]
_UNITS += ["days", "month", "months", "year", "years", "yr", "yrs"]
_MEASURED = [
    "lens",
    "bridge",
    "temple",
    "temples",
    "arms",
    "dial",
    "case",
    "diameter",
    "water",
    "heel",
    "heels",
    "laptop",
]
_MEASURED += ["inseam", "width", "wide", "height", "high", "tall", "depth", "deep", "length", "long", "warranty"]
_GROUPS = {a.name: a.group for a in article_vocabulary().article_types}
_NUMBERS = ["one", "two", "three", "four", "five", "six", "single", "double", "twin"]
_COUNT: dict[str, Any] = {"LOWER": {"REGEX": r"^(\d{1,2}|" + "|".join(_NUMBERS) + ")$"}}


def phrases() -> Iterator[tuple[str, str, str]]:
    """Yield label, identity and words of every declared phrase; labels of the context begin with a low line."""
    words = context("en")
    for attribute in attributes().attributes:
        yield from ((attribute.name, v.name, s) for v in attribute.values for s in v.synonyms)
    for article in article_vocabulary().article_types:
        yield from (("article_type", article.name, w) for w in article.words)
    for group, nouns in words.group_nouns.items():
        yield from (("image_group", group, n) for n in nouns)
    for label, listed in (
        ("_part", (*words.parts, *words.things, *words.traps)),
        ("_denies", words.negators),
        ("_seems", words.seeming),
        ("_elsewhere", (*words.elsewhere, *words.person)),
        ("_undone", words.undone),
        ("_measured", _MEASURED),
    ):
        yield from ((label, "", phrase) for phrase in listed)


def plain_pipeline(ner: bool = False) -> Language:
    """Return the pipeline: tokeniser, span ruler, scope, and with ``ner`` the trained recogniser."""
    nlp = spacy.blank("en")
    if ner:
        nlp, recogniser = blank()
        nlp.initialize()
        recogniser.from_bytes((STARTER / "ner.bin").read_bytes(), exclude=["vocab"])
    ruler = nlp.add_pipe(
        "span_ruler", first=True, config={"phrase_matcher_attr": "LOWER", "spans_filter": None, "spans_key": "ruler"}
    )
    ruler.add_patterns([{"label": a, "id": i, "pattern": p} for a, i, p in sorted(phrases())])  # type: ignore[attr-defined]
    ruler.add_patterns(_token_patterns())  # type: ignore[attr-defined]
    nlp.add_pipe("plain_scope", after="span_ruler")
    return nlp


def bare_matcher() -> tuple[Language, PhraseMatcher]:
    """Return a tokeniser and one phrase matcher over the phrases: no scope, no heads, no measures."""
    nlp = spacy.blank("en")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for label, identity, phrase in sorted(phrases()):
        matcher.add(f"{label}={identity}", [nlp.make_doc(phrase)])
    return nlp, matcher


def read_plainly(nlp: Language, product: ProductText) -> set[Said]:
    """Return what the pipeline finds in both texts of a product."""
    found: set[Said] = set()
    for text in (product.name, product.description):
        doc = nlp(text.replace("-", " ").replace("\n", ". "))
        found.update((span.label_, span.id_) for span in doc.spans["said"])
        found.update((entity.label_, entity.text) for entity in doc.ents)
    return found | {("image_group", _GROUPS[value]) for attribute, value in found if attribute == "article_type"}


def _token_patterns() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for attribute in attributes().attributes:
        heads = [h.lower() for h in attribute.heads if " " not in h]
        gap = {"IS_PUNCT": False, "OP": "{0,3}"}
        for value in attribute.values:
            words = [w.lower() for w in value.words if " " not in w]
            if heads and words:
                pattern = [{"LOWER": {"IN": words}}, gap, {"LOWER": {"IN": heads}}]
                found.append({"label": attribute.name, "id": value.name, "pattern": pattern})
        found.extend(_keyed(attribute))
    materials = [s.lower() for v in attributes().get("material").values for s in v.spellings if " " not in s]
    share = [{"LIKE_NUM": True}, {"ORTH": "%"}, {"LOWER": {"IN": materials}}]
    measure = [{"LIKE_NUM": True}, {"LOWER": {"IN": _UNITS}}]
    found += [{"label": "composition", "pattern": share}, {"label": "_measure", "pattern": measure}]
    found += [
        {"label": "pack_size", "pattern": [{"LOWER": {"IN": ["pack", "set", "combo"]}}, {"LOWER": "of"}, _COUNT]},
        {"label": "pack_size", "pattern": [_COUNT, {"LOWER": {"IN": ["pack", "pcs"]}}]},
    ]
    for one, many in (("pocket", "pockets"), ("compartment", "compartments")):
        counted = [_COUNT, {"IS_ALPHA": True, "OP": "{0,2}"}, {"LOWER": {"IN": [one, many]}}]
        found.append({"label": many, "pattern": counted})
    return found


def _keyed(attribute: Attribute) -> Iterator[dict[str, Any]]:
    keys = [k.lower() for k in attribute.keys if " " not in k]
    for value in attribute.values if keys else ():
        words = [s.lower() for s in value.spellings if " " not in s]
        if words:
            pattern = [{"LOWER": {"IN": keys}}, {"ORTH": ":"}, {"LOWER": {"IN": words}}]
            yield {"label": attribute.name, "id": value.name, "pattern": pattern}


@Language.component("plain_scope")
def scope(doc: Doc) -> Doc:
    """Keep the longest spans that speak of the product; a measure gets the attribute that its neighbours name."""
    spans = _longest([s for s in doc.spans["ruler"] if not s.label_.startswith("_")])
    around = [s for s in doc.spans["ruler"] if s.label_.startswith("_")]
    silent = _silent(doc, around)
    nouns = {s.start: s for s in spans if s.label_ in ("article_type", "image_group")}
    parts = {s.start for s in around if s.label_ == "_part"}
    said = [s for s in spans if s.start not in silent and not _of_part(doc, s, nouns, parts)]
    doc.spans["said"] = said + [m for s in around if s.label_ == "_measure" for m in _measures(doc, s, around)]
    return doc


def _longest(spans: list[Span]) -> list[Span]:
    """Drop what lies inside a longer span; spans of the same words stay side by side."""
    kept = {(s.start, s.end) for s in spacy.util.filter_spans(spans)}
    return [s for s in spans if (s.start, s.end) in kept]


def _silent(doc: Doc, around: Sequence[Span]) -> set[int]:
    silent: set[int] = set()
    for span in around:
        if span.label_ == "_undone":
            silent.update(_until_break(doc, range(span.start - 1, -1, -1)))
        elif span.label_ == "_elsewhere":
            silent.update(_until_break(doc, range(span.start, len(doc)), ".!"))
        elif span.label_ in ("_denies", "_seems"):
            silent.update(_until_break(doc, range(span.end, min(len(doc), span.end + _REACH))))
    return silent


def _until_break(doc: Doc, places: range, breaks: str = ".,:;!?") -> Iterator[int]:
    for i in places:
        if doc[i].text in breaks:
            return
        yield i


def _of_part(doc: Doc, span: Span, nouns: dict[int, Span], parts: set[int]) -> bool:
    if span.label_ not in _OWNED:
        return False
    for i in _until_break(doc, range(span.end, min(len(doc), span.end + _OWNER))):
        if i in nouns:
            return False
        if i in parts:
            return True
    return False


def _measures(doc: Doc, measure: Span, around: Sequence[Span]) -> Iterator[Span]:
    near = [s for s in around if s.label_ == "_measured" and abs(s.start - measure.start) <= _OWNER]
    if near:
        best = min(near, key=lambda s: abs(s.start - measure.start))
        yield Span(doc, measure.start, measure.end, label=best.text.lower())
