"""A published night with refused rows, a broken drop and a vendor nobody declared; no stage runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from enrichment.config import Settings
from enrichment.publish.accounting import VendorAccount
from enrichment.publish.commit import publish
from enrichment.runs.plan import RunPlan
from enrichment.runs.run import Run
from enrichment.stores.local import LocalStore
from schemas.errors import DropError
from schemas.records import RunManifest, VendorDrop
from schemas.tables import ROW_PROBLEMS
from tests.publish.catalogue import NIGHT, catalogue, facts

RUN_ID = "2026-11-17-abc"
HOSTILE = "a\x1b[2Jb [bold] :lock: \u202egp"


@dataclass(frozen=True)
class PublishedNight:
    store: Path
    uri: str


def problem(
    row: int,
    sku: str | None,
    reason: str,
    quarantined: bool,
    excerpt: str = "",
    vendor: str = "acme",
    column: str = "",
) -> dict:
    return {
        "vendor": vendor,
        "night": NIGHT,
        "row": row,
        "sku": sku,
        "stage": "read",
        "reason": reason,
        "column": column,
        "excerpt": excerpt,
        "quarantined": quarantined,
    }


PROBLEMS = [
    problem(8, "A-1", "name_missing", True),
    problem(9, "A-1", "value_invalid", False, HOSTILE),
    problem(3, "S00001", "picture_missing", False, ":fire:.jpg"),
    problem(4, "S00002", "picture_missing", False),
    problem(5, "A-1", "sku_repeated", True, vendor="bolt"),
    problem(0, None, "column_absent", False, f"'attrs.{HOSTILE}' leads nowhere", vendor="bolt", column="attrs"),
]
WITHDRAWN = {
    "vendor": "acme",
    "sku": "GONE-1",
    "change": "withdrawn",
    "cause": "data",
    "previous_path": "Women / Clothing",
    "reasons": [],
}


@pytest.fixture
def published(tmp_path: Path) -> PublishedNight:
    store = LocalStore(tmp_path / "store")
    drops = tuple(VendorDrop(name, NIGHT, f"file:///{name}", "1") for name in ("acme", "bolt", "broken"))
    manifest = RunManifest(RUN_ID, date(2026, 11, 17), None, drops, ("cold",), {})
    run = Run.create(store, RunPlan(manifest, Settings(vendors="/etc/declared"), ("stranger",)))
    run.fail("read", "broken", DropError(f"drop broken: no column 'SKU'; found {HOSTILE!r}"))
    pq.write_table(pa.Table.from_pylist(PROBLEMS, schema=ROW_PROBLEMS), tmp_path / "problems.parquet")
    told = replace(
        facts(RUN_ID),
        vendors={"acme": "in", "bolt": "in", "broken": "failed", "stranger": "failed", "cold": "missing"},
        accounts=(VendorAccount("acme", 8, 7, 0, 1), VendorAccount("bolt", 1, 0, 0, 1)),
        notes={"worked_on": 6, "carried": 0},
    )
    parts = catalogue(6)
    gone = pa.Table.from_pylist([WITHDRAWN], schema=parts["hierarchy_changes"].schema)
    parts["hierarchy_changes"] = pa.concat_tables([parts["hierarchy_changes"], gone])
    publish(store, told, parts, {"report/row_problems.parquet": tmp_path / "problems.parquet"})
    return PublishedNight(tmp_path / "store", run.uri)
