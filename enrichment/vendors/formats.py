"""Which reader reads which declared format."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from enrichment.vendors.delimited import read_delimited
from enrichment.vendors.json_list import read_json
from enrichment.vendors.jsonl import read_jsonl
from enrichment.vendors.parquet import read_parquet
from enrichment.vendors.port import Reader
from enrichment.vendors.xlsx import read_xlsx
from enrichment.vendors.xml.read import read_xml

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "csv": read_delimited,
        "tsv": read_delimited,
        "jsonl": read_jsonl,
        "json": read_json,
        "xlsx": read_xlsx,
        "parquet": read_parquet,
        "xml": read_xml,
    }
)
