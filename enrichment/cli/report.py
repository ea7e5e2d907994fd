"""`enrich report`, `explain` and `rollback`: what was published, why, and the way back."""

from __future__ import annotations

from typing import Annotated

import typer

from enrichment.cli.options import Json, Store, settings
from enrichment.cli.output import console, say_json, say_table


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("report")(report)
    app.command("explain")(explain)
    app.command("rollback")(rollback)


def report(store: Store = None, json: Json = False) -> None:
    """Say which run readers follow, how its vendors fared, and where report and tables lie."""
    from enrichment.cli.night_table import show_night
    from enrichment.publish.read import latest
    from enrichment.stages.summary import summary
    from enrichment.stores.open import open_store

    opened = open_store(settings(store).store)
    night = summary(f"{opened.uri}/runs/{latest(opened).run_id}")
    if json:
        say_json(night.to_json())
        return
    show_night(night)


def explain(
    sku: str,
    vendor: Annotated[str | None, typer.Option(help="The vendor, where several use the same sku.")] = None,
    store: Store = None,
    json: Json = False,
) -> None:
    """Show what was decided about one product, who claimed what on which evidence, and why it stands there."""
    from enrichment.stages.explain import explain as explained
    from enrichment.stores.open import open_store

    found = explained(open_store(settings(store).store), sku, vendor)
    if json:
        say_json({"products": found})
        return
    for product in found:
        say_table(f"{product['vendor']} {product['sku']}", ["field", "value"], list(product["facts"].items()))
        columns = ["attribute", "value", "source", "producer", "confidence", "outcome", "evidence"]
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
