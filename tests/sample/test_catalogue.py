import hashlib
import tracemalloc
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from enrichment.progress.list import ListProgress
from enrichment.sample import truth_file
from enrichment.sample.catalogue import VENDOR_DECLARATIONS, write_drops
from enrichment.sample.defects import KINDS
from enrichment.sample.item import trade
from enrichment.vendors.drops import find_drops
from enrichment.vendors.read import read_drop
from schemas.attribute_spec import attributes
from schemas.errors import UsageError
from schemas.group_spec import groups
from schemas.records import ProblemReason
from tests.vendors.declared import vendor_specs

NIGHTS = (date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 19))
PRODUCTS = 150


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    out = tmp_path_factory.mktemp("sample") / "drops"
    return write_drops(out, PRODUCTS, NIGHTS, seed=3)


@pytest.fixture(scope="module")
def truth(sample):
    return pq.read_table(sample / "truth.parquet").to_pylist()


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def read(sample, vendor, night):
    spec = vendor_specs(VENDOR_DECLARATIONS)[vendor]
    batches = list(read_drop(spec, sample / vendor / night.isoformat(), night))
    products = [p for b in batches for p in b.products]
    return products, [p for b in batches for p in b.problems], [w for b in batches for w in b.withdrawn]


def test_every_declared_vendor_delivers_every_night(sample):
    specs = vendor_specs(VENDOR_DECLARATIONS)
    for night in NIGHTS:
        found, missing, unknown = find_drops(sample, night, specs)
        assert [drop.vendor for drop in found] == sorted(specs)
        assert not missing
        assert not unknown


@pytest.mark.parametrize("vendor", sorted(vendor_specs(VENDOR_DECLARATIONS)))
def test_what_a_vendor_sends_is_what_the_truth_says(sample, truth, vendor):
    for night in NIGHTS:
        products, problems, _ = read(sample, vendor, night)
        known = {row["sku"]: row for row in truth if row["vendor"] == vendor and row["night"] == night.isoformat()}
        assert {p.sku for p in products} == set(known)
        assert all(p.quarantined for p in problems)
        assert bool(problems) == (vendor == "sample_csv" and night == NIGHTS[-1])


def test_pictures_are_there_where_a_vendor_names_them(sample):
    products, _, _ = read(sample, "sample_feed", NIGHTS[0])
    named = [ref for p in products for ref in p.images]
    assert any(len(p.images) == 2 for p in products)
    assert all((sample / "sample_feed" / NIGHTS[0].isoformat() / ref).stat().st_size > 1000 for ref in named)


def test_sizes_become_one_style(sample, truth):
    products, _, _ = read(sample, "sample_sizes", NIGHTS[0])
    assert any(len(p.sizes) == 3 and len(p.rows) == 3 for p in products)


def test_filings_are_damaged_as_the_truth_says(sample, truth):
    products, _, _ = read(sample, "sample_csv", NIGHTS[0])
    known = {
        row["sku"]: row for row in truth if row["vendor"] == "sample_csv" and row["night"] == NIGHTS[0].isoformat()
    }
    kinds = set()
    for product in products:
        row = known[product.sku]
        path = tuple(row[level] for level in ("division", "department", "class", "subclass"))
        assert (product.levels[:4] == path) == (row["filing"] == "right")
        assert ("DEF" in product.levels) or row["filing"] != "def"
        kinds.add(row["filing"])
    assert {"right", "def"} < kinds


def test_truth_uses_declared_names_only(truth):
    declared = {a.name: {v.name for v in a.values} for a in attributes().attributes}
    titles = {v.replace("_", " ").title() for v in declared["colour"]}
    for row in truth:
        assert row["image_group"] in groups().names
        assert row["colour"] in titles
        for name in (
            "pattern",
            "neckline",
            "collar",
            "sleeve_length",
            "length",
            "fit",
            "gender",
            "material",
            "closure",
        ):
            assert row[name] is None or row[name] in declared[name], name


