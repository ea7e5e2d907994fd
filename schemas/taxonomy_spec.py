"""The declared hierarchy of ``schemas/taxonomy.yaml``: nodes, article types, synonyms, rules, migrations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pydantic import Field

from schemas.declared import SCHEMA_DIR, Declared, load


class ArticleType(Declared):
    """What a product is called, and the image group it is seen as.

    ``status``: no kind of thing but what the vendor does with it (a free gift): no picture and no word can
    deny it, so the vendor alone is believed.
    """

    name: str
    group: str
    synonyms: tuple[str, ...] = ()
    status: bool = False


class Category(Declared):
    """The fifth level: a filter-like leaf that an attribute value selects (Dresses -> A-line)."""

    attribute: str
    titles: dict[str, str]


class Subclass(Declared):
    """A leaf of the four levels, with the article types that belong there."""

    id: str
    name: str
    synonyms: tuple[str, ...] = ()
    article_types: tuple[ArticleType, ...] = Field(min_length=1)
    category: Category | None = None


class Class(Declared):
    """A class of a department."""

    id: str
    name: str
    synonyms: tuple[str, ...] = ()
    subclasses: tuple[Subclass, ...]


class Department(Declared):
    """A department; its nodes stand under every division."""

    id: str
    name: str
    synonyms: tuple[str, ...] = ()
    classes: tuple[Class, ...]


class Division(Declared):
    """A division, the genders that fall into it, and the age groups; of several the first is the usual one."""

    id: str
    name: str
    genders: tuple[str, ...]
    ages: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


class Thresholds(Declared):
    """Least confidence a level needs to be decided."""

    division: float = Field(default=0.5, ge=0, le=1)
    department: float = Field(default=0.5, ge=0, le=1)
    class_: float = Field(default=0.5, ge=0, le=1, alias="class")
    subclass: float = Field(default=0.5, ge=0, le=1)
    category: float = Field(default=0.5, ge=0, le=1)


class Rule(Declared):
    """A merchandiser's standing order: products that match ``when`` go to ``node``, whatever was decided.

    ``when`` maps an attribute (``image_group``, ``article_type``, ``gender``, any declared one) or ``vendor``
    to the values that match; all of them must match. ``node`` is the id of a department, class or subclass.
    """

    id: str
    when: dict[str, tuple[str, ...]] = Field(min_length=1)
    node: str
    why: str = ""


class Taxonomy(Declared):
    """The whole hierarchy of one version.

    ``moved`` maps node ids of earlier versions to today's (chains are followed); ``outside`` are real article
    types that have no node.
    """

    version: int
    placeholders: tuple[str, ...]
    thresholds: Thresholds
    divisions: tuple[Division, ...]
    departments: tuple[Department, ...]
    outside: tuple[ArticleType, ...] = ()
    rules: tuple[Rule, ...] = ()
    moved: dict[str, str] = {}

    def paths(self) -> Iterator[tuple[str, ...]]:
        """Yield every path there can be, from a division alone down to a category of a subclass."""
        below = [path for department in self.departments for path in _paths(department)]
        for division in self.divisions:
            yield (division.name,)
            yield from ((division.name, *path) for path in below)

    def placed_types(self) -> Iterator[ArticleType]:
        """Yield the article types that have a node, in the order declared."""
        for department in self.departments:
            for one in department.classes:
                for leaf in one.subclasses:
                    yield from leaf.article_types


def _paths(department: Department) -> Iterator[tuple[str, ...]]:
    yield (department.name,)
    for one in department.classes:
        yield department.name, one.name
        for leaf in one.subclasses:
            path = department.name, one.name, leaf.name
            yield path
            yield from ((*path, title) for title in (leaf.category.titles.values() if leaf.category else ()))


@cache
def taxonomy(path: Path = SCHEMA_DIR / "taxonomy.yaml") -> Taxonomy:
    """Return the declared hierarchy."""
    return load(path, Taxonomy)
