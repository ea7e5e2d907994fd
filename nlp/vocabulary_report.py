"""The vocabulary report as a page to read and a CSV to decide in."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Sequence
from pathlib import Path

from nlp.mining import Candidate
from schemas.sheet import safe_cell

COLUMNS = ("action", "term", "attribute", "value", "alike", "count", "vendors", "telling", "examples")
_STYLE = (
    "body{font:15px system-ui;margin:2rem auto;max-width:75rem}table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #ddd;padding:.4rem;text-align:left;vertical-align:top}q{display:block;color:#555}"
)


def write_report(candidates: Sequence[Candidate], folder: Path) -> tuple[Path, Path]:
    """Write ``vocabulary.html`` and ``vocabulary.csv``; vendor text in them is escaped."""
    folder.mkdir(parents=True, exist_ok=True)
    page, sheet = folder / "vocabulary.html", folder / "vocabulary.csv"
    page.write_text(as_page(candidates), encoding="utf-8")
    sheet.write_text(as_csv(candidates), encoding="utf-8", newline="")
    return page, sheet


def as_csv(candidates: Sequence[Candidate]) -> str:
    """Return the candidates with an empty ``action``: write ``accept`` there, and mend attribute and value."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for c in candidates:
        row = ("", c.term, c.attribute, c.value, c.alike, c.count, c.vendors, c.telling, " | ".join(c.examples))
        writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()


def as_page(candidates: Sequence[Candidate]) -> str:
    """Return one HTML page without scripts."""
    rows = "".join(
        f"<tr><td><b>{html.escape(c.term)}</b></td><td>{html.escape(c.attribute)}</td><td>{html.escape(c.value)}"
        f"</td><td>{c.alike:.2f}</td><td>{c.count}</td><td>{c.vendors}</td><td>{c.telling:.2f}</td><td>"
        + "".join(f"<q>{html.escape(e)}</q>" for e in c.examples)
        + "</td></tr>"
        for c in candidates
    )
    heads = "".join(
        f"<th>{h}</th>"
        for h in ("term", "attribute", "nearest value", "alike", "products", "vendors", "bits", "examples")
    )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Unknown terms</title>"
        f"<style>{_STYLE}</style><h1>Terms the vocabulary does not know</h1>"
        f"<p>{len(candidates)} terms, the most telling first. To take one in, write <code>accept</code> beside it in "
        "<code>vocabulary.csv</code>, leave the action of all others empty, and run "
        "<code>enrich vocabulary accept</code>.</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></html>"
    )
