"""Try the declarations of a night's vendors on what they delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from enrichment.config import Settings
from enrichment.desk.check_vendor import VendorCheckup, check_vendor
from enrichment.stages.plan import declarations_in, drops_folder
from enrichment.vendors.declarations import Declarations, not_read
from enrichment.vendors.drops import delivered, link_of, not_followed, unknown_vendor
from schemas.errors import EnrichError, UsageError


@dataclass(frozen=True, slots=True)
class Checkups:
    """What came of each vendor: read, late (nothing for the night), or not read and why."""

    read: tuple[VendorCheckup, ...]
    late: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]

    @property
    def refused_share(self) -> float:
        """Share (0 to 1) of all rows that were refused."""
        rows = sum(checkup.rows for checkup in self.read)
        return sum(sum(checkup.refused.values()) for checkup in self.read) / rows if rows else 0.0


def check_vendors(night: date, settings: Settings, vendors: Sequence[str] = ()) -> Checkups:
    """Read the drops of ``night`` of ``vendors`` (by default of all that delivered) and write nothing.

    Raises:
        UsageError: a folder does not exist, a named vendor is not declared, or none has delivered.

    """
    drops = drops_folder(settings)
    declared, present = declarations_in(Path(settings.vendors)), delivered(drops, night)
    if strangers := [name for name in vendors if name not in declared.names]:
        known = ", ".join(declared.names)
        raise UsageError(f"no such vendor: {', '.join(strangers)}; declared in {settings.vendors}: {known}.")
    named = sorted(set(vendors)) or sorted({*declared.names, *present})
    found: list[VendorCheckup] = []
    late: list[str] = []
    failed: list[tuple[str, str]] = []
    for name in named:
        try:
            checkup = _checked(name, declared, present, night, settings)
        except EnrichError as error:
            failed.append((name, f"{type(error).__name__}: {error}"))
        else:
            if checkup is None:
                late.append(name)
            else:
                found.append(checkup)
    if not found and not failed:
        raise UsageError(
            f"none of {', '.join(named)} delivered for {night} in {settings.drops}: a drop is the folder "
            f"<vendor>/{night}/. Check the date and --drops."
        )
    return Checkups(tuple(found), tuple(late), tuple(failed))


def _checked(
    name: str, declared: Declarations, present: dict[str, Path], night: date, settings: Settings
) -> VendorCheckup | None:
    """Check one vendor; None where nothing came from it."""
    if name in declared.unread:
        raise not_read(name, declared.unread[name])
    if name not in declared.specs:
        raise unknown_vendor(name, declared.names, settings.vendors)
    if name in present:
        return check_vendor(declared.specs[name], present[name], night, settings)
    link = link_of(Path(settings.drops), name, night)
    if link is not None:
        raise not_followed(link)
    return None
