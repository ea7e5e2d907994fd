from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from enrichment.runs.parquet import from_parquet, to_parquet

TABLE = pa.table({"sku": [f"sku-{at}" for at in range(50_000)], "price": list(range(50_000))})


def test_bytes_and_files_give_the_same_rows(tmp_path: Path) -> None:
    data, file = to_parquet(TABLE), tmp_path / "table.parquet"
    file.write_bytes(data)
    for source in (data, file):
        assert from_parquet(source) == TABLE
        assert from_parquet(source, ["price"]).schema.names == ["price"]
        assert from_parquet(source, where=pc.field("price") > 49_997)["sku"].to_pylist() == ["sku-49998", "sku-49999"]
