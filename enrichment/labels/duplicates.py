"""Find near-duplicate pictures that carry unequal labels."""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_BANDS, _BAND_BITS = 4, 16
_CROWD = 200


@dataclass(frozen=True, slots=True)
class UnequalPair:
    """Two items whose pictures are nearly the same and whose labels are not; ``distance`` in bits of 64."""

    first: int
    second: int
    distance: int


def difference_hash(data: bytes) -> int:
    """Return 64 bits: whether each of 8 x 8 cells is darker than its right neighbour.

    https://www.hackerfactor.com/blog/index.php?/archives/529-Kind-of-Like-That.html
    """
    with Image.open(io.BytesIO(data)) as picture:
        picture.draft("L", (36, 32))
        grey = np.asarray(picture.convert("L").resize((9, 8), Image.Resampling.BOX), dtype=np.int16)
    bits = (grey[:, 1:] > grey[:, :-1]).flatten()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def unequal_duplicates(
    hashes: Sequence[int], labels: Sequence[str], features: NDArray[np.float32], most: int = 3, near: float = 0.97
) -> list[UnequalPair]:
    """Return pairs of at most ``most`` different bits and feature cosine of ``near`` whose labels differ.

    Two hashes within three bits agree in one of four 16-bit bands, so only such pairs are compared.
    """
    norms = np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-9)
    unit = features / norms
    found: dict[tuple[int, int], int] = {}
    for band in range(_BANDS):
        buckets: dict[int, list[int]] = defaultdict(list)
        for at, value in enumerate(hashes):
            buckets[(value >> (band * _BAND_BITS)) & 0xFFFF].append(at)
        for members in buckets.values():
            # An empty band (one even field) gathers everything that is blank there; it proves nothing.
            if len(members) > _CROWD:
                continue
            for first, second in combinations(members, 2):
                distance = (hashes[first] ^ hashes[second]).bit_count()
                if labels[first] != labels[second] and distance <= most:
                    found[first, second] = distance
    alike = [(pair, d) for pair, d in found.items() if float(unit[pair[0]] @ unit[pair[1]]) >= near]
    return [UnequalPair(*pair, d) for pair, d in sorted(alike, key=lambda item: (item[1], item[0]))]


def outvoted(pairs: Sequence[UnequalPair], labels: Sequence[str]) -> dict[int, tuple[str, int]]:
    """Return, for each item that most of its near-duplicates contradict, their commonest label and one that has it.

    Near-duplicates are all that a chain of ``pairs`` joins. Where no label has the most votes, every item is told the
    label that another of the commonest ones has.

    >>> outvoted([UnequalPair(0, 2, 1), UnequalPair(1, 2, 0)], ["lipstick", "lipstick", "gift"])
    {2: ('lipstick', 0)}
    """
    found: dict[int, tuple[str, int]] = {}
    for members in _joined(pairs):
        votes = Counter(labels[at] for at in members).most_common()
        leading = [label for label, count in votes if count == votes[0][1]]
        for at in members:
            better = next((label for label in leading if label != labels[at]), None)
            if better is not None and (len(leading) > 1 or labels[at] != leading[0]):
                found[at] = better, next(other for other in members if labels[other] == better)
    return found


def _joined(pairs: Sequence[UnequalPair]) -> list[list[int]]:
    """Return the items that chains of pairs join, each set in rising order."""
    home: dict[int, set[int]] = {}
    for pair in pairs:
        both = home.get(pair.first, {pair.first}) | home.get(pair.second, {pair.second})
        home.update(dict.fromkeys(both, both))
    return sorted({id(members): sorted(members) for members in home.values()}.values())
