"""The worked examples in docstrings are run as they stand."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["cells", "numbers", "paths", "xml.shape"])
def test_worked_examples(name: str) -> None:
    found = doctest.testmod(importlib.import_module(f"enrichment.vendors.{name}"))
    assert found.attempted > 0
    assert found.failed == 0
