from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from enrichment.vision.splits import LEFT_OUT, TEST_BRAND, TRAIN, brand_of, fraction, product_splits, sender_splits

_NAMES = st.lists(st.tuples(st.integers(0, 30).map(str), st.integers(0, 12).map(lambda n: f"brand{n}")), max_size=80)


@given(_NAMES)
def test_no_cluster_and_no_held_brand_is_on_both_sides(rows: list[tuple[str, str]]) -> None:
    clusters, brands = [c for c, _ in rows], [b for _, b in rows]
    splits = product_splits(clusters, brands)
    by_cluster: dict[str, set[str]] = {}
    for cluster, split in zip(clusters, splits, strict=True):
        by_cluster.setdefault(cluster, set()).add(split)
    assert all(len(found - {LEFT_OUT}) == 1 for found in by_cluster.values() if found != {LEFT_OUT})
    held = {brand for brand, split in zip(brands, splits, strict=True) if split == TEST_BRAND}
    assert not any(split == TRAIN for brand, split in zip(brands, splits, strict=True) if brand in held)


def test_a_split_does_not_move_when_rows_are_added() -> None:
    few = sender_splits(["a", "b", "c"])
    assert sender_splits(["a", "x", "b", "y", "c"])[::2] == few


def test_fraction_is_fixed_and_even() -> None:
    places = [fraction("cluster", str(n)) for n in range(4000)]
    assert abs(sum(places) / len(places) - 0.5) < 0.02
    assert fraction("cluster", "7") == places[7]


def test_brand_is_the_first_word() -> None:
    assert brand_of("ADIDAS Men Shoes") == "adidas"
    assert brand_of("  ") == ""
