"""CSV that a spreadsheet may open: no cell runs as a formula, and what was guarded reads back unchanged."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from schemas.sheet import safe_cell

_BYTE_ORDER_MARK = "\ufeff"


def write_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file (UTF-8 with its mark, all cells quoted and safe)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([safe_cell(head) for head in heads])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return (_BYTE_ORDER_MARK + out.getvalue()).encode()
