"""What the gate asks of vendors that were not read: their rows are carried over and stop nobody else."""

import json
import logging
from dataclasses import asdict
from datetime import date

import pyarrow as pa
import pytest

from enrichment.config import Settings
from enrichment.publish.tables import merged_claims
from enrichment.review.ledger import LedgerEntry, Verdict
from enrichment.runs.plan import RunPlan
from enrichment.runs.run import Outcome, Run
from enrichment.stages import gate as stage
from enrichment.stages.assemble import Catalogue
from enrichment.stages.ledger import SNAPSHOT
from enrichment.stores.local import LocalStore
from schemas import tables
from schemas.errors import DropError, GateRefused
from schemas.records import RunManifest, StageReport, VendorDrop
from tests.publish.catalogue import inputs, products_of, skus

NIGHT = date(2026, 11, 18)
PATH = ("Women", "Clothing", "Dresses", "Dresses")
LOST = ("Women", "Clothing", "Bygone", "Bygone")


@pytest.fixture
def run(tmp_path):
    """A night on which ``acme`` was read, ``brook`` broke, and ``stale`` is declared no more."""
    drops = tuple(VendorDrop(vendor, NIGHT, f"file:///{vendor}", "1") for vendor in ("acme", "brook"))
    manifest = RunManifest("2026-11-18-first", NIGHT, None, drops, (), {})
    opened = Run.create(LocalStore(tmp_path / "store"), RunPlan(manifest, Settings()))
    opened.commit("read", "acme", "f", Outcome(StageReport("read", "acme", 0, 0, 0, {"shards": 1})))
    opened.fail("read", "brook", DropError("no header"))
    yield opened
    opened.close()


def catalogue(paths, base=None):
    """Three products a vendor, each vendor at its path, as carried over from ``base``."""
    made = [inputs(skus(3), vendor=vendor, path=path) for vendor, path in paths.items()]
    products = pa.concat_tables([products_of(given) for given in made])
    claims = merged_claims(None, pa.concat_tables([given.claims for given in made]))
    nothing = {"changes": tables.HIERARCHY_CHANGES, "problems": tables.ROW_PROBLEMS, "withdrawn": tables.WITHDRAWN}
    empty = {name: schema.empty_table() for name, schema in nothing.items()}
    return Catalogue(products, claims, **empty, accounts=(), worked_on=0, base=None, base_products=base)


def asked(run, monkeypatch, paths, entries=(), base=None):
    run.store.put(f"{run.prefix}/{SNAPSHOT}", json.dumps([asdict(entry) for entry in entries]).encode())
    monkeypatch.setattr(stage, "assemble", lambda _run: catalogue(paths, base))
    return stage.gate(run, "all")


def rejected(vendor):
    row = products_of(inputs(skus(1), vendor=vendor, path=PATH)).to_pylist()[0]
    at = "2026-11-17T09:00:00+00:00"
    return LedgerEntry(
        vendor, row["sku"], Verdict.REJECT, " / ".join(PATH), "", row["content_hash"][:10], "ada", at, "r1"
    )


@pytest.mark.parametrize("vendor", ["brook", "stale"])
def test_a_rejected_path_of_a_vendor_that_was_not_read_refuses_nobody(run, monkeypatch, vendor):
    outcome = asked(run, monkeypatch, {"acme": PATH, vendor: PATH}, [rejected(vendor)])
    assert outcome.report.units_in == 6


def test_a_rejected_path_of_a_vendor_that_was_read_refuses_the_night(run, monkeypatch):
    with pytest.raises(GateRefused, match="a rejected path stays rejected: observed acme/S00000 at Women"):
        asked(run, monkeypatch, {"acme": PATH, "brook": PATH}, [rejected("acme"), rejected("brook")])


@pytest.mark.parametrize("vendor", ["brook", "stale"])
def test_a_path_that_the_hierarchy_lost_is_carried_over_for_a_vendor_that_was_not_read(
    run, monkeypatch, caplog, vendor
):
    with caplog.at_level(logging.WARNING):
        outcome = asked(run, monkeypatch, {"acme": PATH, vendor: LOST})
    assert outcome.report.units_in == 6
    assert "carried over, of vendors that were not read tonight: products: path" in caplog.text
    assert f"{vendor}/S00000 (Women / Clothing / Bygone / Bygone)" in caplog.text


def test_a_path_that_the_hierarchy_lost_refuses_the_night_for_a_vendor_that_was_read(run, monkeypatch):
    with pytest.raises(GateRefused, match=r"(?s)1 of .*3 of 3, such as acme/S00000 \(Women / Clothing / Bygone"):
        asked(run, monkeypatch, {"acme": LOST, "brook": LOST})


def test_a_lost_row_refuses_the_night_whosoever_it_is(run, monkeypatch):
    base = products_of(inputs(skus(4), vendor="brook", path=PATH))
    with pytest.raises(GateRefused, match="run: lost"):
        asked(run, monkeypatch, {"acme": PATH, "brook": LOST}, base=base)


def test_a_night_on_which_nobody_was_read_carries_everything_over(run, monkeypatch):
    assert asked(run, monkeypatch, {"brook": PATH, "stale": LOST}).report.units_in == 6
