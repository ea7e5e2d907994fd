"""The worked examples in docstrings are run as they stand."""

from __future__ import annotations

import doctest
import importlib

import pytest

_MODULES = ("filing", "implied", "reasons", "spelling")


@pytest.mark.parametrize("name", _MODULES)
def test_worked_examples(name: str) -> None:
    found = doctest.testmod(importlib.import_module(f"enrichment.taxonomy.{name}"))
    assert found.attempted > 0
    assert found.failed == 0
