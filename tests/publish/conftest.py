"""Stores for the tests of this room."""

from __future__ import annotations

from pathlib import Path

import pytest

from enrichment.stores.local import LocalStore


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")
