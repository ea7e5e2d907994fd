"""A vendor of few products whose pictures are served from this machine, so that each can fail, come or change."""

import csv
from datetime import date
from pathlib import Path

import yaml

from enrichment.config import Settings
from enrichment.progress.null import NullProgress
from enrichment.publish.read import latest, read_table
from enrichment.runs.run import Run
from enrichment.stages.catalogue import product_shards
from enrichment.stages.night import run_night
from enrichment.stages.plan import plan_night
from enrichment.stores.local import LocalStore
from tests.images.pictures import jpeg
from tests.images.server import gives

VENDOR = "shots"
NIGHTS = tuple(date(2026, 11, day) for day in range(17, 21))
_DECLARATION = {
    "vendor": VENDOR,
    "format": "csv",
    "files": ["feed.csv"],
    "columns": {"sku": "Id", "name": "Title", "images": {"column": "Pictures", "separator": " "}},
    "pictures": {"kind": "http"},
}
# Two products share a picture, one has two, one has the same under two names.
PRODUCTS = {
    "A": ("Women Wrap Dress", "/a.jpg"),
    "B": ("Women Shirt Dress", "/a.jpg"),
    "C": ("Men Slim Fit Jeans", "/c.jpg /d.jpg"),
    "D": ("Men Analog Watch", "/d.jpg /twin.jpg"),
}


def pictures(*names):
    """Routes by path, one picture a name; ``/twin.jpg`` is ``/d.jpg`` once more."""
    named = {f"/{name}.jpg": gives(jpeg(seed=ord(name))) for name in names}
    return named | {"/twin.jpg": gives(jpeg(seed=ord("d")))}


def settings_in(folder: Path, server) -> Settings:
    for name in ("drops", "vendors"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "vendors" / f"{VENDOR}.yaml").write_text(yaml.safe_dump(_DECLARATION), encoding="utf-8")
    store, drops, vendors = (str(folder / name) for name in ("store", "drops", "vendors"))
    return Settings(
        store=store, drops=drops, vendors=vendors, threads=1, ner=False, private_hosts=(server.host,), shard_rows=3
    )


def deliver(settings: Settings, night: date, server, products) -> None:
    """Write the vendor's drop of ``night``: sku -> (title, paths of pictures)."""
    folder = Path(settings.drops) / VENDOR / night.isoformat()
    folder.mkdir(parents=True)
    rows = [(sku, title, " ".join(server.url(p) for p in paths.split())) for sku, (title, paths) in products.items()]
    with (folder / "feed.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("Id", "Title", "Pictures"), *rows])


def run_one(settings: Settings, night: date) -> Run:
    uri = plan_night(night, settings)
    run_night(uri, NullProgress)
    return Run.at(uri)


def counted(run: Run, stage: str) -> dict[str, int]:
    """The notes of a stage, summed over its shards."""
    notes = [run.marker(stage, shard).report.notes for shard in product_shards(run)]
    return {name: sum(note[name] for note in notes) for name in notes[0]} if notes else {}


def products_of(settings: Settings) -> dict[str, dict]:
    store = LocalStore(Path(settings.store))
    return {row["sku"]: row for row in read_table(store, latest(store), "products").to_pylist()}
