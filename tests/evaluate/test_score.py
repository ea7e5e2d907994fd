import io
import json
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest
from rich.console import Console

from enrichment.evaluate.report import as_json, show
from enrichment.evaluate.score import score
from schemas.errors import UsageError

LEVELS = ("division", "department", "class", "subclass")
SHIRT = ("Women", "Clothing", "Tops", "Shirts")
HEELS = ("Women", "Shoes", "Heels", "Heels")
TEXT = pa.string()


def truth_row(sku, path=SHIRT, filing="right", night="2026-11-17", **more):
    row = {
        "vendor": "acme",
        "night": night,
        "sku": sku,
        "filing": filing,
        "image_group": "top",
        "article_type": "Shirts",
    }
    return row | {"colour": "Navy Blue"} | dict(zip(LEVELS, path, strict=True)) | more


def answer_row(sku, path=SHIRT, sent=SHIRT, **more):
    padded = (*path, *(None,) * (4 - len(path)))
    row = {
        "vendor": "acme",
        "sku": sku,
        "name": "Blue cotton shirt",
        "description": "",
        "image_sha256": ["ab"],
        "image_group": "top",
    }
    row |= {"attr_article_type": "Shirts", "attr_colour": "navy_blue"} | dict(zip(LEVELS, padded, strict=True))
    return row | {f"vendor_{level}": value for level, value in zip(LEVELS, sent, strict=True)} | more


def scored(pairs, **how):
    truth, answers = zip(*pairs, strict=True)
    names = sorted({key for row in truth for key in row})
    table = pa.Table.from_pylist(list(truth), schema=pa.schema([(name, TEXT) for name in names]))
    return score(pa.Table.from_pylist(list(answers)), table, **how)


def test_all_right_scores_one():
    scores = scored([(truth_row(str(k)), answer_row(str(k))) for k in range(5)])
    assert scores.scored == 5
    assert all(field.accuracy.value == field.coverage.value == 1 for field in scores.fields)
    assert scores.hierarchical["f1"] == 1
    assert scores.measure("class_path_precision").met
    assert scores.measure("right_left_alone").share.n == 5


def test_stopping_at_the_parent_costs_coverage_and_not_precision():
    scores = scored([(truth_row("a"), answer_row("a")), (truth_row("b"), answer_row("b", SHIRT[:3]))])
    assert scores.measure("full_path_precision").share.value == 1
    assert scores.measure("full_path_coverage").share.value == 0.5
    assert scores.measure("class_path_coverage").share.value == 1
    assert scores.field("path").coverage.value == 0.5
    assert scores.measure("right_left_alone").share.value == 0.5
    assert scores.measure("right_not_contradicted").share.value == 1
    assert scores.hierarchical["precision"] == 1
    assert scores.hierarchical["recall"] == pytest.approx(7 / 8)


def test_a_wrong_class_above_a_right_subclass_is_no_right_path():
    scores = scored([(truth_row("a"), answer_row("a", ("Women", "Clothing", "Heels", "Shirts")))])
    assert scores.field("subclass").accuracy.value == 1
    assert scores.field("path").accuracy.value == 0
    assert scores.field("class").confusions == (("Tops", "Heels", 1),)


def test_unknown_and_outside_do_not_count_for_fields():
    nothing = (None,) * 4
    pairs = [
        (truth_row("a", nothing, image_group=None, colour=None, article_type=None), answer_row("a")),
        (
            truth_row("b", ("Unisex", "", "", ""), image_group="other"),
            answer_row("b", ("Unisex",), image_group="other"),
        ),
        (truth_row("c", ("Unisex", "", "", ""), image_group="other"), answer_row("c")),
        (truth_row("d", ("Unisex", "", "", ""), image_group="other"), answer_row("d", image_group="other")),
    ]
    scores = scored(pairs)
    assert scores.field("path").coverage.n == 0
    assert scores.field("class").coverage.n == 0
    assert scores.field("image_group").coverage.n == 3
    assert (
        scores.measure("outside_kept_out").share.right,
        scores.measure("outside_told_apart").share.right,
        scores.measure("outside_told_apart").share.n,
    ) == (1, 2, 3)


def test_placeholder_levels_count_cell_by_cell():
    sent = ("Women", "DEF", "def", "")
    pairs = [
        (truth_row("a", filing="def"), answer_row("a", sent=sent)),
        (truth_row("b", filing="def"), answer_row("b", ("Women", "Clothing"), sent=sent)),
        (truth_row("c", HEELS, filing="def"), answer_row("c", SHIRT, sent=sent)),
    ]
    scores = scored(pairs)
    assert (
        scores.measure("placeholder_levels_resolved").share.right,
        scores.measure("placeholder_levels_resolved").share.n,
    ) == (5, 6)
    assert (
        scores.measure("placeholder_levels_right").share.right,
        scores.measure("placeholder_levels_right").share.n,
    ) == (3, 5)
    assert (scores.measure("blank_levels_resolved").share.right, scores.measure("blank_levels_resolved").share.n) == (
        2,
        3,
    )


def test_damaged_filings_are_counted_together_and_apart():
    pairs = [
        (truth_row("a", filing="wrong"), answer_row("a", sent=HEELS)),
        (truth_row("b", filing="shifted"), answer_row("b", SHIRT[:2])),
        (truth_row("c", filing="repeated"), answer_row("c", HEELS)),
        (truth_row("d", filing="def"), answer_row("d", HEELS)),
    ]
    scores = scored(pairs)
    assert (scores.measure("damaged_corrected").share.right, scores.measure("damaged_corrected").share.n) == (1, 3)
    assert scores.measure("wrong_corrected").share.value == 1
    assert scores.measure("right_left_alone").share.value is None
    assert scores.measure("right_left_alone").met is None


