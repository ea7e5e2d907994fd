"""Pictures as files of a folder."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import unicodedata
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from enrichment.images.policy import ImagePolicy
from enrichment.images.port import PictureSource, changed
from enrichment.images.reference import Spellings, missing, normalised
from enrichment.images.refused import PictureRefused
from schemas.errors import DropError
from schemas.records import ProblemReason


class FolderSource(PictureSource):
    """Regular files under one folder; a link that leads out of it is refused.

    A web address is the one file of its file's name.
    """

    remote = False

    def __init__(self, root: Path, policy: ImagePolicy) -> None:
        """Read below ``root``.

        Raises:
            DropError: there is no such folder.

        """
        if not root.is_dir():
            raise DropError("no such folder of pictures; allowed: a folder within the drop")
        self._root = root.resolve()
        self._policy = policy
        self._planned: Mapping[str, str] | None = None

    def read(self, ref: str) -> bytes:
        """Return the bytes of one file.

        Raises:
            PictureRefused: missing, outside, no regular file, unreadable or too large.
            DropError: it is not, or no longer there as, what was expected.

        """
        name = normalised(ref)
        try:
            path = self._find(name) or self._behind(ref)
            if path is None and self._awaited.find(name) is not None:
                raise changed(ref)
            if path is None:
                raise missing(ref, "folder")
            if not path.resolve().is_relative_to(self._root):
                raise PictureRefused(ProblemReason.PATH_OUTSIDE, f"{ref}: a link leads outside the folder")
            return self._as_planned(ref, path.resolve())
        # A link that leads to itself is a RuntimeError of pathlib.
        except (OSError, RuntimeError) as error:
            # The whole message would tell vendors where the server keeps their drops.
            why = error.strerror if isinstance(error, OSError) else "a link leads to itself"
            raise PictureRefused(ProblemReason.PICTURE_MISSING, f"{ref}: unreadable: {why}") from error

    def close(self) -> None:
        """Hold nothing open, so free nothing."""

    def _find(self, name: str) -> Path | None:
        path = self._root / name
        if _is_there(path):
            return path
        # Another case or Unicode form: list the folder once, only where a plain look-up failed.
        files, spellings = self._listed
        found = spellings.find(name)
        return None if found is None else files[found]

    def _behind(self, ref: str) -> Path | None:
        """Return the file that ``ref`` is the address of: which one that is, the plan says where there is one."""
        files, spellings = self._listed
        found = (spellings if self._planned is None else self._awaited).behind(ref)
        if found is None:
            return None
        if found not in files:
            raise changed(ref)
        return files[found]

    @cached_property
    def _listed(self) -> tuple[Mapping[str, Path], Spellings]:
        """Every file by its NFC name, and the spellings it is found by; as one, since many threads ask at once.

        A plan holds neither hidden files nor links, so that they are no second file of a name here either.
        """
        files: dict[str, Path] = {}
        for folder, folders, names in os.walk(self._root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for path in (Path(folder, name) for name in sorted(names) if not name.startswith(".")):
                if not path.is_symlink():
                    files[_nfc(path.relative_to(self._root).as_posix())] = path
        return files, Spellings(files)

    def marks(self, files: Mapping[str, str]) -> Mapping[str, str]:
        """Return the files' own hashes."""
        return files

    def expect(self, marks: Mapping[str, str]) -> None:
        """Compare what is read, file by file: the folder as a whole is not gone through."""
        self._planned = marks

    @cached_property
    def _awaited(self) -> Spellings:
        return Spellings(map(_nfc, self._planned or ()))

    def _as_planned(self, ref: str, path: Path) -> bytes:
        if self._planned is None:
            return self._load(ref, path)
        mark = self._planned.get(path.relative_to(self._root).as_posix())
        if mark is None:
            raise PictureRefused(ProblemReason.PICTURE_MISSING, f"{ref}: not in the folder when the drop was read")
        data = self._load(ref, path)
        if hashlib.sha256(data).hexdigest() != mark:
            raise changed(ref)
        return data

    def _load(self, ref: str, path: Path) -> bytes:
        # Without O_NONBLOCK a pipe among the pictures would hold the run for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise PictureRefused(ProblemReason.PICTURE_MISSING, f"{ref}: no regular file")
            data = file.read(self._policy.max_bytes + 1)
        if len(data) > self._policy.max_bytes:
            raise PictureRefused(
                ProblemReason.PICTURE_TOO_LARGE, f"{ref}: more than {self._policy.max_bytes} bytes, which is the most"
            )
        return data


def _is_there(path: Path) -> bool:
    try:
        return path.exists() or path.is_symlink()
    except OSError as error:
        # A name longer than the file system's, as of an address with its query, is an error even to look for.
        if error.errno == errno.ENAMETOOLONG:
            return False
        raise


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)
