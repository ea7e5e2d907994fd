"""The hierarchy's synonyms and the words of names mean the same article type: a shawl is filed as it is read."""

from __future__ import annotations

import pytest

from enrichment.taxonomy.tree import Tree
from nlp.extractors.articles import Articles
from nlp.lexicon import Lexicon
from nlp.reading import read
from nlp.text import ProductText
from nlp.vocabulary_spec import ArticleWords, article_vocabulary
from schemas.taxonomy_spec import ArticleType, taxonomy

_LEVELS_ONLY = {
    "Body": "of a person, a perfume, a watch",
    "Knit": "how anything is made",
    "Fleece": "a material",
    "Pashmina": "a material",
    "Mac": "a maker of cosmetics",
    "Short": "how long something is",
    "Tight": "how something fits",
    "Court Shoes": "heels for her, shoes for a court for him",
    "Carry-On": "what one does",
    "Chronograph": "a function of watches",
    "Volleyball": "a sport",
    "Free Gift": "what another product comes with",
    "Churidar and Dupatta": "the end of 'kurta with churidar and dupatta'",
    "Mask": "cloth for the mouth as a level, cream for the face in names",
    "Masks": "as above",
}
"""What names a type when it is all that a level says, but proves none among other words."""
_NAMES_ONLY = {
    "shirting": "a level of fabrics",
    "coordinates": "a level of any set",
    "spaghetti": "half of 'spaghetti straps'",
    "boyshorts": "'Boys Shorts' is a level of shorts",
    "boy shorts": "as above",
    "boy short": "as above",
    "pouch": "a level of bags",
    "pouches": "as above",
    "organiser": "a level of bags",
    "glasses": "the class Eyewear",
    "duffel trolley bag": "named by its last noun",
    "salwar kurta dupatta": "as above",
    "churidar kurta dupatta": "as above",
    "accessory set tie": "as above",
    "tie pocket square": "as above",
    "gift voucher": "a type that names do not tell apart",
    "gift card": "as above",
}
"""What names a type in a product's name, but not as a vendor's level."""
_JOINERS = frozenset({"and", "or", "with", "for"})
_CLAIMED = {article.name: article for article in article_vocabulary().article_types}
_FILED = [t for t in (*taxonomy().placed_types(), *taxonomy().outside) if t.name in _CLAIMED]
_WORN = [article for article in _CLAIMED.values() if article.shopify]


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(taxonomy())


@pytest.mark.parametrize("kind", _FILED, ids=lambda kind: kind.name)
def test_what_the_hierarchy_calls_a_type_is_it_in_a_name(lexicon: Lexicon, tree: Tree, kind: ArticleType) -> None:
    articles = Articles(lexicon)
    for spelling in {kind.name, *kind.synonyms} - _LEVELS_ONLY.keys():
        reading = read(lexicon, ProductText("v", "1", f"Zorvex {spelling}"))
        list(articles.find(reading))
        assert reading.article in {kind.name} | _exact(tree, spelling), spelling


@pytest.mark.parametrize("article", _WORN, ids=lambda article: article.name)
def test_what_names_a_type_is_a_level_of_that_type(tree: Tree, article: ArticleWords) -> None:
    for word in article.words:
        if word not in _NAMES_ONLY and _JOINERS.isdisjoint(word.split()):
            assert article.name in {name for node in tree.read(word).nodes for name in node.types}, word


@pytest.mark.parametrize(
    ("word", "types"),
    [
        ("Gilet", {"Jackets"}),
        ("Bodysuit", {"Rompers", "Tops"}),
        ("Dressing Gown", {"Bath Robe"}),
        ("Trainers", {"Sports Shoes"}),
        ("Shawl", {"Stoles"}),
        ("Singlet", {"Innerwear Vests"}),
        ("Pyjamas", {"Lounge Pants", "Night suits"}),
        ("Spectacles", {"Frames"}),
        ("Aftershave", {"Perfume and Body Mist"}),
        ("Boxer Briefs", {"Briefs"}),
    ],
)
def test_everyday_words_are_filed_as_they_are_read(lexicon: Lexicon, tree: Tree, word: str, types: set[str]) -> None:
    reading = read(lexicon, ProductText("v", "1", f"Zorvex Black {word}"))
    list(Articles(lexicon).find(reading))
    assert _exact(tree, word) == types
    assert reading.article in types


def _exact(tree: Tree, spelling: str) -> set[str]:
    """Return the types that are spelt so in the hierarchy; what names a whole class does not count."""
    return {node.types[0] for node in tree.read(spelling).nodes if node.level == "article_type"}
