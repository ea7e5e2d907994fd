"""`enrich vocabulary`: nothing is added without being said, and no new value without being asked for."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from enrichment.cli.app import app
from enrichment.desk.mine_vocabulary import suggested
from nlp.mining import Candidate
from nlp.vocabulary_report import COLUMNS, write_report
from schemas.errors import DeclarationError, UsageError

RUNNER = CliRunner()
DECLARED = """\
version: 1
attributes:
  - name: colour
    title: Colour
    # Kept as it stands.
    values:
      - name: blue
        synonyms: [azure]
      - name: black
"""


@pytest.fixture
def declaration(tmp_path: Path) -> Path:
    path = tmp_path / "attributes.yaml"
    path.write_text(DECLARED, encoding="utf-8")
    return path


def _sheet(tmp_path: Path, *rows: tuple[str, str, str]) -> Path:
    path = tmp_path / "vocabulary.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for term, attribute, value in rows:
            writer.writerow(["accept", term, attribute, value, 0.7, 9, 1, 0.5, "an example"])
    return path


def _accept(sheet: Path, declaration: Path, *more: str) -> Any:
    return RUNNER.invoke(app, ["vocabulary", "accept", str(sheet), "--declaration", str(declaration), *more])


def test_a_new_value_is_refused_with_the_nearest_known_ones(tmp_path: Path, declaration: Path) -> None:
    sheet = _sheet(tmp_path, ("cobalt", "colour", "blue"), ("ciel", "colour", "bleu"), ("gloop", "colour", "zxcvq"))
    for more in ((), ("--dry-run",)):
        result = _accept(sheet, declaration, *more)
        assert isinstance(result.exception, UsageError)
        told = str(result.exception)
        assert "vocabulary.csv line 3: colour 'bleu' is new (nearest known: blue)" in told
        assert "vocabulary.csv line 4: colour 'zxcvq' is new (no known value is near)" in told
        assert "--new-values" in told
        assert str(declaration) in told
        assert declaration.read_text(encoding="utf-8") == DECLARED


def test_a_dry_run_says_what_would_be_added_and_where(tmp_path: Path, declaration: Path) -> None:
    sheet = _sheet(tmp_path, ("cobalt", "colour", "blue"), ("azure", "colour", "blue"))
    result = _accept(sheet, declaration, "--dry-run")
    assert result.exit_code == 0
    assert f"1 synonyms, 0 new values would be added to {declaration}" in result.output
    assert "synonym: colour.blue: cobalt" in result.output
    assert "known already: colour.blue: azure" in result.output
    assert declaration.read_text(encoding="utf-8") == DECLARED
    assert json.loads(_accept(sheet, declaration, "--dry-run", "--json").output)["written"] is False


def test_what_is_accepted_is_said_with_its_place(tmp_path: Path, declaration: Path) -> None:
    result = _accept(_sheet(tmp_path, ("cobalt", "colour", "blue")), declaration)
    assert result.exit_code == 0
    assert f"1 synonyms, 0 new values added to {declaration}" in result.output
    text = declaration.read_text(encoding="utf-8")
    assert "cobalt" in text
    assert "# Kept as it stands." in text


def test_a_term_that_yaml_types_is_added_as_text_and_nothing_else_moves(tmp_path: Path, declaration: Path) -> None:
    result = _accept(_sheet(tmp_path, ("no", "colour", "blue"), ("1e3", "colour", "black")), declaration)
    assert result.exit_code == 0
    wanted = DECLARED.replace("[azure]", '[azure, "no"]').replace("black", 'black\n        synonyms: ["1e3"]')
    assert declaration.read_text(encoding="utf-8") == wanted


def test_a_declaration_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = _accept(_sheet(tmp_path, ("no", "colour", "blue")), tmp_path / "none.yaml")
    assert isinstance(result.exception, DeclarationError)
    assert str(tmp_path / "none.yaml") in str(result.exception)


def test_a_new_value_that_is_asked_for_is_declared(tmp_path: Path, declaration: Path) -> None:
    sheet = _sheet(tmp_path, ("mauve", "colour", "mauve"))
    result = _accept(sheet, declaration, "--new-values", "--json")
    assert result.exit_code == 0
    assert json.loads(result.output)["values"] == ["colour.mauve: mauve"]
    assert "name: mauve" in declaration.read_text(encoding="utf-8")


def test_a_suggestion_that_is_hardly_alike_is_left_out_of_sheet_and_page(tmp_path: Path) -> None:
    terms = [
        Candidate("cobalt", "colour", "blue", 0.71, 9, 2, 0.5, ("a cobalt dress", "=cobalt")),
        Candidate("trolley", "colour", "taupe", 0.35, 8, 1, 0.4, ("a trolley bag",)),
        Candidate("qwerty", "", "", 0.0, 8, 1, 0.4, ()),
    ]
    page, sheet = write_report(terms, tmp_path)
    before = sheet.read_text(encoding="utf-8").splitlines()
    kept = [suggested(term, 0.6) for term in terms]
    write_report(kept, tmp_path)
    assert sum(not term.value for term in kept) == 2
    after = sheet.read_text(encoding="utf-8").splitlines()
    assert after[:2] == before[:2]
    assert after[2].startswith(",trolley,,,0.35,8,1,0.4,")
    assert "taupe" not in page.read_text(encoding="utf-8")
    assert "trolley" in page.read_text(encoding="utf-8")
    assert sum(not suggested(term, 0.0).value for term in kept) == 2
    assert suggested(terms[1], 0.0) == terms[1]
