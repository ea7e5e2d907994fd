"""Our answers in the words of the open Shopify product taxonomy and of Google's product feed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from nlp.shopify_categories import shopify_categories
from nlp.vocabulary_spec import article_vocabulary
from schemas.attribute_spec import Attribute, attributes
from schemas.errors import UsageError
from schemas.records import bounded

Standard = Literal["shopify", "google"]
STANDARDS: tuple[Standard, ...] = ("shopify", "google")


class Told(NamedTuple):
    """One product in a standard's words, and what was left out of it.

    ``unplaced`` names the attributes that the product's category does not have there (or that no category was
    found for), ``unknown`` the attribute of each value that the standard has none for.
    """

    fields: dict[str, str]
    unplaced: tuple[str, ...]
    unknown: tuple[str, ...]


def standard(taxonomy: str, article_type: str | None, values: Mapping[str, str | None]) -> Told:
    """Map one product to ``taxonomy``: its category, and each decided attribute that the standard knows.

    ``shopify``: ``category``, and the ids of the category's attributes (``gid://shopify/...``; a handle such as
    ``dial-color`` where the attribute has no id of its own) to value ids, several joined by commas.
    ``google``: ``google_product_category`` and the feed's own fields (``color``, ``gender``, ``age_group``,
    ``material``, ``pattern``), several joined by slashes.

    Raises:
        UsageError: ``taxonomy`` is no known standard.

    """
    if taxonomy not in STANDARDS:
        raise UsageError(f"taxonomy {bounded(repr(taxonomy))} is unknown; allowed: {', '.join(STANDARDS)}.")
    shopify = taxonomy == "shopify"
    category = _category(article_type, shopify=shopify)
    had = shopify_categories().attributes_of(category or "") if shopify else None
    found: dict[str, dict[str, None]] = {}
    unplaced, unknown = [], []
    for attribute in attributes().attributes:
        said = values.get(attribute.name)
        key = attribute.shopify if shopify else attribute.google
        if not said or not key:
            continue
        if had is not None and key not in had:
            unplaced.append(attribute.name)
            continue
        for node in _nodes(attribute, said, shopify=shopify):
            if node is None:
                unknown.append(attribute.name)
            else:
                found.setdefault(key, {})[node] = None
    fields = {"category" if shopify else "google_product_category": category} if category else {}
    fields |= {key: ("," if shopify else "/").join(nodes) for key, nodes in found.items()}
    return Told(fields, tuple(unplaced), tuple(unknown))


def _category(article_type: str | None, *, shopify: bool) -> str | None:
    for article in article_vocabulary().article_types:
        if article.name == article_type:
            return article.shopify if shopify else article.google
    return None


def _nodes(attribute: Attribute, said: str, *, shopify: bool) -> list[str | None]:
    """Return the standard's node of each value that is ``said``, None where it has none."""
    known = {value.name: value.shopify if shopify else value.google for value in attribute.values}
    return [known.get(name.strip()) for name in said.replace(";", ",").replace("|", ",").split(",")]
