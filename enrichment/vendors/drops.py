"""Find tonight's drops: ``DROPS/VENDOR/NIGHT/``."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from schemas.errors import DropError, UnknownVendor
from schemas.records import VendorDrop, bounded
from schemas.vendor_spec import VendorSpec

# The fingerprint of a drop that could not be hashed when the night was planned.
UNREADABLE = "unreadable"


class DropChanged(DropError):
    """The drop, or its declaration, is not what the night was planned with: run again, the night may find it whole."""


def find_drops(drops: Path, night: date, declared: Collection[str]) -> tuple[list[VendorDrop], list[str], list[str]]:
    """Return tonight's drops, the declared vendors without one, and the vendors that nobody declared; all sorted.

    A vendor has delivered once its folder for the night holds a file. Hidden entries and links are passed over.
    """
    present = delivered(drops, night)
    # The fingerprint reads every byte, so only declared vendors are hashed.
    found = [_drop(name, present[name], night) for name in sorted(present) if name in declared]
    missing = sorted(set(declared) - set(present))
    # Nobody vouches for their names, which the plan and every report of the night repeat.
    return found, missing, sorted({bounded(name, 80) for name in set(present) - set(declared)})


def delivered(drops: Path, night: date) -> dict[str, Path]:
    """Return vendor -> folder of everybody who delivered for ``night``, declared or not, in order."""
    folders = {folder.name: folder / night.isoformat() for folder in _entries(drops) if folder.is_dir()}
    return {name: folder for name, folder in folders.items() if _holds_files(folder)}


def link_of(drops: Path, vendor: str, night: date) -> Path | None:
    """Return the link that stands where a vendor's drop would be looked for; it is passed over, as any link."""
    folder = drops / vendor
    return next((path for path in (folder, folder / night.isoformat()) if path.is_symlink()), None)


def not_followed(link: Path) -> DropError:
    """Return the error that says why a drop behind a link is not read."""
    return DropError(
        f"{bounded(str(link), 200)} is a link, and links are not followed: one may lead out of the drops. "
        "Move what it leads to there, or mount it there."
    )


def unknown_vendor(name: str, declared: Collection[str], folder: str) -> UnknownVendor:
    """Return the error that names a vendor nobody declared in ``folder``, for the run's report."""
    return UnknownVendor(
        f"drop of unknown vendor {bounded(name, 80)!r}; declared: {', '.join(sorted(declared))}. "
        f"Add {folder}/{bounded(name, 80)}.yaml, or remove the folder."
    )


def drop_files(spec: VendorSpec, folder: Path) -> list[Path]:
    """Return the drop's tables in a stable order: by declared pattern, then by name.

    Raises:
        DropError: nothing in the folder matches a declared pattern.

    """
    present = files_in(folder)
    hits = [path for pattern in spec.files for path in present if _matches(path.relative_to(folder), pattern)]
    if not hits:
        shown = ", ".join(repr(bounded(path.relative_to(folder).as_posix(), 60)) for path in present[:10]) or "nothing"
        raise DropError(
            f"drop {spec.vendor} {folder.name}: no file matches {list(spec.files)}; found: {shown}. "
            f"Ask the vendor, or fix files in {spec.file}."
        )
    return list(dict.fromkeys(hits))


def fingerprint(folder: Path) -> str:
    """Return the sha256 over names and bytes of every file of a drop, pictures included; order plays no part."""
    return _over(_hashed(folder))


@contextmanager
def as_planned(drop: VendorDrop, folder: Path) -> Iterator[dict[str, str]]:
    """Let the body read ``folder``, and refuse all it made of it unless that holds what the night was planned with.

    Looked at once, when the body is through: every byte of the drop is hashed for it, and what has changed before or
    while it was read differs at the end. What is yielded then holds the sha256 of each file by its name in the drop.

    Raises:
        DropChanged: the drop has changed, or one of its files cannot be read, whatever else the body said of it.

    """
    files: dict[str, str] = {}
    try:
        yield files
    except Exception:
        _require_planned(drop, folder)
        raise
    files |= _require_planned(drop, folder)


def _require_planned(drop: VendorDrop, folder: Path) -> dict[str, str]:
    try:
        files = _hashed(folder)
        now = _over(files)
    except FileNotFoundError:
        files, now = {}, "files on the move"
    except OSError as error:
        raise DropChanged(
            f"drop {drop.vendor} {drop.night}: {bounded(str(error.filename), 200)}: {error.strerror}. Every file of a "
            "drop has to be readable: mend that, or ask the vendor, then run the night again."
        ) from error
    if now != drop.fingerprint:
        raise DropChanged(
            f"drop {drop.vendor} {drop.night}: changed since the night was planned: {bounded(str(folder), 200)} holds "
            f"{now}; planned: {drop.fingerprint}. Once the vendor is done, run the night again, which plans it anew."
        )
    return files


def _hashed(folder: Path) -> dict[str, str]:
    """Return name -> sha256 of every file of a drop, in order of names."""
    found = {}
    for path in files_in(folder):
        with path.open("rb") as stream:
            found[path.relative_to(folder).as_posix()] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def _over(files: Mapping[str, str]) -> str:
    total = hashlib.sha256()
    for text, digest in files.items():
        # The name's length keeps "a" + "bc" apart from "ab" + "c".
        name = text.encode("utf-8", "surrogateescape")
        total.update(len(name).to_bytes(8, "big") + name + bytes.fromhex(digest))
    return total.hexdigest()


def _matches(name: Path, pattern: str) -> bool:
    """Tell whether the whole relative path fits: ``feed.txt`` is not ``pictures/feed.txt``."""
    return len(name.parts) == len(Path(pattern).parts) and name.match(pattern)


def _drop(vendor: str, folder: Path, night: date) -> VendorDrop:
    try:
        found = fingerprint(folder)
    except OSError:
        # Nobody else may wait for it: whoever reads the drop says what is wrong, for this vendor alone.
        found = UNREADABLE
    return VendorDrop(vendor=vendor, night=night, uri=folder.resolve().as_uri(), fingerprint=found)


def _holds_files(folder: Path) -> bool:
    """Tell whether a vendor has delivered into ``folder``; what may not be looked into is a drop that fails later."""
    try:
        return not folder.is_symlink() and bool(files_in(folder))
    except OSError:
        return True


def _entries(folder: Path) -> list[Path]:
    # A vendor that never delivered has no folder; that is late, not wrong.
    if not folder.is_dir():
        return []
    return sorted(e for e in folder.iterdir() if not e.name.startswith(".") and not e.is_symlink())


def files_in(folder: Path) -> list[Path]:
    """Return the files of the drop in ``folder``, sorted by path: regular ones, neither hidden nor behind a link."""
    found: list[Path] = []
    folders = [folder]
    # No recursion: a vendor could nest folders deeper than Python goes.
    while folders:
        for entry in _entries(folders.pop()):
            if entry.is_dir():
                folders.append(entry)
            elif entry.is_file():
                found.append(entry)
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())
