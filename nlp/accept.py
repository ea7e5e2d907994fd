"""Merge accepted terms of the vocabulary report into ``schemas/attributes.yaml``; comments stay."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nlp.vocabulary_report import COLUMNS
from schemas.attribute_spec import Attributes
from schemas.declared import load
from schemas.errors import UsageError
from schemas.records import bounded


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a merge did: synonyms added to known values, values that are new, and terms that were there already."""

    synonyms: tuple[str, ...]
    values: tuple[str, ...]
    known: tuple[str, ...]


def accept(sheet: Path, declaration: Path) -> Accepted:
    """Add every term whose action is ``accept`` as a synonym of its value; an undeclared value is declared.

    The declaration is replaced whole, and only if the result still loads.

    Raises:
        UsageError: a column is missing, or a row names no declared attribute or no value.

    """
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 118
    yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(declaration.read_text(encoding="utf-8"))
    attributes = {a["name"]: a for a in document["attributes"]}
    synonyms: list[str] = []
    values: list[str] = []
    known: list[str] = []
    for line, row in _accepted_rows(sheet):
        attribute, name, term = _checked(attributes, row, f"{sheet.name} line {line}")
        label = f"{attribute['name']}.{name}: {term}"
        (
            known if (where := _merge(attribute, name, term)) == "known" else values if where == "new" else synonyms
        ).append(label)
    if synonyms or values:
        out = io.StringIO()
        yaml.dump(document, out)
        _replace(declaration, out.getvalue())
    return Accepted(tuple(synonyms), tuple(values), tuple(known))


def _accepted_rows(sheet: Path) -> list[tuple[int, dict[str, str]]]:
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = set(COLUMNS[:4]) - set(reader.fieldnames or ())
        if missing:
            raise UsageError(f"{sheet.name}: columns {sorted(missing)} are missing; expected {COLUMNS}.")
        return [(reader.line_num, row) for row in reader if (row["action"] or "").strip().lower() == "accept"]


def _checked(attributes: dict[str, Any], row: dict[str, str], where: str) -> tuple[Any, str, str]:
    attribute = attributes.get((row["attribute"] or "").strip())
    name = "_".join((row["value"] or "").lower().split())
    term = " ".join((row["term"] or "").lstrip("'").lower().split())
    if attribute is None:
        got = bounded(repr(row["attribute"]))
        raise UsageError(f"{where}: attribute {got} is not declared; allowed: {sorted(attributes)}. Mend the row.")
    if not name or not term:
        raise UsageError(
            f"{where}: term {bounded(repr(term))} needs a value of {attribute['name']}. Write one in the row."
        )
    return attribute, name, term


def _merge(attribute: Any, name: str, term: str) -> str:
    for value in attribute.get("values", []):
        if value["name"] == name:
            have = value.setdefault("synonyms", [])
            if term in have or term in value.get("words", []):
                return "known"
            have.append(term)
            return "synonym"
    attribute.setdefault("values", []).append({"name": name, "synonyms": [term]})
    return "new"


def _replace(declaration: Path, text: str) -> None:
    """Write beside, load, and only then take the old one's place."""
    beside = declaration.with_suffix(".yaml.new")
    beside.write_text(text, encoding="utf-8")
    try:
        load(beside, Attributes)
        os.replace(beside, declaration)
    finally:
        beside.unlink(missing_ok=True)
