"""Which attributes each category of the open Shopify product taxonomy has, for the categories we map to."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nlp.vocabulary_spec import VOCABULARY_DIR, article_vocabulary
from schemas.declared import Declared, load

_DECLARED = VOCABULARY_DIR / "shopify_categories.yaml"
_PUBLISHED = ("aa_apparel_accessories.yml", "lb_luggage_bags.yml")


class ShopifyCategories(Declared):
    """The attributes of each category by handle, and the id of each attribute that has one of its own.

    An extended attribute (``dial-color`` takes the values of ``color``) has no id: its handle alone names it.
    """

    version: str
    attributes: dict[str, int]
    categories: dict[str, tuple[str, ...]]

    def attributes_of(self, category: str) -> frozenset[str]:
        """Return what names the attributes of ``category`` (``gid://...``): an id each, a handle if extended."""
        handles = self.categories.get(category.rsplit("/", 1)[-1], ())
        return frozenset(self._named(handle) for handle in handles)

    def _named(self, handle: str) -> str:
        own = self.attributes.get(handle)
        return handle if own is None else f"gid://shopify/TaxonomyAttribute/{own}"


@cache
def shopify_categories(path: Path = _DECLARED) -> ShopifyCategories:
    """Return the categories that ``article_types.yaml`` maps to."""
    return load(path, ShopifyCategories)


def declaration(published: Path) -> str:
    """Return the text of ``shopify_categories.yaml`` from a folder of the published taxonomy."""
    mapped = {a.shopify.rsplit("/", 1)[1] for a in article_vocabulary().article_types if a.shopify}
    nodes = {node["id"]: node["attributes"] for name in _PUBLISHED for node in _read(published / name)}
    kinds = _read(published / "attributes.yml")
    handles = {a["friendly_id"]: a["handle"] for kind in kinds.values() for a in kind}
    used = {c: sorted(handles[a] for a in nodes[c]) for c in sorted(mapped, key=_order)}
    wanted = {handle for own in used.values() for handle in own}
    own_ids = {a["handle"]: a["id"] for a in kinds["base_attributes"] if a["handle"] in wanted}
    lines = [
        "# From the open Shopify product taxonomy, under the licence below. Written by",
        "#   python -m nlp.shopify_categories FOLDER > nlp/vocabulary/shopify_categories.yaml",
        "# where FOLDER holds its LICENSE, VERSION, attributes.yml and categories; not to be changed by hand.",
        "#",
        *(f"# {line}".rstrip() for line in (published / "LICENSE").read_text(encoding="utf-8").splitlines()),
        f"version: {(published / 'VERSION').read_text(encoding='utf-8').strip()}",
        "# The attributes with an id of their own; the others (dial-color) take another one's values.",
        "attributes:",
        *(f"  {handle}: {own_ids[handle]}" for handle in sorted(own_ids)),
        "categories:",
        *(f"  {category}: [{', '.join(own)}]" for category, own in used.items()),
    ]
    return "\n".join(lines) + "\n"


def _order(category: str) -> list[tuple[int, str]]:
    return [(len(part), part) for part in category.split("-")]


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


if __name__ == "__main__":
    sys.stdout.write(declaration(Path(sys.argv[1])))
