from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.records import ProblemReason
from schemas.vendor_spec import VendorSpec
from tests.vendors import golden

HEAD = "Item,Size,Name,Gender,Type,Shade,Picture,State,Style\n"


def spec(**more: object) -> VendorSpec:
    declared: dict[str, object] = {
        "columns": {
            "sku": "Item",
            "name": "Name",
            "levels": {"division": "Gender", "subclass": "Type"},
            "images": "Picture",
            "sizes": "Size",
            "optional": ["Style", "State"],
        },
        "attributes": {"colour": "Shade"},
        "style": {"pattern": "^(?P<style>.+)-[^-]+$"},
        "withdrawal": {"column": "State", "values": ["gone", "D"]},
    }
    return golden.spec("csv", **(declared | more))


def read(folder: Path, *lines: str, **more: object) -> golden.DropBatch:
    return golden.read_bytes(spec(**more), folder, (HEAD + "\n".join(lines) + "\n").encode())


def test_blank_cells_are_filled_and_the_first_real_value_wins(tmp_path: Path) -> None:
    drop = read(
        tmp_path,
        "K-1-S,S,,,DEF,,1.jpg,,",
        "K-1-M,M,Dress,Women,,Red,1.jpg,,",
        "K-1-L,L,Other,Men,Dresses,Blue,1b.jpg,,",
    )
    product = drop.products[0]
    assert (product.sku, product.rows, product.sizes) == ("K-1", (1, 2, 3), ("S", "M", "L"))
    assert product.name == "Dress"
    assert product.levels == ("Women", None, None, "Dresses", None)
    assert product.fields == {"colour": "Red"}
    assert product.images == ("1.jpg", "1b.jpg")


def test_a_placeholder_stays_where_no_row_says_more(tmp_path: Path) -> None:
    drop = read(tmp_path, "K-1-S,S,Tee,,,,1.jpg,,", "K-1-M,DEF,Tee,,def,,1.jpg,,")
    assert drop.products[0].levels == ("", None, None, "def", None)
    assert drop.products[0].sizes == ("S",)


def test_scattered_rows_and_repeated_sizes_are_one_style(tmp_path: Path) -> None:
    drop = read(tmp_path, "K-1-S,S,A,,,,,,", "K-2-S,S,B,,,,,,", "K-1-S,S,A,,,,,,", "K-2-M,M,B,,,,,,")
    assert [(p.sku, p.rows, p.sizes) for p in drop.products] == [("K-1", (1, 3), ("S",)), ("K-2", (2, 4), ("S", "M"))]
    assert not drop.problems


def test_a_number_that_does_not_fit_the_pattern_is_its_own_style(tmp_path: Path) -> None:
    assert [p.sku for p in read(tmp_path, "SOLO,,Ring,,,,,,").products] == ["SOLO"]


def test_style_from_a_column(tmp_path: Path) -> None:
    drop = read(tmp_path, "1,S,A,,,,,,ST1", "2,M,A,,,,,,ST1", "3,S,B,,,,,,", style={"column": "Style"}, withdrawal=None)
    assert [(p.sku, p.rows) for p in drop.products] == [("ST1", (1, 2)), ("3", (3,))]


def test_withdrawn_sizes_leave_and_a_style_goes_with_its_last(tmp_path: Path) -> None:
    drop = read(tmp_path, "K-1-S,S,A,,,,,GONE,", "K-1-M,M,A,,,,,,", "K-2-S,S,B,,,,,d,", "K-2-M,M,B,,,,,D,")
    assert [(p.sku, p.rows, p.sizes) for p in drop.products] == [("K-1", (1, 2), ("M",))]
    assert drop.withdrawn == [("K-2", (3, 4))]


def test_bad_rows_of_a_style_are_lost_alone(tmp_path: Path) -> None:
    drop = read(tmp_path, "K-1-S,S,A,,,,,,", "K-1-M,M," + "x" * 60 + ",,,,,,", "-,S,C,,,,,,", limits={"cell_chars": 50})
    assert [(p.sku, p.rows) for p in drop.products] == [("K-1", (1,))]
    assert [(p.row, p.reason) for p in drop.problems] == [
        (2, ProblemReason.ROW_TOO_LONG),
        (3, ProblemReason.SKU_MISSING),
    ]


def test_a_style_without_words_and_pictures_quarantines_each_row(tmp_path: Path) -> None:
    drop = read(tmp_path, "K-1-S,S,,,,,,,", "K-1-M,M,N/A,,,,-,,")
    assert [(p.row, p.sku, p.reason) for p in drop.problems] == [
        (1, "K-1", ProblemReason.NAME_MISSING),
        (2, "K-1", ProblemReason.NAME_MISSING),
    ]


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    items=st.lists(
        st.tuples(
            st.sampled_from(["K-1", "K-2", "K-3", "", "DEF"]), st.sampled_from("SML"), st.sampled_from(["", "D"])
        ),
        max_size=12,
    ),
    batch=st.integers(1, 4),
)
@pytest.mark.parametrize("grouped", [True, False])
def test_rows_in_are_rows_out(tmp_path: Path, grouped: bool, items: list[tuple[str, str, str]], batch: int) -> None:
    declared = spec() if grouped else spec(style=None)
    lines = [f"{style}-{size},{size},N,,,,,{state},\n" for style, size, state in items]
    golden.put(tmp_path, declared, (HEAD + "".join(lines)).encode())
    drop = golden.read(declared, tmp_path, batch)
    assert drop.rows_in == len(items)
    rows = [row for product in drop.products for row in product.rows]
    rows += [problem.row for problem in drop.problems if problem.quarantined]
    rows += [row for _, numbers in drop.withdrawn for row in numbers]
    assert sorted(rows) == list(range(1, len(items) + 1))
    skus = [product.sku for product in drop.products]
    assert len(set(skus)) == len(skus)
