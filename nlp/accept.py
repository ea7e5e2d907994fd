"""Merge accepted terms of the vocabulary report into ``schemas/attributes.yaml``: all else stays as it is written."""

from __future__ import annotations

import difflib
import io
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from nlp.spelt import Spelt
from nlp.vocabulary_report import COLUMNS
from schemas.attribute_spec import Attribute, Attributes
from schemas.declared import load, parse
from schemas.errors import DeclarationError, UsageError
from schemas.records import bounded
from schemas.sheet import closest, read_sheet

# New spellings by attribute and value.
Added = Mapping[tuple[str, str], Sequence[str]]

ACCEPT = "accept"
_NEAREST, _NEAR = 3, 0.5


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a merge did: synonyms added to known values, values that are new, and terms that were there already."""

    synonyms: tuple[str, ...]
    values: tuple[str, ...]
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the sheet that is accepted; ``where`` reads "vocabulary.csv line 7"."""

    where: str
    attribute: Attribute
    value: str
    term: str

    @property
    def is_new(self) -> bool:
        """Whether nobody declared the value."""
        return all(value.name != self.value for value in self.attribute.values)

    @property
    def label(self) -> str:
        return f"{self.attribute.name}.{self.value}: {self.term}"


def accept(sheet: Path, declaration: Path, *, new_values: bool = False, dry_run: bool = False) -> Accepted:
    """Add every term whose action is ``accept`` as a synonym of its value; with ``new_values`` undeclared ones too.

    The declaration is replaced whole, and only if the result reads as what was asked for; in a ``dry_run`` never.

    Raises:
        DeclarationError: the declaration cannot be read.
        UsageError: the sheet cannot be read, a column is missing, or a row has another action, names no value or no
            attribute that has declared ones, or names a term that another value of the attribute has.

    """
    declared = load(declaration, Attributes)
    spelt = {a.name: Spelt(a, declaration) for a in declared.attributes if a.values}
    rows = _rows(sheet, declared)
    fresh = [row for row in rows if spelt[row.attribute.name].take(row.value, row.term, row.where)]
    added = [row for row in fresh if not row.is_new]
    if len(added) < len(fresh) and not new_values:
        raise UsageError(_unknown_values([row for row in fresh if row.is_new], declaration))
    by_value: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in fresh:
        by_value[row.attribute.name, row.value].append(row.term)
    if fresh:
        text = _merged(declaration, declared, by_value, fresh)
        if not dry_run:
            _replace(declaration, text)
    return Accepted(
        tuple(row.label for row in added),
        tuple(row.label for row in fresh if row.is_new),
        tuple(row.label for row in rows if row not in fresh),
    )


def _rows(sheet: Path, declared: Attributes) -> list[_Row]:
    attributes = {a.name: a for a in declared.attributes if a.values}
    rows = []
    for where, row in read_sheet(sheet, COLUMNS[:4], "`enrich vocabulary report`"):
        action = row["action"].lower()
        if action == ACCEPT:
            rows.append(_checked(attributes, row, where))
        elif action:
            raise UsageError(
                f"{where}: action {bounded(row['action'])!r} of term {bounded(row['term'])!r} is not known"
                f"{closest(action, [ACCEPT])}. Mend the row. Allowed: {ACCEPT}, or nothing to pass the term over."
            )
    return rows


def _checked(attributes: dict[str, Attribute], row: dict[str, str], where: str) -> _Row:
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
            f"{where}: term {bounded(repr(term))} needs a value of {attribute.name}. Write one in the row."
        )
    return _Row(where, attribute, name, term)


def _unknown_values(rows: list[_Row], declaration: Path) -> str:
    """Name each value that is not declared with its first row and the nearest that are."""
    told: dict[tuple[str, str], str] = {}
    for row in rows:
        near = difflib.get_close_matches(row.value, [v.name for v in row.attribute.values], _NEAREST, _NEAR)
        nearest = f"nearest known: {', '.join(near)}" if near else "no known value is near"
        says = f"{row.where}: {row.attribute.name} {bounded(row.value, 60)!r} is new ({nearest})"
        told.setdefault((row.attribute.name, row.value), says)
    return (
        f"{'; '.join(told.values())}. Nothing was added to {declaration}. Write a known value in the row, or give "
        "--new-values."
    )


def _merged(declaration: Path, declared: Attributes, added: Added, rows: list[_Row]) -> str:
    """Return the declaration's text with ``added``, read back: it must hold them and be as before in all else."""
    text = _inserted(declaration.read_text(encoding="utf-8"), added)
    try:
        right = parse(declaration, text, Attributes) == _meant(declared, added)
    except DeclarationError:
        right = False
    if not right:
        told = "; ".join(f"{row.where}: {row.label}" for row in rows)
        raise UsageError(
            f"{declaration} is laid out so that its lists cannot be added to (do two share one by an alias?), and "
            f"nothing was. Write the terms there by hand: {told}"
        )
    return text


def _inserted(text: str, added: Added) -> str:
    """Return the YAML ``text`` with new synonyms; an undeclared value comes after the others. Comments stay."""
    reader = YAML()
    reader.preserve_quotes = True
    # A list on one line stays there, so that a new term changes one line and nothing is parted within a term.
    reader.width = sys.maxsize
    reader.indent(mapping=2, sequence=4, offset=2)
    document = reader.load(text)
    attributes = {a["name"]: a for a in document["attributes"]}
    for (attribute, name), terms in added.items():
        values = attributes[attribute]["values"]
        value = next((value for value in values if value["name"] == name), None)
        if value is None:
            value = CommentedMap(name=_as_text(name))
            value.fa.set_flow_style()
            values.append(value)
        if "synonyms" not in value:
            value["synonyms"] = CommentedSeq()
            value["synonyms"].fa.set_flow_style()
        value["synonyms"].extend(_as_text(term) for term in terms)
    out = io.StringIO()
    reader.dump(document, out)
    return out.getvalue()


def _as_text(term: str) -> str:
    """Return ``term`` so that it is quoted where a reader might take it for a number, a day, a truth or nothing."""
    bare = term.replace(" ", "").replace("-", "").isalpha() and yaml.safe_load(term) == term
    return term if bare else DoubleQuotedScalarString(term)


def _meant(declared: Attributes, added: Added) -> Attributes:
    data = declared.model_dump()
    values = {(a["name"], v["name"]): v for a in data["attributes"] for v in a["values"]}
    attributes = {a["name"]: a for a in data["attributes"]}
    for (attribute, name), terms in added.items():
        if (attribute, name) not in values:
            values[attribute, name] = {"name": name, "synonyms": ()}
            attributes[attribute]["values"] += (values[attribute, name],)
        values[attribute, name]["synonyms"] += tuple(terms)
    return Attributes.model_validate(data)


def _replace(declaration: Path, text: str) -> None:
    """Write beside the file itself, not beside a link to it, and only then take its place; its mode stays."""
    target = declaration.resolve()
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    beside = Path(name)
    try:
        with open(descriptor, "wb") as file:
            file.write(text.encode("utf-8"))
        shutil.copymode(target, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
