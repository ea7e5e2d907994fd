"""`enrich models`: the trained versions, and which of them nights use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from enrichment.cli.options import Json, Store, settings
from enrichment.cli.output import console, say_json, say_table
from enrichment.models.registry import Registry, starter
from enrichment.models.version import METRICS, Kind, ModelVersion, open_version, read_json
from schemas.errors import UsageError

app = typer.Typer(help="List, show, add, promote and roll back trained versions.", no_args_is_help=True)
KindArgument = Annotated[Kind, typer.Argument(help="vision, text or fusion.")]


@app.command("list")
def list_(store: Store = None, json: Json = False) -> None:
    """List every version; the one that nights use is marked."""
    registry = _registry(store)
    rows = []
    for kind in Kind:
        current = registry.current(kind).version
        rows.append([kind.value, starter(kind).version, "packaged", "current" if current is None else ""])
        rows += [[kind.value, name, "store", "current" if name == current else ""] for name in registry.list(kind)]
    if json:
        say_json({"versions": [dict(zip(("kind", "version", "where", "state"), row, strict=True)) for row in rows]})
    else:
        say_table("Model versions", ["kind", "version", "where", "state"], rows)


@app.command("show")
def show(kind: KindArgument, version: str | None = None, store: Store = None, json: Json = False) -> None:
    """Show a version's card and hash: data, licences, figures with their intervals, thresholds."""
    found = _registry(store).fetch(kind, version)
    card = found.folder / "README.md"
    text = card.read_text(encoding="utf-8") if card.is_file() else "(this version has no card)"
    if json:
        say_json({"kind": kind.value, "version": found.version, "hash": found.hash, "card": text})
    else:
        console().print(f"{kind.value} {found.version} {found.hash}\n\n{text}", markup=False)


@app.command("add")
def add(kind: KindArgument, folder: Path, store: Store = None) -> None:
    """Copy a sealed version folder into the store, without promoting it."""
    version = open_version(folder, kind)
    if is_research(version):
        raise UsageError(f"{version.version} learned from data that must never ship; it stays out of every store")
    _registry(store).publish(version)
    console().print(f"{kind.value} {version.version} is in the store; `enrich models promote` puts it in force")


@app.command("promote")
def promote(kind: KindArgument, version: str, store: Store = None) -> None:
    """Put a version in force, unless any gated figure is worse than the current version's."""
    done = _registry(store).promote(kind, version)
    console().print(f"nights planned from now on use {kind.value} {done.version}")


@app.command("rollback")
def rollback(kind: KindArgument, store: Store = None) -> None:
    """Put the version before the current one in force again."""
    done = _registry(store).rollback(kind)
    console().print(f"nights planned from now on use {kind.value} {done.version}")


def is_research(version: ModelVersion) -> bool:
    """Tell whether a version's own figures mark it as trained on research-only data."""
    path = version.folder / METRICS
    return path.is_file() and bool(read_json(path).get("research"))


def _registry(store: str | None) -> Registry:
    from enrichment.stores.open import open_store

    return Registry(open_store(settings(store).store))
