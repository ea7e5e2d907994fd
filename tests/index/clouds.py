"""Embedding-like vectors for the tests of this room: few inner dimensions, lifted, with noise, of unit norm."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from schemas.tables import embeddings


def cloud(count: int, dimensions: int = 32, seed: int = 0) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    lifted = np.tanh(rng.normal(size=(count, 8)) @ rng.normal(size=(8, dimensions)))
    noisy = lifted + 0.2 * rng.normal(size=(count, dimensions))
    return (noisy / np.linalg.norm(noisy, axis=1, keepdims=True)).astype(np.float32)


def keys(count: int) -> list[tuple[str, str]]:
    return [(("acme", "brook")[n % 2], f"S{n}") for n in range(count)]


def shas(count: int) -> list[str]:
    return [f"{n:064x}" for n in range(count)]


def table(count: int, groups: tuple[str | None, ...] = ("dress",), dimensions: int = 32, seed: int = 0) -> pa.Table:
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(cloud(count, dimensions, seed).reshape(-1)), dimensions)
    columns = {
        "vendor": [k[0] for k in keys(count)],
        "sku": [k[1] for k in keys(count)],
        "sha256": shas(count),
        "group": [groups[n % len(groups)] for n in range(count)],
        "vector": vectors,
    }
    return pa.table(columns, schema=embeddings(dimensions))
