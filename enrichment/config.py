"""What an operator may set, from the environment or the command line; nothing secret is kept here.

Credentials stay where the storage client looks for them (the standard AWS chain); this object is written
into every run's plan and must be safe to read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from schemas.declared import SCHEMA_DIR
from schemas.errors import UsageError
from schemas.records import bounded

ENV_PREFIX = "ENRICH_"
# As enrichment.models names them; that room lies above this one and may not be asked.
MODEL_KINDS = ("vision", "text", "fusion")


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a run; each may be given as ``ENRICH_<NAME>`` in the environment.

    ``store`` is where runs and published tables live (a folder or ``s3://bucket/prefix``), ``drops`` the folder
    vendors deliver into (``<vendor>/<YYYY-MM-DD>/``), ``vendors`` the folder of vendor declarations. ``models`` pins
    versions by kind (``vision=v3,text=v2``); a kind not named takes the registry's current version.
    ``shard_rows`` products make one shard, ``threads`` are what one worker may use, ``ner`` lets the trained entity
    recogniser read too, ``private_hosts`` may be fetched from although their address is not public,
    ``max_refiled_share`` of carried products may change their path before the gate trips, and a drop must have
    been still for ``settle_seconds`` before it counts as arrived.
    """

    store: str = ".enrich"
    drops: str = "drops"
    vendors: str = str(SCHEMA_DIR / "vendors")
    models: Mapping[str, str] = field(default_factory=dict)
    shard_rows: int = 2_000
    threads: int = 2
    ner: bool = True
    private_hosts: tuple[str, ...] = ()
    max_refiled_share: float = 0.2
    settle_seconds: int = 30

    def __post_init__(self) -> None:
        """Refuse sizes that cannot work."""
        for name in ("shard_rows", "threads"):
            if getattr(self, name) < 1:
                raise UsageError(f"setting {name}: got {getattr(self, name)}; allowed: 1 or more")
        if not 0 <= self.max_refiled_share <= 1:
            raise UsageError(f"setting max_refiled_share: got {self.max_refiled_share}; allowed: a share, 0 to 1")
        if self.settle_seconds < 0:
            raise UsageError(f"setting settle_seconds: got {self.settle_seconds}; allowed: 0 or more")

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data from which :meth:`from_json` builds an equal object."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Settings:
        """Build settings from :meth:`to_json` data."""
        return cls(**{**data, "private_hosts": tuple(data.get("private_hosts", ()))})

    @classmethod
    def from_env(cls, **given: Any) -> Settings:
        """Build settings from ``given`` values (None = not given), then the environment, then the defaults."""
        known = {f.name: f.default for f in fields(cls)}
        values: dict[str, Any] = {k: v for k, v in given.items() if v is not None}
        for name, default in known.items():
            text = os.environ.get(ENV_PREFIX + name.upper())
            if text is not None and name not in values:
                values[name] = _parse(name, text, default)
        for name in ("drops", "vendors"):
            if name in values:
                values[name] = str(Path(values[name]).expanduser().resolve())
        return cls(**values)


def model_versions(text: str, where: str) -> dict[str, str]:
    """Read model versions by kind; ``where`` names the option or variable in the error.

    >>> model_versions("vision=v3, text=v2", "ENRICH_MODELS")
    {'vision': 'v3', 'text': 'v2'}

    Raises:
        UsageError: a part is not kind=version, or its kind does not exist or was given before.

    """
    versions: dict[str, str] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        kind, _, version = (word.strip() for word in part.partition("="))
        if kind not in MODEL_KINDS or not version or kind in versions:
            raise UsageError(
                f"{where} {bounded(part, 60)!r}: expected kind=version, such as fusion=v2, each kind once; kinds: "
                f"{', '.join(MODEL_KINDS)}. `enrich models list` names the versions."
            )
        versions[kind] = version
    return versions


def _parse(name: str, text: str, default: object) -> Any:
    """Read an environment value as the type its setting has."""
    if name == "models":
        return model_versions(text, f"{ENV_PREFIX}MODELS")
    if name == "private_hosts":
        return tuple(host.strip() for host in text.split(",") if host.strip())
    if not isinstance(default, bool | int | float):
        return text
    kind = type(default)
    with suppress(ValueError, TypeError, OverflowError):
        found = json.loads(text.lower())
        # Neither half a shard nor a switch that is neither on nor off.
        if (value := kind(found)) == found:
            return value
    allowed = {bool: "true or false", int: "a whole number", float: "a number"}[kind]
    raise UsageError(f"{ENV_PREFIX}{name.upper()}={bounded(text, 60)!r}: allowed: {allowed}")
