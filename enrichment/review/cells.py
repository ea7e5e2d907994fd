"""CSV that a spreadsheet may open: no cell runs as a formula, and what was guarded reads back unchanged."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

# https://owasp.org/www-community/attacks/CSV_Injection, with the full-width forms that spreadsheets fold, and a
# leading apostrophe so that reading back takes away exactly what was added.
_DANGEROUS = re.compile(r"\s*[=+\-@＝＋－＠|%]|['\t\r\n]")  # noqa: RUF001 full-width signs are meant
_BYTE_ORDER_MARK = "\ufeff"


def safe_cell(value: object) -> str:
    """Return ``value`` as text, with an apostrophe before anything a spreadsheet might run.

    >>> safe_cell("=1+1"), safe_cell("plain")
    ("'=1+1", 'plain')
    """
    text = "" if value is None else str(value)
    return "'" + text if _DANGEROUS.match(text) else text


def write_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file (UTF-8 with its mark, all cells quoted and safe)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([safe_cell(head) for head in heads])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return (_BYTE_ORDER_MARK + out.getvalue()).encode()
