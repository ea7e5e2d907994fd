"""`enrich report`, `explain` and `rollback`: what was published, why, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from enrichment.cli.options import Json, Store, settings
from enrichment.cli.output import console, say_json, say_table
from schemas.records import WHOLE_DROP, ProblemReason
from schemas.ways_out import WAY_OUT

if TYPE_CHECKING:
    from enrichment.stores.port import Store as OpenedStore


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("report")(report)
    app.command("explain")(explain)
    app.command("rollback")(rollback)


def report(
    store: Store = None,
    problems: Annotated[
        bool, typer.Option("--problems", help="List refused rows and pictures instead, with row and reason.")
    ] = False,
    vendor: Annotated[str | None, typer.Option(help="With --problems: of this vendor only.")] = None,
    most: Annotated[int, typer.Option(min=1, help="With --problems: how many to list.")] = 50,
    json: Json = False,
) -> None:
    """Say which run readers follow, how its vendors fared, and where report and tables lie."""
    from enrichment.cli.night_table import show_night
    from enrichment.desk.summary import summary
    from enrichment.publish.read import latest
    from enrichment.stores.open import open_store

    opened = open_store(settings(store).store)
    if problems:
        _problems(opened, vendor, most, json)
        return
    night = summary(f"{opened.uri}/runs/{latest(opened).run_id}")
    if json:
        say_json(night.to_json())
        return
    show_night(night)


def _problems(opened: OpenedStore, vendor: str | None, most: int, json: bool) -> None:
    from enrichment.desk.problems import FILE, problems_of, require_vendor
    from enrichment.publish.read import latest

    published = latest(opened)
    if vendor is not None:
        require_vendor(opened, published, vendor)
    found = problems_of(opened, published, vendor)
    rows = found.slice(0, most).to_pylist()
    if json:
        say_json({"run_id": published.run_id, "total": found.num_rows, "shown": len(rows), "problems": rows})
        return
    columns = ["vendor", "row", "sku", "refused", "reason", "column", "got; allowed"]
    shown = [(row["vendor"], row["row"] or "all", row["sku"], _what(row), *_why(row)) for row in rows]
    say_table(f"Problems of run {published.run_id}: {len(rows)} of {found.num_rows}", columns, shown)
    for reason in dict.fromkeys(row["reason"] for row in rows):
        console().print(f"{reason.replace('_', ' ')}: {WAY_OUT[ProblemReason(reason)]}", markup=False, highlight=False)
    if len(rows) < found.num_rows:
        at = f"{opened.uri}/{published.prefix}/{FILE}"
        console().print(f"--most lists more, --vendor those of one vendor; all of them: {at}", markup=False)


def _what(problem: Mapping[str, Any]) -> str:
    if problem["row"] == WHOLE_DROP:
        return "nothing"
    return "row" if problem["quarantined"] else "a part"


def _why(problem: Mapping[str, Any]) -> tuple[str, str, str]:
    return problem["reason"].replace("_", " "), problem["column"], problem["excerpt"]


def explain(
    sku: Annotated[str, typer.Argument(help="The product's sku, as the vendor writes it.")],
    vendor: Annotated[str | None, typer.Option(help="The vendor, where several use the same sku.")] = None,
    store: Store = None,
    json: Json = False,
) -> None:
    """Show what was decided about one product, who claimed what on which evidence, and why it stands there."""
    from enrichment.desk.explain import explain as explained
    from enrichment.stores.open import open_store

    found = explained(open_store(settings(store).store), sku, vendor)
    if json:
        say_json({"products": found})
        return
    for product in found:
        say_table(f"{product['vendor']} {product['sku']}", ["field", "value"], list(product["facts"].items()))
        columns = ["attribute", "value", "source", "producer", "confidence", "outcome", "evidence"]
        if product["claims"]:
            say_table("Claims", columns, [[claim[name] for name in columns] for claim in product["claims"]])


def rollback(
    to: Annotated[str | None, typer.Option(help="A complete run's id; by default the run before.")] = None,
    store: Store = None,
    json: Json = False,
) -> None:
    """Point latest.json at an earlier complete run, once every file of it is seen to be whole."""
    from enrichment.publish.rollback import rollback as roll
    from enrichment.stores.open import open_store

    done = roll(open_store(settings(store).store), to)
    if json:
        say_json({"run_id": done.published.run_id, "rolled_back": done.rolled_back})
    else:
        console().print(str(done), markup=False)
