"""Vendor-style names and descriptions, composed from what was drawn: own wordings, not the declared synonyms."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

from enrichment.sample.fabric import Rng
from enrichment.sample.look import Look
from enrichment.sample.scuffs import scuffed
from enrichment.sample.wording import wording

# How often a name tells an attribute.
_NAMED = {"pattern": 0.7, "dress_type": 0.6, "sleeve_length": 0.2, "neckline": 0.2, "fit": 0.25, "length": 0.15}
_SILENT = frozenset({"colour", "pattern", "dress_type", "bag_type", "metal"})


def phrase(attribute: str, value: str, rng: Rng) -> str:
    """Return one way of saying an attribute's value."""
    options = wording().wording.get(attribute, {}).get(value)
    if options:
        return str(rng.choice(options))
    plain = value.replace("_", " ")
    return f"{plain} {wording().heads.get(attribute, '')}".strip()


def noun(article_type: str, rng: Rng) -> str:
    """Return what a name calls the article type."""
    return str(rng.choice(wording().nouns.get(article_type, (article_type,))))


def name(what: Look, brand: str, rng: Rng) -> str:
    """Return a product name: brand, wearer, colour, some attributes, noun, now and then a style code."""
    middle = [str(rng.choice(wording().wearers[what.gender]))] if rng.random() < 0.88 else []
    colour = what.colour.replace("_", " ").title()
    if rng.random() < 0.85:
        middle.append(colour)
    for attribute, odds in _NAMED.items():
        if attribute in what.values and rng.random() < odds:
            middle.append(phrase(attribute, what.values[attribute], rng).title())
    if rng.random() < 0.15:
        middle.reverse()
    code = [f"{brand[:2].upper()}{int(rng.integers(100, 9999))}"] if rng.random() < 0.12 else []
    return scuffed(" ".join([brand, *middle, noun(what.article_type, rng), *code]), rng, 0.03)


def description(what: Look, material: str, rng: Rng) -> str:
    """Return a description in one of the vendors' manners; about one in fourteen products has none."""
    if rng.random() < 0.07:
        return ""
    manners: Sequence[Callable[[Look, str, Rng], str]] = (_sentence, _listed, _marked_up, _shouted)
    return scuffed(manners[int(rng.choice(4, p=(0.55, 0.2, 0.15, 0.1)))](what, material, rng), rng, 0.012)


def _facts(what: Look, rng: Rng) -> list[str]:
    said = [phrase(a, v, rng) for a, v in what.values.items() if a not in _SILENT and rng.random() < 0.85]
    rng.shuffle(said)
    return said


def _lead(what: Look, rng: Rng) -> str:
    parts = [what.colour.replace("_", " ").capitalize()]
    if "pattern" in what.values:
        parts.append(phrase("pattern", what.values["pattern"], rng))
    if "dress_type" in what.values:
        parts.append(phrase("dress_type", what.values["dress_type"], rng))
    return " ".join([*parts, noun(what.article_type, rng).lower()])


def _sentence(what: Look, material: str, rng: Rng) -> str:
    facts = _facts(what, rng)
    body = _lead(what, rng) + (", has " + _joined(facts) if facts else "")
    extra = [_cloth(material, rng)] if material else []
    extra += [str(rng.choice(wording().closers))] if rng.random() < 0.5 else []
    extra += [_measure(what, rng)] if rng.random() < 0.3 else []
    # Feeds often lose the blank (and the stop) between sentences.
    glue = str(rng.choice((". ", "", ".")))
    return glue.join([body, *[e for e in extra if e]])


def _listed(what: Look, material: str, rng: Rng) -> str:
    titles = wording().titles
    lines = [f"{titles[a]}: {_bare(a, v, rng)}" for a, v in what.values.items() if a in titles]
    lines += [f"Material: {material.title()}"] if material else []
    return "\n".join([_lead(what, rng), *lines])


def _bare(attribute: str, value: str, rng: Rng) -> str:
    head = wording().heads.get(attribute, "")
    said = phrase(attribute, value, rng).title()
    return said.removesuffix(f" {head.title()}") if head else said


def _marked_up(what: Look, material: str, rng: Rng) -> str:
    items = "".join(f"<li>{html.escape(fact.capitalize())}</li>" for fact in _facts(what, rng))
    tail = f"<p>{html.escape(_cloth(material, rng))}</p>" if material else ""
    return f"<p>{html.escape(_lead(what, rng))} &amp; more</p><ul>{items}</ul>{tail}"


def _shouted(what: Look, material: str, rng: Rng) -> str:
    return " ".join([_lead(what, rng), *_facts(what, rng), material]).upper().strip()


def _joined(facts: Sequence[str]) -> str:
    said = [_with_article(fact) for fact in facts]
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1]


def _with_article(fact: str) -> str:
    if fact.endswith("s") or fact.startswith(("sleeveless", "strapless", "longline")):
        return fact
    return f"{'an' if fact[0] in 'aeio' else 'a'} {fact}"


def _cloth(material: str, rng: Rng) -> str:
    if rng.random() < 0.5:
        return f"Made of {material}"
    share = int(rng.choice((60, 65, 70, 80, 95)))
    other = "elastane" if share == 95 else "polyester" if material != "polyester" else "cotton"
    return f"Material: {share}% {material}, {100 - share}% {other}" if rng.random() < 0.7 else f"100% {material}"


def _measure(what: Look, rng: Rng) -> str:
    if what.group in ("dress", "top", "skirt", "jacket"):
        length = int(rng.integers(55, 140))
        return f"Length: {length} cm" if rng.random() < 0.6 else f"Length {length / 2.54:.0f} inches"
    return "Case diameter: 42 mm" if what.group == "watch" else ""


def material_of(group: str, rng: Rng) -> str:
    """Draw a material that the group is made of, '' where none is told."""
    known = wording().materials.get(group)
    return str(rng.choice(known)) if known else ""
