"""Stage 1: a vendor's drop to product shards, problems and withdrawals; what must be answered anew is added."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.runs.run import Outcome, Run
from enrichment.stages.awaited import awaits_pictures, to_ask_again
from enrichment.stages.base import base_products
from enrichment.stages.drop import PICTURES, drop_of, folder_of, marks_of, pictures_of, spec_of
from enrichment.stages.judges import judged
from enrichment.stages.ledger import judged_skus
from enrichment.stages.trust import measure_trust
from enrichment.vendors.drops import as_planned
from enrichment.vendors.product_tables import problems_table, products_table, withdrawn_table
from enrichment.vendors.read import read_drop
from enrichment.vendors.withdrawals import absent_products
from schemas import tables
from schemas.records import WHOLE_DROP, RowProblem, StageReport


def read(run: Run, vendor: str) -> Outcome:
    """Return ``products-0000``, ... of the drop and of the base's products that need new answers.

    ``notes``: ``shards``, rows by what became of them (``published`` counts rows that end in a product), and
    ``notices`` about the drop as a whole. ``DropError`` where the drop is not, or no longer, what was planned.
    """
    plan = run.plan
    spec, drop = spec_of(run, vendor), drop_of(run, vendor)
    shards: list[pa.Table] = []
    problems: list[RowProblem] = []
    withdrawn: list[tuple[str, tuple[int, ...]]] = []
    rows_in = 0
    out: dict[str, pa.Table] = {}
    if drop is not None:
        # A broken picture archive stops the vendor here, before any of its products is worked on.
        with as_planned(drop, folder_of(drop)) as files, pictures_of(run, vendor) as source:
            for batch in read_drop(spec, folder_of(drop), drop.night, batch=plan.settings.shard_rows):
                shards += [products_table(batch.products, drop.night, judged)] if batch.products else []
                problems += batch.problems
                withdrawn += batch.withdrawn
                rows_in += batch.rows_in
        out[PICTURES] = marks_of(spec, source, files)
    dropped = {sku for shard in shards for sku in shard["sku"].to_pylist()} | {sku for sku, _ in withdrawn}
    base = base_products(run, vendor)
    if drop is not None and base is not None:
        sent = dropped | {problem.sku for problem in problems if problem.sku}
        withdrawn += absent_products(spec, base["sku"].to_pylist(), sent)
    shards += _rework(run, vendor, base, dropped | {sku for sku, _ in withdrawn})
    quarantined = sum(p.quarantined for p in problems)
    gone = sum(len(rows) for _, rows in withdrawn)
    notices = sum(problem.row == WHOLE_DROP for problem in problems)
    notes = {
        "shards": len(shards), "withdrawn": gone, "published": rows_in - quarantined - gone, "notices": notices
    }  # fmt: skip
    report = StageReport("read", vendor, rows_in, rows_in - quarantined, quarantined, notes)
    out |= {f"products-{n:04d}": shard for n, shard in enumerate(shards)}
    out["trust"] = measure_trust(run, vendor, base)
    out["row_problems"] = problems_table(problems)
    out["withdrawn"] = withdrawn_table(vendor, withdrawn, plan.manifest.night)
    return Outcome(report, out)


def _rework(run: Run, vendor: str, base: pa.Table | None, dropped: set[str]) -> list[pa.Table]:
    """Return shards of base products to work on although the vendor did not send them again.

    Their answers are out of date, somebody has decided about them, or a picture of theirs is still to come.
    """
    if base is None or not base.num_rows:
        return []
    stale = pc.not_equal(base["versions_hash"], run.plan.versions_hash(vendor))
    decided = pc.is_in(base["sku"], pa.array(judged_skus(run, vendor), pa.string()))
    absent = pc.invert(pc.is_in(base["sku"], pa.array(sorted(dropped), pa.string())))
    night = run.plan.manifest.night
    due = pc.or_(pc.or_(stale, decided), awaits_pictures(base, night))
    rows = to_ask_again(base.filter(pc.and_(due, absent)), night)
    size = run.plan.settings.shard_rows
    return [rows.slice(start, size).cast(tables.PRODUCTS) for start in range(0, rows.num_rows, size)]
