"""Options that several commands share, and the settings they add up to."""

from __future__ import annotations

from typing import Annotated

import typer

from enrichment.config import Settings

Store = Annotated[str | None, typer.Option(help="Where runs and tables live: a folder or s3://bucket/prefix.")]
Drops = Annotated[str | None, typer.Option(help="Folder that vendors deliver into: <vendor>/<YYYY-MM-DD>/.")]
Vendors = Annotated[str | None, typer.Option(help="Folder of vendor declarations (YAML).")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object for machines instead of a table.")]


def settings(store: str | None, drops: str | None = None, vendors: str | None = None, **more: object) -> Settings:
    """Return the settings from the command line, the environment and the defaults, in this order."""
    return Settings.from_env(store=store, drops=drops, vendors=vendors, **more)
