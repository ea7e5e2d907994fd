"""`enrich vendors`: a dry run of vendors' declarations on what they delivered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from enrichment.cli.exit_codes import EXIT_ROWS_REFUSED
from enrichment.cli.options import Drops, Json, Vendors, settings
from enrichment.cli.output import console, plain, say_json, say_table
from schemas.records import Product, bounded

if TYPE_CHECKING:
    from enrichment.desk.check_vendor import ColumnCheckup, VendorCheckup

_CELL = 200

app = typer.Typer(no_args_is_help=True, help="Vendors' declarations and what they make of a drop.")


@app.callback()
def main() -> None:
    """Keep the group a group while it has a single command."""


@app.command()
def check(
    night: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The night, as the drops' folders name it.")],
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[VENDOR]...", help="Which vendors; by default all that delivered.")
    ] = None,
    drops: Drops = None,
    vendors: Vendors = None,
    max_refused: Annotated[
        float, typer.Option(help="Largest share (0 to 1) of refused rows that still exits with 0.")
    ] = 0.05,
    json: Json = False,
) -> None:
    """Read drops by their declarations, say what would be read of them, and write nothing."""
    from enrichment.desk.check_vendors import check_vendors

    done = check_vendors(date(night.year, night.month, night.day), settings(None, drops, vendors), names or ())
    if json:
        read = [checkup.to_json() for checkup in done.read]
        say_json({"vendors": read, "late": done.late, "failed": dict(done.failed)})
    else:
        for checkup in done.read:
            _show(checkup)
        for name in done.late:
            _say(f"{name}: late, nothing for {night:%Y-%m-%d}")
        for name, reason in done.failed:
            _say(f"{name}: could not be read: {reason}")
    if done.failed or done.refused_share > max_refused:
        raise typer.Exit(EXIT_ROWS_REFUSED)


def _show(checkup: VendorCheckup) -> None:
    refused = sum(checkup.refused.values())
    kept = checkup.rows - refused - checkup.withdrawn
    rows = f"{checkup.rows} rows: {kept} kept in {checkup.products} products"
    _say(f"{checkup.vendor}: {rows}, {checkup.withdrawn} withdrawn, {refused} refused{_counted(checkup.refused)}")
    if checkup.left_out:
        _say(f"left out of rows that stay{_counted(checkup.left_out)}")
    if checkup.pictures_asked:
        _say(f"pictures: {checkup.pictures_found} of {checkup.pictures_asked} that were looked for are there")
    for notice in checkup.notices:
        _say(f"! {notice}")
    columns = ["ours", "theirs", "products with a value", "value known", "most frequent unknown values"]
    say_table(f"Columns of {checkup.vendor}", columns, [_column(column) for column in checkup.columns])
    parts = ["sku", "name", "levels", "pictures", "fields"]
    say_table(f"First products of {checkup.vendor}", parts, [_product(product) for product in checkup.first])


def _counted(counts: Mapping[str, int]) -> str:
    told = ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in counts.items())
    return f" ({told})" if told else ""


def _column(column: ColumnCheckup) -> tuple[object, ...]:
    unread = ", ".join(f"{value!r} {count}" for value, count in column.unread)
    known = "carried along" if column.carried else "" if column.read is None else column.read
    return column.part, column.column, column.filled, known, unread


def _product(product: Product) -> tuple[str, ...]:
    levels = " / ".join(level or "" for level in product.levels if level is not None)
    fields = ", ".join(f"{name}={value}" for name, value in sorted(product.fields.items()))
    cells = product.sku, product.name, levels, ", ".join(product.images), fields
    return tuple(bounded(cell, _CELL) for cell in cells)


def _say(text: str) -> None:
    console().print(plain(text), markup=False, highlight=False)
