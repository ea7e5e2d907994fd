"""A vendor's relative picture reference, checked and brought to one spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

from enrichment.images.refused import PictureRefused
from schemas.records import ProblemReason, bounded

_SHOWN = 60
_DRIVE = re.compile(r"[A-Za-z]:")
_LIMIT = 1_024
# The folder that is declared to stand before each reference, then an address, of which the file's name is taken.
_ADDRESS = re.compile(r"(.*?)https?://[^/?#]+/(?:[^?#]*/)?([^/?#]+)(?:[?#].*)?", re.IGNORECASE)


def normalised(ref: str) -> str:
    r"""Return ``ref`` as ``a/b.jpg``: NFC, ``/`` for ``\``, no ``.`` and no empty parts.

    >>> normalised(".\\images\\1.jpg")
    'images/1.jpg'

    Raises:
        PictureRefused: it is empty, absolute, names a drive, climbs with ``..``, is too long or holds a NUL.

    """
    text = unicodedata.normalize("NFC", ref).replace("\\", "/").strip()
    parts = [part for part in text.split("/") if part not in {"", "."}]
    if text.startswith("/") or _DRIVE.match(text) or ".." in parts or "\x00" in text:
        raise PictureRefused(ProblemReason.PATH_OUTSIDE, f"{ref}: leads outside; allowed: a relative path without '..'")
    if not parts or len(text) > _LIMIT or not text.isprintable():
        raise PictureRefused(ProblemReason.PICTURE_MISSING, f"{ref}: names no picture")
    return "/".join(parts)


def addressed(ref: str) -> tuple[str, str] | None:
    """Return what stands before the web address ``ref``, and the name of the file it is of; None where it is none.

    >>> addressed("https://cdn.example/p/Gr%C3%BCn%201.jpg?v=2")
    ('', 'Grün 1.jpg')

    Raises:
        PictureRefused: the name leads outside.

    """
    found = _ADDRESS.fullmatch(ref.strip())
    return None if found is None else (found[1], normalised(unquote(found[2])))


def missing(ref: str, place: str) -> PictureRefused:
    """Return the refusal of a picture that is not in ``place``; of an address the file that was looked for is told."""
    parts = addressed(ref)
    told = ref if parts is None else bounded("".join(parts), _SHOWN)
    asked = "" if parts is None else f" (asked for as {ref})"
    return PictureRefused(ProblemReason.PICTURE_MISSING, f"{told}: not in the {place}{asked}")


class Spellings:
    """Names found by any spelling: exact, else without regard to case, else by their last parts where unique."""

    def __init__(self, names: Iterable[str]) -> None:
        """Index ``names``, each a normalised path; of equal ones the last stays."""
        self._exact: dict[str, str] = {}
        self._folded: dict[str, str | None] = {}
        self._tails: dict[str, str | None] = {}
        for name in names:
            self._exact[name] = name
            _note(self._folded, name.casefold(), name)
            _note(self._tails, name.casefold().rpartition("/")[2], name)

    def find(self, ref: str) -> str | None:
        """Return the one name that ``ref`` (normalised) can mean, None where there is none or several."""
        if ref in self._exact:
            return ref
        folded = ref.casefold()
        if folded in self._folded:
            return self._folded[folded]
        name = self._tails.get(folded.rpartition("/")[2])
        return name if name is not None and name.casefold().endswith(f"/{folded}") else None

    def behind(self, ref: str) -> str | None:
        """Return the name of the file that ``ref`` is the address of, None where it is no address or of no such file.

        The one file of that name is meant, wherever it lies; a folder before the address tells several apart.

        Raises:
            PictureRefused: several files have that name, or it leads outside.

        """
        parts = addressed(ref)
        if parts is None:
            return None
        folder, file = parts
        if folder:
            return self.find(normalised(folder + file))
        name = self._tails.get(file.casefold(), "")
        if name is None:
            raise PictureRefused(
                ProblemReason.PICTURE_MISSING,
                f"several files are called {bounded(file, _SHOWN)} and no pictures.prefix tells whose folder: {ref}",
            )
        return name or None


def _note(index: dict[str, str | None], key: str, name: str) -> None:
    """Keep ``name`` under ``key``, or None where two names share it."""
    index[key] = name if index.get(key, name) == name else None