def test_pictures_alone_are_those_without_words():
    mute = {"name": "Item d44cfac9", "description": ""}
    pairs = [
        (truth_row("a"), answer_row("a", **mute)),
        (truth_row("b"), answer_row("b", image_group="dress", **mute)),
        (truth_row("c"), answer_row("c", image_group="dress")),
        (truth_row("d"), answer_row("d", image_sha256=[], **mute)),
    ]
    measure = scored(pairs).measure("pictures_alone_group")
    assert (measure.share.right, measure.share.n) == (1, 2)


def test_the_latest_truth_counts_and_a_night_leaves_out_later_ones():
    first = truth_row("a")
    later = truth_row("a", HEELS, night="2026-11-18")
    pairs = [(first, answer_row("a")), (later, answer_row("z"))]
    assert scored(pairs).field("path").accuracy.value == 0
    assert scored(pairs, night=date(2026, 11, 17)).field("path").accuracy.value == 1


def test_colours_are_compared_by_declared_names_and_near_ones_apart():
    pairs = [
        (truth_row("a", colour="Navy Blue"), answer_row("a", attr_colour="navy_blue|white")),
        (truth_row("b", colour="Navy Blue"), answer_row("b", attr_colour="blue")),
        (truth_row("c", colour="Navy Blue"), answer_row("c", attr_colour="yellow")),
        (truth_row("d", colour="Navy Blue"), answer_row("d", attr_colour=None)),
    ]
    colour = scored(pairs).field("colour")
    assert (colour.accuracy.right, colour.accuracy.n, colour.coverage.n) == (1, 3, 4)
    assert colour.near is not None
    assert colour.near.right == 2


def test_a_truth_may_spell_a_colour_as_a_column_does():
    pairs = [(truth_row("a", colour="Skin"), answer_row("a", attr_colour="nude"))]
    assert scored(pairs).field("colour").accuracy.right == 1


def test_attributes_that_both_tables_hold_are_scored_too():
    scores = scored([(truth_row("a", neckline="v_neck"), answer_row("a", attr_neckline="round"))])
    assert scores.field("neckline").confusions == (("v_neck", "round", 1),)


def test_any_of_several_materials_may_be_the_true_one():
    pairs = [
        (truth_row("a", material="linen"), answer_row("a", attr_material="cotton|linen")),
        (truth_row("b", material="silk"), answer_row("b", attr_material="cotton|linen")),
    ]
    material = scored(pairs).field("material")
    assert (material.accuracy.right, material.accuracy.n) == (1, 2)
    assert material.confusions == (("silk", "cotton", 1),)


def test_slices_name_vendor_night_filing_and_group():
    scores = scored([(truth_row("a"), answer_row("a")), (truth_row("b", filing="def"), answer_row("b"))])
    assert {(part.by, part.value, part.products) for part in scores.slices} == {
        ("vendor", "acme", 2),
        ("night", "2026-11-17", 2),
        ("filing", "def", 1),
        ("filing", "right", 1),
        ("image_group", "top", 2),
    }


def test_a_truth_without_needed_columns_is_refused():
    with pytest.raises(UsageError, match="are missing"):
        score(pa.table({"vendor": ["a"]}), pa.table({"vendor": ["a"], "sku": ["b"], "night": ["n"]}))


def test_report_is_plain_json_and_readable_tables():
    name = "[red]Shirt[/red]"
    scores = scored([(truth_row("a", article_type=name), answer_row("a"))])
    told = json.loads(json.dumps(as_json(scores), allow_nan=False))
    assert {measure["name"] for measure in told["measures"]} >= {"class_path_precision", "outside_kept_out"}
    page = io.StringIO()
    show(scores, Console(file=page, width=200))
    assert "hierarchical F1" in page.getvalue()
    assert "[red]shirt[/red]" in page.getvalue()


def test_truths_outside_the_hierarchy_are_counted_and_change_no_figure():
    blouses, flats = (*SHIRT[:3], "Blouses"), ("Women", "Shoes", "Flats", "Flats")
    paths = [SHIRT, HEELS, HEELS, blouses, blouses, flats, flats, flats, ("Women", "Bags", None, None), (None,) * 4]
    paths += [("Unisex", "", "", ""), (*SHIRT[:3], "[red]Tees[/red]\x1b")]
    pairs = [(truth_row(str(at), path), answer_row(str(at))) for at, path in enumerate(paths)]
    plain, told = scored(pairs), scored(pairs, known={SHIRT, HEELS, ("Unisex",)}.__contains__)
    assert plain.unknown is None
    assert replace(told, unknown=None) == plain
    assert as_json(told)["unknown_paths"] == {
        "rows": 7,
        "of": 11,
        "examples": [
            {"path": " / ".join(flats), "rows": 3},
            {"path": " / ".join(blouses), "rows": 2},
            {"path": "Women / Bags", "rows": 1},
        ],
    }
    page = io.StringIO()
    show(told, Console(file=page, width=1000))
    assert "notice: 7 of 11 truths have a path" in page.getvalue()
    assert "'Women / Shoes / Flats / Flats' (3), 'Women / Clothing / Tops / Blouses' (2)" in page.getvalue()


def test_without_unknown_paths_there_is_no_notice():
    for how, unknown in (({}, None), ({"known": lambda levels: True}, {"rows": 0, "of": 1, "examples": []})):
        scores = scored([(truth_row("a"), answer_row("a"))], **how)
        page = io.StringIO()
        show(scores, Console(file=page, width=1000))
        assert "notice" not in page.getvalue()
        assert as_json(scores)["unknown_paths"] == unknown