def test_truth_leaves_out_what_does_not_apply(truth):
    shown = attributes()
    for row in truth:
        for name in ("neckline", "sleeve_length", "dress_type", "heel_height", "dial_colour"):
            assert row[name] is None or shown.get(name).applies_to(row["image_group"])


def test_the_last_night_brings_every_defect(sample):
    products, problems, _ = read(sample, "sample_csv", NIGHTS[-1])
    reasons = {p.reason for p in problems}
    assert {ProblemReason.SKU_REPEATED, ProblemReason.NAME_MISSING, ProblemReason.QUOTE_UNCLOSED} <= reasons
    assert any("<script>" in p.name for p in products)
    assert any(p.name.startswith("=") for p in products)
    assert any(".." in ref for p in products for ref in p.images)
    assert len(KINDS) == 9


def test_equal_arguments_write_equal_bytes(tmp_path):
    first = write_drops(tmp_path / "a", 20, NIGHTS[:2], seed=9)
    second = write_drops(tmp_path / "b", 20, NIGHTS[:2], seed=9)
    assert digests(first) == digests(second)
    assert digests(write_drops(tmp_path / "c", 20, NIGHTS[:2], seed=10)) != digests(first)


def test_a_product_does_not_depend_on_the_catalogue_around_it(tmp_path):
    few = write_drops(tmp_path / "few", 15, NIGHTS[:1], seed=4, vendors=["sample_feed"])
    many = write_drops(tmp_path / "many", 25, NIGHTS[:1], seed=4, vendors=["sample_feed"])
    kept = digests(few / "sample_feed" / NIGHTS[0].isoformat() / "media")
    assert kept.items() <= digests(many / "sample_feed" / NIGHTS[0].isoformat() / "media").items()


def test_full_delivery_drops_what_was_withdrawn(tmp_path):
    seed = next(s for s in range(500) if {trade(s, i, NIGHTS).gone for i in range(40)} >= {1, 2})
    out = write_drops(tmp_path / "full", 40, NIGHTS, seed=seed, vendors=["sample_parquet"])
    nights = [{p.sku for p in read(out, "sample_parquet", night)[0]} for night in NIGHTS]
    assert nights[0] - nights[1]
    assert nights[1] - nights[2]
    assert len(nights[0] & nights[2]) > 25


def test_progress_counts_every_product(tmp_path):
    progress = ListProgress()
    write_drops(tmp_path / "p", 12, NIGHTS[:1], seed=1, vendors=["sample_sheet"], progress=progress)
    assert progress.steps[-1].done == 12


def test_memory_does_not_grow_with_the_catalogue(tmp_path, monkeypatch):
    monkeypatch.setattr(truth_file, "_ROW_GROUP", 50)

    def peak(products):
        tracemalloc.start()
        write_drops(tmp_path / str(products), products, NIGHTS[:1], seed=1, vendors=["sample_sheet"])
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(5)
    assert peak(600) - peak(150) < 1_000_000


@pytest.mark.parametrize(
    ("products", "nights", "vendors", "match"),
    [
        (0, NIGHTS, None, "products"),
        (5, (), None, "nights"),
        (5, NIGHTS[::-1], None, "nights"),
        (5, NIGHTS, ["acme"], "acme.*allowed"),
        (5, NIGHTS, [], "vendors"),
    ],
)
def test_wrong_arguments_say_what_is_allowed(tmp_path, products, nights, vendors, match):
    with pytest.raises(UsageError, match=match):
        write_drops(tmp_path / "x", products, nights, 1, vendors)


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(UsageError, match="not empty"):
        write_drops(tmp_path, 5, NIGHTS, 1)
    assert (tmp_path / "mine.txt").read_text() == "keep me"


def test_some_products_of_the_feed_have_no_words_but_a_picture(sample):
    products, _, _ = read(sample, "sample_feed", NIGHTS[0])
    mute = [p for p in products if p.name.startswith("Item ")]
    assert 0 < len(mute) < len(products) / 3
    assert all(p.images and not p.description for p in mute)
