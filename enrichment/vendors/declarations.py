"""The declarations in a folder, one vendor at a time: one that cannot be read is no matter of the others."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from schemas.errors import DeclarationError, DropError
from schemas.records import bounded
from schemas.vendor_spec import VendorSpec, vendor_spec

_NAME, _WHY = 80, 1_200


@dataclass(frozen=True, slots=True)
class Declarations:
    """The declared vendors by name, sorted, and why the declaration of each other one cannot be read."""

    specs: Mapping[str, VendorSpec]
    unread: Mapping[str, str]

    @property
    def names(self) -> list[str]:
        """Every vendor that a file is there for."""
        return sorted({*self.specs, *self.unread})


def declaration_files(folder: Path) -> dict[str, Path]:
    """Return vendor -> file of the declarations in ``folder``, sorted; hidden files are none.

    A file that is not named as a vendor may be stands under a name that any store takes.
    """
    files = sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("."))
    return {quote(os.fsencode(path.stem))[:_NAME]: path for path in files}


def read_declarations(folder: Path) -> Declarations:
    """Read every declaration in ``folder``."""
    specs: dict[str, VendorSpec] = {}
    unread: dict[str, str] = {}
    for vendor, path in declaration_files(folder).items():
        try:
            specs[vendor] = vendor_spec(path)
        except DeclarationError as error:
            # One line, and in bytes that a plan can hold: a file may have a name that is no UTF-8.
            unread[vendor] = bounded(" ".join(str(error).encode("utf-8", "replace").decode().split()), _WHY)
    return Declarations(specs, unread)


def not_read(vendor: str, why: str) -> DropError:
    """Return the error that leaves a vendor out of the night because its declaration cannot be read."""
    return DropError(
        f"vendor {vendor}: its declaration cannot be read, so its drop was not: {why.rstrip('.')}. Once "
        f"`enrich vendors check {vendor}` takes it, run the night again, which plans it anew."
    )
