from __future__ import annotations

import re
from pathlib import Path

import pytest

from enrichment.vendors.columns import require_columns
from enrichment.vendors.drops import drop_files
from enrichment.vendors.withdrawals import absent_products
from schemas.errors import DeclarationError, DropError
from schemas.vendor_spec import VendorSpec
from tests.vendors import golden
from tests.vendors.declared import vendor_specs

LEAST = "vendor: acme\nformat: csv\nfiles: [feed.csv]\ncolumns: {sku: Code}\n"


def declare(folder: Path, text: str, name: str = "acme") -> dict[str, VendorSpec]:
    (folder / f"{name}.yaml").write_text(text)
    return vendor_specs(folder)


def test_the_four_vendors_are_declared() -> None:
    assert {"meridian", "kestrel", "oakline", "tamarind"} <= set(vendor_specs())
    assert list(vendor_specs()) == sorted(vendor_specs())


def test_the_least_declaration(tmp_path: Path) -> None:
    spec = declare(tmp_path, LEAST)["acme"]
    assert (spec.encoding, spec.separator, spec.delivery, spec.wanted_columns) == ("utf-8", ",", "delta", ("Code",))


def test_errors_name_the_file_that_was_read_wherever_it_lies(tmp_path: Path) -> None:
    spec = declare(tmp_path, LEAST + "delivery: full\n")["acme"]
    feed = tmp_path / "drop" / "feed.csv"
    feed.parent.mkdir()
    for fails in (
        lambda: drop_files(spec, feed.parent),
        lambda: require_columns(spec, ["Kode"], feed),
        lambda: absent_products(spec, ["1", "2", "3"], ["1"]),
    ):
        with pytest.raises(DropError, match=re.escape(f" in {tmp_path / 'acme.yaml'}.")):
            fails()
    assert spec.model_copy(update={"title": "Acme"}).file == str(tmp_path / "acme.yaml")
    assert golden.spec("csv").file == "schemas/vendors/golden.yaml"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("colums: {}\n", r"acme.yaml:5: colums"),
        ("encoding: base64\n", r"acme.yaml:5: encoding: .*no text encoding"),
        ("delimiter: '||'\n", "one character each"),
        ("quote: ','\n", "must differ"),
        ("records: data\n", "for format json"),
        ("style: {}\n", "one of them"),
        ("style: {pattern: '(.+)-S'}\n", "needs a group"),
        ("style: {pattern: '(?P<style>'}\n", r"acme.yaml:5: style: .*no regular expression"),
        ("withdrawal: {column: a, values: []}\n", "values"),
        ("pictures: {kind: zip, location: ../x.zip}\n", "inside the drop"),
        ("pictures: {kind: zip, location: /x.zip}\n", "inside the drop"),
        ("full_share: 2\n", "full_share"),
        ("attributes: [a]\n", "attributes"),
        ("attributes:\n  price: P\n  gendre: F\n", r"acme.yaml:7: attributes.gendre: .*did you mean 'gender'\?"),
        ("attributes: {gendre: F}\n", "did you mean 'gender'"),
        ("attributes: {Sleeve Length: F}\n", "did you mean 'sleeve_length'"),
        ("attributes: {frame_color: F}\n", "did you mean 'frame_colour'.* such as vendor_frame_color"),
        ("format: tsv\n", r"acme.yaml:5: the key 'format' stands in line 2"),
        ("pictures: {knd: zip}\n", r"acme.yaml:5: pictures.knd: .*allowed: kind, location, prefix"),
    ],
)
def test_wrong_declarations_name_the_line(tmp_path: Path, more: str, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        declare(tmp_path, LEAST + more)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"sku": "a", "levels": {"aisle": "b"}}, "each once"),
        ({"sku": "a", "path": {"column": "b", "levels": ["class", "class"]}}, "each once"),
        ({"sku": "a", "levels": {"class": "b"}, "path": {"column": "b", "levels": ["class"]}}, "not both"),
        ({}, "sku"),
    ],
)
def test_wrong_columns(columns: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        golden.spec("csv", columns=columns)


@pytest.mark.parametrize("name", ["Acme", "a-b", "../x", ""])
def test_vendor_names_are_plain(name: str) -> None:
    with pytest.raises(ValueError, match="named by a-z"):
        golden.spec("csv", vendor=name)


@pytest.mark.parametrize(
    "name", ["brand", "price", "ean", "store", "case_material", "product_type", "vendor_color", "color", "shade"]
)
def test_names_unlike_any_attribute_are_carried_along(tmp_path: Path, name: str) -> None:
    assert list(declare(tmp_path, f"{LEAST}attributes: {{{name}: F}}\n")["acme"].attributes) == [name]


def test_images_without_pictures_can_never_be_found(tmp_path: Path) -> None:
    text = LEAST.replace("{sku: Code}", "{sku: Code, images: Bild}")
    with pytest.raises(DeclarationError, match=r"columns.images needs `pictures`.*kind: folder"):
        declare(tmp_path, text)
    assert declare(tmp_path, text + "pictures: {kind: folder}\n")["acme"].columns.images


def test_a_file_bears_its_vendors_name(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="must be the file's name"):
        declare(tmp_path, LEAST, name="other")


def test_placeholders_are_read_without_case() -> None:
    assert golden.spec("csv").is_placeholder("def")
    assert not golden.spec("csv", placeholders=["-"]).is_placeholder("DEF")
