"""The page itself: template, style and scripts of the package put into one file with the night's data."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from enrichment.review.scripted import script_json

_SCRIPTS = (
    *("data.js", "decisions.js", "filters.js", "list.js", "rows.js"),
    *("summary.js", "flows.js", "detail.js", "exchange.js"),
)
_MAIN = "page.js"


def render_page(data: Mapping[str, Any]) -> bytes:
    """Return ``index.html`` as bytes: no address outside its own folder, and only this script may run inline."""
    style = _text("style.css")
    script = "\n".join(_text(name) for name in (*_SCRIPTS, _MAIN))
    page = _text("index.html")
    # Data comes last and each mark is replaced once: a vendor that writes a mark changes nothing.
    for mark, text in (
        ("%STYLE_HASH%", _content_hash(style)),
        ("%SCRIPT_HASH%", _content_hash(script)),
        ("%STYLE%", style),
        ("%SCRIPT%", script),
        ("%DATA%", script_json(data)),
    ):
        before, found, after = page.partition(mark)
        page = before + text + after if found else page
    return page.encode()


def _text(name: str) -> str:
    return (files("enrichment.review") / "page" / name).read_text(encoding="utf-8")


def _content_hash(text: str) -> str:
    """Return ``text``'s hash as a content security policy wants it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
