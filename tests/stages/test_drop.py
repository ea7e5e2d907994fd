"""A vendor's declaration and pictures: what is read, and what is said where they cannot be."""

from datetime import date
from zipfile import ZipFile

import pytest

from enrichment.config import Settings
from enrichment.images.refused import PictureRefused
from enrichment.runs.plan import RunPlan
from enrichment.runs.run import Run
from enrichment.stages.drop import source_of, spec_of
from enrichment.stores.local import LocalStore
from schemas.errors import DeclarationError, DropError
from schemas.records import RunManifest
from tests.vendors.declared import vendor_specs

DECLARED = "vendor: {vendor}\nformat: csv\nfiles: [feed.csv]\ncolumns: {{sku: Code}}\n"


@pytest.fixture
def declared(tmp_path):
    folder = tmp_path / "vendors"
    folder.mkdir()
    for vendor in ("acme", "bolt"):
        (folder / f"{vendor}.yaml").write_text(DECLARED.format(vendor=vendor))
    return folder


@pytest.fixture
def run(tmp_path, declared):
    manifest = RunManifest("2026-11-18-first", date(2026, 11, 18), None, (), (), {})
    return Run.create(LocalStore(tmp_path / "store"), RunPlan(manifest, Settings(vendors=str(declared))))


def test_a_vendors_own_declaration_is_read_and_no_other(run, declared):
    assert spec_of(run, "acme") == vendor_specs(declared)["acme"]
    assert spec_of(run, "acme").file == str(declared / "acme.yaml")
    (declared / "bolt.yaml").write_text("vendor: [")
    assert spec_of(run, "acme").vendor == "acme"


def test_a_vendor_that_is_declared_no_more_or_by_another_name_is_an_error(run, declared):
    with pytest.raises(DeclarationError, match=r"cold\.yaml: no such declaration"):
        spec_of(run, "cold")
    (declared / "acme.yaml").write_text(DECLARED.format(vendor="bolt"))
    with pytest.raises(DeclarationError, match=r"acme\.yaml:1: vendor: 'bolt' must be the file's name, 'acme'"):
        spec_of(run, "acme")


@pytest.mark.parametrize(
    ("kind", "location", "why"),
    [
        ("zip", "web/none.zip", "cannot be read as a zip of pictures (No such file or directory)"),
        ("zip", "feed.csv", "cannot be read as a zip of pictures (File is not a zip file)"),
        ("folder", "bilder", "no such folder of pictures"),
    ],
)
def test_pictures_that_cannot_be_had_name_vendor_place_and_way_out(declared, tmp_path, kind, location, why):
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "feed.csv").write_text("Code\nA\n")
    with (declared / "acme.yaml").open("a") as file:
        file.write(f"pictures: {{kind: {kind}, location: {location}}}\n")
    spec = vendor_specs(declared)["acme"]
    with pytest.raises(DropError) as refused:
        source_of(spec, drop, Settings())
    told = str(refused.value)
    assert told.startswith(f"drop acme: pictures.location {location!r}: {why}; allowed: a ")
    assert told.endswith(f". Ask the vendor, or fix `pictures` in {declared / 'acme.yaml'}.")
    assert str(drop) not in told


def test_a_zip_may_weigh_what_its_vendor_declares(declared, tmp_path):
    drop = tmp_path / "drop"
    drop.mkdir()
    with ZipFile(drop / "web.zip", "w") as archive:
        for name in ("1.jpg", "2.jpg"):
            archive.writestr(name, b"x" * 60)
    text = (declared / "acme.yaml").read_text() + "pictures: {kind: zip, location: web.zip}\n"
    (declared / "acme.yaml").write_text(f"{text}limits: {{archive_members: 1}}\n")
    with pytest.raises(DropError, match=r"2 members .*allowed: 1 members \(archive_members of the declared limits\)"):
        source_of(vendor_specs(declared)["acme"], drop, Settings())
    (declared / "acme.yaml").write_text(f"{text}limits: {{archive_bytes: 100}}\n")
    with source_of(vendor_specs(declared)["acme"], drop, Settings()) as source:
        assert len(source.read("1.jpg")) == 60
        with pytest.raises(PictureRefused, match="allowed: 100 bytes"):
            source.read("2.jpg")


def test_a_vendor_without_pictures_or_without_a_drop_has_none(declared):
    spec = vendor_specs(declared)["acme"]
    for folder in (None, declared):
        with source_of(spec, folder, Settings()) as source, pytest.raises(PictureRefused):
            source.read("1.jpg")
