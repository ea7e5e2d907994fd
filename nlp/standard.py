"""Our answers in the words of the open Shopify product taxonomy and of Google's product feed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from nlp.vocabulary_spec import article_vocabulary
from schemas.attribute_spec import Attribute, attributes
from schemas.errors import UsageError
from schemas.records import bounded

Standard = Literal["shopify", "google"]
STANDARDS: tuple[Standard, ...] = ("shopify", "google")


def standard(taxonomy: str, article_type: str | None, values: Mapping[str, str | None]) -> dict[str, str]:
    """Map one product to ``taxonomy``: its category, and each decided attribute that the standard knows.

    ``shopify``: ``category`` and attribute ids to value ids (``gid://shopify/...``), several joined by commas.
    ``google``: ``google_product_category`` and the feed's own fields (``color``, ``gender``, ``age_group``,
    ``material``, ``pattern``), several joined by slashes. What the standard has no node for is left out.

    Raises:
        UsageError: ``taxonomy`` is no known standard.

    """
    if taxonomy not in STANDARDS:
        raise UsageError(f"taxonomy {bounded(repr(taxonomy))} is unknown; allowed: {', '.join(STANDARDS)}.")
    shopify = taxonomy == "shopify"
    result: dict[str, str] = {}
    category = _category(article_type, shopify=shopify)
    if category:
        result["category" if shopify else "google_product_category"] = category
    for attribute in attributes().attributes:
        said = values.get(attribute.name)
        key = attribute.shopify if shopify else attribute.google
        if said and key:
            nodes = _nodes(attribute, said, shopify=shopify)
            if nodes:
                result[key] = ("," if shopify else "/").join(nodes)
    return result


def _category(article_type: str | None, *, shopify: bool) -> str | None:
    for article in article_vocabulary().article_types:
        if article.name == article_type:
            return article.shopify if shopify else article.google
    return None


def _nodes(attribute: Attribute, said: str, *, shopify: bool) -> list[str]:
    nodes: dict[str, None] = {}
    for name in said.replace(";", ",").replace("|", ",").split(","):
        value = next((v for v in attribute.values if v.name == name.strip()), None)
        node = (value.shopify if shopify else value.google) if value else None
        if node:
            nodes[node] = None
    return list(nodes)
