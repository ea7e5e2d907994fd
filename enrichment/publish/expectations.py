"""Run one Great Expectations suite on one Arrow table; in memory, no context on disk, telemetry off."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import pyarrow as pa

from enrichment.publish.keys import KEY
from enrichment.publish.verdict import GateFailure
from schemas.records import bounded

_EXAMPLES = 5
# By which columns a failing row is named, the first set that a table has.
_NAMED_BY = (KEY, ("attribute", "value"), ("vendor",))


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation by its Great Expectations class name and arguments, and what it allows in words."""

    kind: str
    arguments: Mapping[str, Any]
    allowed: str

    @property
    def about(self) -> str:
        """Say what is asked of which column."""
        column = self.arguments.get("column") or ", ".join(self.arguments.get("column_list", ()))
        return f"{column} {self.kind}".strip()


def filled(column: str) -> Expectation:
    """No null in ``column``."""
    return Expectation("ExpectColumnValuesToNotBeNull", {"column": column}, "no null")


def among(column: str, values: Sequence[str] | Sequence[bool], words: str = "") -> Expectation:
    """Only ``values`` (or null) in ``column``."""
    arguments = {"column": column, "value_set": list(values)}
    return Expectation("ExpectColumnValuesToBeInSet", arguments, words or ", ".join(map(str, values)))


def between(column: str, least: float, most: float) -> Expectation:
    """Only numbers from ``least`` to ``most`` (or null) in ``column``."""
    arguments = {"column": column, "min_value": least, "max_value": most}
    return Expectation("ExpectColumnValuesToBeBetween", arguments, f"{least:g} to {most:g}")


def unique(columns: Sequence[str]) -> Expectation:
    """No two rows with the same values in ``columns``."""
    if len(columns) == 1:
        return Expectation("ExpectColumnValuesToBeUnique", {"column": columns[0]}, "no repetition")
    return Expectation("ExpectCompoundColumnsToBeUnique", {"column_list": list(columns)}, "no repetition")


def at_least(rows: int) -> Expectation:
    """No fewer than ``rows`` rows."""
    return Expectation("ExpectTableRowCountToBeBetween", {"min_value": rows}, f"{rows} rows or more")


def failures(name: str, table: pa.Table, suite: Sequence[Expectation]) -> list[GateFailure]:
    """Ask ``suite`` of ``table`` and return what failed, in the order it was asked; examples are named by key."""
    keys = next((names for names in _NAMED_BY if set(names) <= set(table.schema.names)), ())
    gx = _library()
    asked = [getattr(gx.expectations, e.kind)(**e.arguments, meta={"at": at}) for at, e in enumerate(suite)]
    source = _context().data_sources.add_or_update_pandas(name)
    batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe(name)
    shape: dict[str, Any] = {"result_format": "SUMMARY", "partial_unexpected_count": _EXAMPLES}
    if keys:
        shape["unexpected_index_column_names"] = list(keys)
    frame = batch.get_batch(batch_parameters={"dataframe": table.to_pandas()})
    outcome = frame.validate(gx.ExpectationSuite(name=name, expectations=asked), result_format=shape)
    failed = [r for r in outcome.results if not r.success]
    failed.sort(key=lambda r: int(r.expectation_config.meta["at"]))
    return [_failure(name, suite[int(r.expectation_config.meta["at"])], r, keys) for r in failed]


def _failure(name: str, expectation: Expectation, result: Any, keys: Sequence[str]) -> GateFailure:
    return GateFailure(name, expectation.about, bounded(_observed(result, keys)), bounded(expectation.allowed))


def _observed(result: Any, keys: Sequence[str]) -> str:
    found = result.result
    if "unexpected_count" not in found:
        return str(found.get("observed_value", result.exception_info))
    rows = found.get("partial_unexpected_index_list") if keys else None
    shown = [_example(row, keys) for row in rows] if rows else [str(v) for v in found["partial_unexpected_list"]]
    return f"{found['unexpected_count']} of {found['element_count']}, such as {', '.join(shown)}"


def _example(row: Mapping[str, Any], keys: Sequence[str]) -> str:
    """Name a failing row by its keys, beside the value that failed."""
    values = [str(value) for column, value in row.items() if column not in keys]
    return " ".join(["/".join(str(row[key]) for key in keys), *(f"({value})" for value in values)])


@cache
def _library() -> ModuleType:
    """Import Great Expectations with its telemetry switched off before the import."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        # It imports a standard module that Python 3.11 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations
        import great_expectations.expectations
    library: ModuleType = great_expectations
    return library


@cache
def _context() -> Any:
    gx = _library()
    from great_expectations.data_context.types.base import ProgressBarsConfig

    # This one logger sets a level of its own on import and speaks in every run, whatever its parent is set to.
    logging.getLogger(ProgressBarsConfig.__module__).setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context
