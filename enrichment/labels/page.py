"""The review page: one self-contained HTML file, every word escaped, pictures as data."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image

from enrichment.labels.corrections import ReviewRow

_SIDE = 112
_STYLE = (
    "body{font:14px system-ui,sans-serif;margin:24px;color:#1b1b1b}table{border-collapse:collapse}"
    "td,th{border-bottom:1px solid #ddd;padding:6px 12px;text-align:left;vertical-align:top}img{max-height:112px}"
)


def write_page(
    path: Path, title: str, rows: Sequence[ReviewRow], pictures: Mapping[str, bytes], notes: Mapping[str, str]
) -> None:
    """Write the review page of ``rows`` with the pictures known by id, and ``notes`` (name to figure) on top."""
    head = "".join(f"<li>{html.escape(name)}: {html.escape(value)}</li>" for name, value in notes.items())
    body = "".join(_row(row, pictures.get(row.id)) for row in rows)
    path.write_text(
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{html.escape(title)}</title>"
        f"<style>{_STYLE}</style><h1>{html.escape(title)}</h1><ul>{head}</ul>"
        "<table><thead><tr><th>picture</th><th>id</th><th>label</th><th>suggested</th><th>sure</th><th>why</th></tr>"
        f"</thead><tbody>{body}</tbody></table></html>\n",
        encoding="utf-8",
    )


def _row(row: ReviewRow, picture: bytes | None) -> str:
    cells = (row.id, row.label, row.suggested, f"{row.confidence:.2f}", row.why)
    text = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
    return f"<tr><td>{_thumbnail(picture, row.id)}</td>{text}</tr>"


def _thumbnail(data: bytes | None, name: str) -> str:
    """Re-encode a picture small: nothing of its metadata reaches the page."""
    if not data:
        return ""
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        small = picture.convert("RGB")
        small.thumbnail((_SIDE, _SIDE))
        small.save(out, format="JPEG", quality=80)
    code = base64.b64encode(out.getvalue()).decode("ascii")
    return f"<img alt='{html.escape(name, quote=True)}' src='data:image/jpeg;base64,{code}'>"
