"""The hierarchy that a published run stood on, and where its paths are in tonight's."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

from pydantic import ValidationError

from enrichment.publish.layout import RunKey
from enrichment.publish.read import Published, open_run, read_file
from enrichment.review.ledger import LedgerEntry
from enrichment.runs.plan import night_of
from enrichment.stores.port import Store
from enrichment.taxonomy.migrate import migrated
from enrichment.taxonomy.tree import Tree
from schemas.errors import DeclarationError, PublishedMismatch, UsageError
from schemas.paths import join_path, parse_path
from schemas.taxonomy_spec import Taxonomy

HIERARCHY = "taxonomy.json"
_PUBLISHED = f"report/{HIERARCHY}"


def hierarchy_json(declared: Taxonomy) -> str:
    """Return the declared hierarchy as one JSON document; :func:`hierarchy_of` reads it back."""
    return declared.model_dump_json(by_alias=True) + "\n"


def hierarchy_of(store: Store, published: Published) -> Tree | None:
    """Return the hierarchy that ``published`` was placed in; None where it does not say, or no more readably."""
    try:
        return _tree(read_file(store, published, _PUBLISHED))
    except (UsageError, DeclarationError, ValidationError):
        # An old run has none; that of another release may have other keys, or be refused by now.
        return None


def migration(old: Tree | None, new: Tree) -> Callable[[str], str | None]:
    """Return what gives a written path of ``old`` in ``new``; None where the path is unknown there or gone.

    Without an ``old`` hierarchy nothing is known of any path.
    """

    def today(path: str) -> str | None:
        try:
            found = None if old is None else migrated(parse_path(path), old, new)
        except ValueError:
            # What a decisions file calls a path may be anything.
            return None
        return None if found is None else join_path(found.levels)

    return today


def paths_in(store: Store, new: Tree) -> Callable[[LedgerEntry, str], str]:
    """Return what gives a path that a decision names, as it is called in ``new``.

    A path of the hierarchy that was decided in follows its node: by now another node may bear the old name. Where
    that node is gone, or nothing is known of the path, it stays as the person wrote it.
    """

    @cache
    def since(run_id: str) -> Callable[[str], str | None]:
        night = night_of(run_id)
        try:
            return migration(hierarchy_of(store, open_run(store, RunKey(night, run_id))) if night else None, new)
        except PublishedMismatch:
            # Its run is gone, or no longer whole: tonight does not hang on it.
            return migration(None, new)

    def today(entry: LedgerEntry, path: str) -> str:
        return (since(entry.run_id)(path) or path) if path else path

    return today


@lru_cache(maxsize=4)
def _tree(data: bytes) -> Tree:
    return Tree(Taxonomy.model_validate_json(data))
