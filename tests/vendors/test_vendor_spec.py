from __future__ import annotations

from pathlib import Path

import pytest

from schemas.errors import DeclarationError
from schemas.vendor_spec import VendorSpec, vendor_specs
from tests.vendors import golden

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


def test_a_file_bears_its_vendors_name(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="must be the file's name"):
        declare(tmp_path, LEAST, name="other")


def test_placeholders_are_read_without_case() -> None:
    assert golden.spec("csv").is_placeholder("def")
    assert not golden.spec("csv", placeholders=["-"]).is_placeholder("DEF")
