"""Which value of an attribute has a spelling: one spelling is never given to a second value."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from nlp.lexicon import phrase_words
from schemas.attribute_spec import Attribute
from schemas.errors import UsageError
from schemas.records import bounded

_NAME, _SYNONYM, _WORD = "name", "synonym", "word"


class _Owner(NamedTuple):
    value: str
    kind: str
    # The sheet's row that gave the spelling to the value; empty where it is declared.
    where: str = ""


class Spelt:
    """The spellings of one attribute's values, as they are declared and as the rows of a sheet add to them."""

    def __init__(self, attribute: Attribute, declaration: Path) -> None:
        """Note every declared name, synonym and word; a vendor's codes mean something in its own column alone."""
        self._attribute, self._declaration = attribute.name, declaration
        self._values = {value.name for value in attribute.values}
        self._owners: dict[tuple[str, ...], list[_Owner]] = {}
        for value in attribute.values:
            self._note(value.name.replace("_", " "), _Owner(value.name, _NAME))
            for kind, spellings in ((_SYNONYM, value.synonyms), (_WORD, value.words)):
                for spelling in spellings:
                    self._note(spelling, _Owner(value.name, kind))

    def take(self, value: str, term: str, where: str) -> bool:
        """Give ``term`` to ``value``; False where that has it already.

        Spellings are compared as texts are read: ``navy-blue`` is ``navy blue``.

        Raises:
            UsageError: another value has the term, or the name of this one, which is new.

        """
        owners = self._owners.get(_key(term), [])
        if any(owner.value == value and owner.kind != _NAME for owner in owners):
            return False
        self._refuse(owners, f"term {bounded(term)!r}", value, where)
        if value not in self._values:
            name = value.replace("_", " ")
            self._refuse(self._owners.get(_key(name), []), f"the new value {bounded(value)!r}", value, where)
            self._values.add(value)
            self._note(name, _Owner(value, _NAME, where))
        self._note(term, _Owner(value, _SYNONYM, where))
        return True

    def _note(self, spelling: str, owner: _Owner) -> None:
        self._owners.setdefault(_key(spelling), []).append(owner)

    def _refuse(self, owners: list[_Owner], what: str, value: str, where: str) -> None:
        other = next((owner for owner in owners if owner.value != value), None)
        if other is None:
            return
        said = f"the {other.kind} of" if other.kind == _NAME else f"a {other.kind} of"
        has = f"{said} {self._attribute} {bounded(other.value)!r}"
        if other.where:
            raise UsageError(
                f"{where}: {what} is {has} by {other.where}, so it cannot mean {bounded(value)!r} too. Keep one of the "
                "rows, and empty the other one's action."
            )
        raise UsageError(
            f"{where}: {what} is {has} already, so it cannot mean {bounded(value)!r} too. Write {bounded(other.value)} "
            f"in the row or empty its action; to move the spelling, take it from {bounded(other.value)} in "
            f"{self._declaration} first."
        )


def _key(spelling: str) -> tuple[str, ...]:
    return phrase_words(spelling) or (spelling,)
