"""How often the noun rule is right, per article type it names: the confidence its claims carry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from nlp.extractors.articles import Articles
from nlp.lexicon import Lexicon
from nlp.reading import read
from nlp.text import ProductText
from nlp.training.corpus import Example

_PRIOR, _WEIGHT = 0.93, 10


def noun_confidence(lexicon: Lexicon, labelled: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Return ``{"article_type": {type: p}, "image_group": {type: p}}``, drawn to a prior where examples are few."""
    rule = Articles(lexicon)
    seen: Counter[str] = Counter()
    right: dict[str, Counter[str]] = {"article_type": Counter(), "image_group": Counter()}
    for example in labelled:
        reading = read(lexicon, ProductText("train", example.id, example.name, ""))
        said = {f.attribute: f.value for f in rule.find(reading)}
        article = said.get("article_type")
        if article is None or example.article_type is None:
            continue
        seen[article] += 1
        right["article_type"][article] += article == example.article_type
        right["image_group"][article] += said["image_group"] == lexicon.groups.get(example.article_type)
    return {
        name: {a: round((hits[a] + _PRIOR * _WEIGHT) / (n + _WEIGHT), 3) for a, n in sorted(seen.items())}
        for name, hits in right.items()
    }
