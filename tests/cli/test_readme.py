"""What the README promises: its vendor loads and reads a drop, its commands are the commands, make's targets exist."""

import re
from datetime import date
from pathlib import Path

import pytest
import typer
from pydantic import BaseModel

from enrichment.cli.app import app
from enrichment.vendors.read import read_drop
from schemas.vendor_spec import Columns, Limits, Pictures, VendorSpec, Withdrawal
from tests.vendors.declared import vendor_specs

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = """Artikelliste
ArtNr;Bezeichnung;Kategorie;Bild;Weitere Bilder;Größe;Farbe;Marke;VK;Status
A-1-S;Linen shirt;Women>Herbst>Tops>Shirts;a.jpg;b.jpg|c.jpg;S;Blue;Nordwind;12,90;
A-1-M;Linen shirt;Women>Herbst>Tops>Shirts;a.jpg;;M;Blue;k.A.;1.299,00;
B-2-M;Belt;;;;M;;;30000,00;
C-3-M;Old belt;;;;M;;;1,00;Auslauf
"""


@pytest.fixture
def vendor(tmp_path):
    text = re.search(r"```yaml\n(vendor: .*?)```", README, re.DOTALL).group(1)
    (tmp_path / "nordwind.yaml").write_text(text, encoding="utf-8")
    return text, vendor_specs(tmp_path)["nordwind"]


def keys(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


def test_the_vendor_of_the_readme_loads_and_names_every_key(vendor):
    text, spec = vendor
    wanted = keys(VendorSpec) | keys(Columns) | keys(Limits) | keys(Pictures) | keys(Withdrawal)
    wanted |= {"separator", "kind", "min", "max", "pattern", "column"}
    assert {key for key in wanted if not re.search(rf"\b{key}:", text)} == set()
    assert (spec.delivery, spec.separator, spec.deadline_minutes) == ("full", ";", 90)


def test_the_vendor_of_the_readme_reads_such_a_drop(vendor, tmp_path):
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "artikel-1.csv").write_text(ROWS, encoding="cp1252")
    (drop,) = read_drop(vendor[1], folder, date(2026, 11, 17))
    belt, shirt = sorted(drop.products, key=lambda product: product.name)
    assert (shirt.sku, shirt.images, shirt.sizes) == ("A-1", ("a.jpg", "b.jpg", "c.jpg"), ("S", "M"))
    assert dict(shirt.fields)["price"] == "12.90"
    assert dict(shirt.fields)["brand"] == "Nordwind"
    assert "price" not in dict(belt.fields)
    assert [(problem.reason, problem.sku) for problem in drop.problems] == [("value_invalid", "B-2")]
    assert [sku for sku, _ in drop.withdrawn] == ["C-3"]


def leaves(command, name=""):
    if not hasattr(command, "commands"):
        return {name}
    return {leaf for word, below in command.commands.items() for leaf in leaves(below, f"{name} {word}".strip())}


def test_the_table_of_commands_is_whole():
    table = README.partition("## Commands")[2].partition("\n\n`enrich")[0]
    named = {
        " ".join(w for w in text.split() if not w.startswith("-")) for text in re.findall(r"`([a-z][^`.]*)`", table)
    }
    assert named == leaves(typer.main.get_command(app))


def test_every_phony_target_has_a_rule():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE).group(1).split()
    rules = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set(phony) == rules
