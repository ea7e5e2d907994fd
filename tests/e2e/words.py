"""A night of words alone: one vendor, a few products, no picture; quick, and every cause can be set by hand."""

import csv
import shutil
from datetime import date
from pathlib import Path

import yaml

from enrichment.config import Settings
from enrichment.publish.read import latest, read_table
from enrichment.review.ledger import CONTENT_DIGITS, LedgerEntry
from enrichment.stages import judges, versions
from enrichment.stores.local import LocalStore
from schemas import declared, taxonomy_spec
from schemas.paths import join_path
from schemas.records import LEVELS
from tests.e2e.conftest import run_one

NIGHTS = (date(2026, 11, 17), date(2026, 11, 18))
VENDOR = "plain"
HEADS = ("Id", "Title", "Division", "Department", "Class", "Subclass", "Colour", "Note", "Price")
_DECLARATION = {
    "vendor": VENDOR,
    "format": "csv",
    "files": ["feed.csv"],
    "columns": {
        "sku": "Id",
        "name": "Title",
        "description": "Note",
        "levels": {"division": "Division", "department": "Department", "class": "Class", "subclass": "Subclass"},
    },
    "attributes": {"colour": "Colour", "price": {"column": "Price", "kind": "number"}},
    "withdrawal": {"column": "Note", "values": ["withdrawn"]},
}
DRESS = ("Women", "Clothing", "Dresses", "Dresses")
JEANS = ("Men", "Clothing", "Trousers & Jeans", "Jeans")
WATCH = ("Men", "Accessories", "Watches", "Watches")
PRODUCTS = (
    *(("D1", "Women Maxi Dress", *DRESS, "Red", ""), ("D2", "Women Wrap Dress", *DRESS, "Blue", "")),
    *(("D3", "Women Midi Dress", *DRESS, "Red", ""), ("D4", "Women Shirt Dress", *DRESS, "Black", "")),
    *(("J1", "Men Slim Fit Jeans", *JEANS, "Blue", ""), ("J2", "Men Bootcut Jeans", *JEANS, "Blue", "")),
    *(("J3", "Men Straight Jeans", *JEANS, "Black", ""), ("W1", "Men Analog Watch", *WATCH, "Black", "")),
    # Filing and words contradict each other: which is believed depends on the model.
    *(("W2", "Women Analog Watch", *WATCH, "Black", ""), ("W3", "Women Digital Watch", *WATCH, "Red", "")),
    # Filed as named: the vendor is trusted after the first night as far as before it.
    *((f"S{n}", "Men Formal Shirt", "Men", "Clothing", "Tops", "Shirts", "White", "") for n in range(10)),
)


def settings_in(folder: Path, **more) -> Settings:
    """Settings over a store, drops and a vendor declared below ``folder``."""
    for name in ("drops", "vendors"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "vendors" / f"{VENDOR}.yaml").write_text(yaml.safe_dump(_DECLARATION), encoding="utf-8")
    store, drops, vendors = (str(folder / name) for name in ("store", "drops", "vendors"))
    return Settings(store=store, drops=drops, vendors=vendors, threads=1, ner=False, **more)


def deliver(settings: Settings, night: date, rows) -> None:
    """Write the vendor's drop of ``night``; rows may end in a price."""
    folder = Path(settings.drops) / VENDOR / night.isoformat()
    folder.mkdir(parents=True)
    with (folder / "feed.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADS, *([*row, "9.90"][: len(HEADS)] for row in rows)])


def first_night(folder: Path) -> Settings:
    """Run the first night with all products."""
    settings = settings_in(folder)
    deliver(settings, NIGHTS[0], PRODUCTS)
    run_one(NIGHTS[0], settings)
    return settings


def store_of(settings: Settings) -> LocalStore:
    return LocalStore(Path(settings.store))


def table(settings: Settings, name: str) -> dict[str, dict]:
    """Rows of the newest published table, by sku."""
    store = store_of(settings)
    return {row["sku"]: row for row in read_table(store, latest(store), name).to_pylist()}


def path_of(row) -> str:
    return join_path(row[level] for level in LEVELS if row[level])


def decision(settings: Settings, sku: str, verdict, **more) -> LedgerEntry:
    """A decision on a published product as it stands."""
    row, run_id = table(settings, "products")[sku], latest(store_of(settings)).run_id
    said = (VENDOR, sku, verdict, path_of(row), "", row["content_hash"][:CONTENT_DIGITS])
    return LedgerEntry(*said, "ines", "2026-11-17T09:00:00+00:00", run_id, **more)


def declared_hierarchy() -> dict:
    """The declared hierarchy as data, to be changed."""
    return yaml.safe_load((declared.SCHEMA_DIR / "taxonomy.yaml").read_text(encoding="utf-8"))


def node(body: dict, node_id: str) -> dict:
    """A department, class or subclass of the hierarchy by its id."""
    classes = [child for department in body["departments"] for child in department["classes"]]
    leaves = [leaf for child in classes for leaf in child["subclasses"]]
    return next(one for one in (*body["departments"], *classes, *leaves) if one["id"] == node_id)


def write_hierarchy(body: dict, folder: Path) -> Path:
    folder.mkdir()
    path = folder / "taxonomy.yaml"
    path.write_text(yaml.safe_dump(body, sort_keys=False), encoding="utf-8")
    return path


def declare(path: Path, monkeypatch) -> None:
    """Let ``path`` be the declared hierarchy, as if schemas/taxonomy.yaml had been changed and deployed."""
    for name in ("groups.yaml", "attributes.yaml"):
        shutil.copy(declared.SCHEMA_DIR / name, path.parent / name)
    own = declared.SCHEMA_DIR / "taxonomy.yaml"
    monkeypatch.setattr(taxonomy_spec, "load", lambda at, model: declared.load(path if at == own else at, model))
    monkeypatch.setattr(versions, "SCHEMA_DIR", path.parent)
    forget()


def forget() -> None:
    """Let everything that was compiled from the hierarchy be compiled again, as in another process."""
    for cached in (
        taxonomy_spec.taxonomy,
        judges.tree,
        judges.judged,
        judges._columns,
        judges._fuser,
        versions._loaded,
    ):
        cached.cache_clear()
