"""Merge accepted terms of the vocabulary report into ``schemas/attributes.yaml``; comments stay."""

from __future__ import annotations

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
from schemas.sheet import closest, read_sheet


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
        UsageError: the sheet or the declaration cannot be read, a column is missing, or a row names no value, or no
            attribute that has declared ones.

    """
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 118
    yaml.indent(mapping=2, sequence=4, offset=2)
    try:
        document = yaml.load(declaration.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"declaration {declaration}: {error.strerror}. Give the file that holds the values."
        ) from error
    attributes = {a["name"]: a for a in document["attributes"] if a.get("values")}
    done: dict[str, list[str]] = {"synonym": [], "new": [], "known": []}
    for where, row in read_sheet(sheet, COLUMNS[:4], "`enrich vocabulary report`"):
        if row["action"].lower() != "accept":
            continue
        attribute, name, term = _checked(attributes, row, where)
        done[_merge(attribute, name, term)].append(f"{attribute['name']}.{name}: {term}")
    if done["synonym"] or done["new"]:
        out = io.StringIO()
        yaml.dump(document, out)
        _replace(declaration, out.getvalue())
    return Accepted(tuple(done["synonym"]), tuple(done["new"]), tuple(done["known"]))


def _checked(attributes: dict[str, Any], row: dict[str, str], where: str) -> tuple[Any, str, str]:
    attribute = attributes.get(row["attribute"])
    name = "_".join(row["value"].lower().split())
    term = " ".join(row["term"].lower().split())
    if attribute is None:
        raise UsageError(
            f"{where}: attribute {bounded(row['attribute'])!r} is not declared with values"
            f"{closest(row['attribute'], attributes)}. Mend the row. Allowed: {', '.join(sorted(attributes))}"
        )
    if not name or not term:
        raise UsageError(
            f"{where}: term {bounded(repr(term))} needs a value of {attribute['name']}. Write one in the row."
        )
    return attribute, name, term


def _merge(attribute: Any, name: str, term: str) -> str:
    """Add ``term`` to a value; tell whether it is a "synonym", a "new" value's, or "known" already."""
    for value in attribute["values"]:
        if value["name"] == name:
            have = value.setdefault("synonyms", [])
            if term in have or term in value.get("words", []):
                return "known"
            have.append(term)
            return "synonym"
    attribute["values"].append({"name": name, "synonyms": [term]})
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
