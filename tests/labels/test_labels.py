from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from enrichment.labels.agreement import agreements, cohen_kappa, fleiss_kappa
from enrichment.labels.audit import audit
from enrichment.labels.corrections import ReviewRow, read_corrections, write_review
from enrichment.labels.duplicates import UnequalPair, difference_hash, outvoted, unequal_duplicates
from enrichment.labels.labelled import Labelled
from enrichment.labels.out_of_fold import OutOfFold
from enrichment.labels.page import write_page
from enrichment.labels.suspects import suspects
from enrichment.progress.null import NullProgress
from schemas.errors import UsageError

COLOURS = ("black", "navy_blue", "red")


def picture(seed: int, shade: int = 0) -> bytes:
    cells = np.random.default_rng(seed).integers(0, 200, (8, 9)).astype(np.uint8)
    image = Image.fromarray(cells + np.uint8(shade)).resize((90, 80), Image.Resampling.NEAREST)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return out.getvalue()


@pytest.fixture(scope="module")
def items() -> Labelled:
    rng = np.random.default_rng(0)
    codes = np.arange(120) % 3
    features = rng.normal(size=(120, 6)) * 0.4
    features[np.arange(120), codes] += 4
    labels = [COLOURS[c] for c in codes]
    for wrong in (4, 31, 77):
        labels[wrong] = COLOURS[(codes[wrong] + 1) % 3]
    pictures = [picture(at) for at in range(120)]
    pictures[9] = picture(10, shade=3)
    features[9] = features[10] + 0.01
    votes = {"second": labels[:60] + [""] * 60}
    names = [f"<id&{at}>" for at in range(120)]
    return Labelled("colour", names, labels, features, [str(at) for at in range(120)], pictures, votes)


def test_planted_errors_rank_first_with_their_true_value(items: Labelled, tmp_path: Path) -> None:
    found = audit(items, tmp_path, NullProgress())
    worst = {s.at: s.suggested for s in found.suspects[:5]}
    assert {4, 31, 77} <= set(worst)
    assert worst[31] == COLOURS[31 % 3]
    assert found.kappa["all"] == 1.0
    assert any({p.first, p.second} == {9, 10} for p in found.duplicates)


def test_page_escapes_and_csv_feeds_back(items: Labelled, tmp_path: Path) -> None:
    found = audit(items, tmp_path, NullProgress())
    page = found.page.read_text(encoding="utf-8")
    assert "<id&" not in page
    assert "&lt;id&amp;31&gt;" in page
    with found.review.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["decision"] = {"<id&31>": "accept", "<id&4>": "drop"}.get(row["id"], "")
    with found.review.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    corrections = read_corrections(found.review)
    assert corrections == {("<id&31>", "colour"): "navy_blue", ("<id&4>", "colour"): ""}


def test_formulas_stay_text(tmp_path: Path) -> None:
    row = ReviewRow("=cmd()", "colour", "+red", "-blue", 0.1, 0.9, "why", "+red")
    write_review(tmp_path / "r.csv", [row])
    text = (tmp_path / "r.csv").read_text(encoding="utf-8")
    assert "\n'=cmd(),colour,'+red" in text.replace("\r", "")
    assert read_corrections(tmp_path / "r.csv") == {("=cmd()", "colour"): "+red"}
    write_page(tmp_path / "p.html", "<b>", [row], {}, {"<i>": "<u>"})
    assert "<b>" not in (tmp_path / "p.html").read_text(encoding="utf-8")


HOSTILE = ("'90s-tee-1", "''", "=1+1", " =1+1", "\uff1d1", "%x", "|cmd", "\n=1", " plain ")


def test_what_is_guarded_is_read_back_as_it_was(tmp_path: Path) -> None:
    rows = [ReviewRow(name, "colour", "blue", "red", 0.1, 0.9, "why", "accept") for name in HOSTILE]
    write_review(tmp_path / "r.csv", rows)
    with (tmp_path / "r.csv").open(encoding="utf-8", newline="") as file:
        written = [row[0] for row in csv.reader(file)][1:]
    assert written == [*(f"'{name}" for name in HOSTILE[:-1]), " plain "]
    assert read_corrections(tmp_path / "r.csv") == {(name, "colour"): "red" for name in HOSTILE}


def test_a_foreign_csv_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UsageError, match=r"columns .* are missing"):
        read_corrections(tmp_path / "x.csv")
    (tmp_path / "x.csv").write_bytes("id,attribute,label\n1,colour,bleu céleste\n".encode("cp1252"))
    with pytest.raises(UsageError, match=r"x\.csv line 2: .* CSV UTF-8"):
        read_corrections(tmp_path / "x.csv")
    with pytest.raises(UsageError, match="labels audit"):
        read_corrections(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("attribute", "suggested", "decision", "told"),
    [
        ("article_typ", "Tshirts", "accept", ["'article_typ' is not known (closest: 'article_type')", "colour"]),
        ("article_typ", "Tshirts", "drop", ["'article_typ' is not known (closest: 'article_type')"]),
        ("article_type", "Tshirts", "Tshirtz", ["'Tshirtz' is no value of article_type (closest: 'Tshirts')"]),
        ("article_type", "Tshirtz", "accept", ["'Tshirtz' is no value of article_type (closest: 'Tshirts')"]),
        ("colour", "red", "Reject", ["'Reject' is no value of colour", "accept, keep, drop or a value", "navy_blue"]),
        ("colour", "", "accept", ["'accept' without a suggested value"]),
    ],
)
def test_a_decision_that_is_no_value_is_refused_where_it_stands(
    tmp_path: Path, attribute: str, suggested: str, decision: str, told: list[str]
) -> None:
    fine = ReviewRow("1", "colour", "red", "blue", 0.1, 0.9, "two\nlines", "accept")
    write_review(tmp_path / "r.csv", [fine, ReviewRow("2", attribute, "Shirts", suggested, 0.1, 0.9, "why", decision)])
    with pytest.raises(UsageError) as refused:
        read_corrections(tmp_path / "r.csv")
    assert str(refused.value).startswith("r.csv line 4: ")
    assert [part for part in told if part not in str(refused.value)] == []


def test_declared_values_and_labels_of_the_training_set_are_taken(tmp_path: Path) -> None:
    rows = [
        ReviewRow("1", "article_type", "Shirts", "Free Gifts", 0.1, 0.9, "why", "Accept"),
        ReviewRow("2", "image_group", "top", "dress", 0.1, 0.9, "why", "skirt"),
        ReviewRow("3", "neckline", "round", "v_neck", 0.1, 0.9, "why", "other"),
        ReviewRow("4", "neckline", "other", "round", 0.1, 0.9, "why", "KEEP"),
        ReviewRow("5", "nonsense", "a", "b", 0.1, 0.9, "why"),
    ]
    write_review(tmp_path / "r.csv", rows)
    assert read_corrections(tmp_path / "r.csv") == {
        ("1", "article_type"): "Free Gifts",
        ("2", "image_group"): "skirt",
        ("3", "neckline"): "other",
    }


def test_kappas_match_published_examples() -> None:
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohen_kappa(first, second) == pytest.approx(0.4)
    # The worked table of Fleiss' paper: 10 items, 14 raters, 5 categories.
    table = [
        (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
        (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
    ]  # fmt: skip
    votes = [[str(value) for value, n in enumerate(row) for _ in range(n)] for row in table]
    assert fleiss_kappa(votes) == pytest.approx(0.210, abs=0.001)


def test_kappa_without_common_items_is_none() -> None:
    assert cohen_kappa(["a", ""], ["", "b"]) is None
    assert fleiss_kappa([["a", ""], ["", "b"]]) is None
    assert agreements({"label": ["a"]}) == {}


def test_equal_labels_and_far_pictures_are_no_finding() -> None:
    hashes = [difference_hash(picture(1)), difference_hash(picture(1, shade=2)), difference_hash(picture(2))]
    features = np.ones((3, 4), dtype=np.float32)
    assert unequal_duplicates(hashes, ["a", "a", "b"], features) == []
    assert [(p.first, p.second) for p in unequal_duplicates(hashes, ["a", "b", "b"], features)] == [(0, 1)]


def test_the_outvoted_duplicate_is_told_the_label_of_the_others() -> None:
    star = [UnequalPair(0, 3, 0), UnequalPair(1, 3, 1), UnequalPair(2, 3, 2)]
    assert outvoted(star, ["lipstick"] * 3 + ["gift", "hat", "cap"]) == {3: ("lipstick", 0)}
    assert outvoted([UnequalPair(4, 5, 0)], ["x"] * 4 + ["hat", "cap"]) == {4: ("cap", 5), 5: ("hat", 4)}
    three = [UnequalPair(0, 1, 0), UnequalPair(1, 2, 0), UnequalPair(0, 2, 0)]
    assert outvoted(three, ["a", "b", "c"]) == {0: ("b", 1), 1: ("a", 0), 2: ("a", 0)}
    assert outvoted([], []) == {}


def test_all_near_duplicates_vote_however_few_rows_are_asked_for(items: Labelled, tmp_path: Path) -> None:
    features, pictures = items.features.copy(), list(items.pictures)
    features[13], pictures[13] = features[10], picture(10, shade=5)
    found = audit(replace(items, features=features, pictures=pictures), tmp_path, NullProgress(), most=1)
    assert {(p.first, p.second) for p in found.duplicates} == {(9, 10), (9, 13)}
    with found.review.open(encoding="utf-8") as file:
        told = [(row["id"], row["suggested"]) for row in csv.DictReader(file) if "near-duplicate" in row["why"]]
    assert told == [("<id&9>", "navy_blue")]


def test_a_label_the_model_is_sure_against_ranks_before_one_it_is_unsure_of() -> None:
    codes = np.arange(60) % 3
    labels = [("a", "b", "c")[code] for code in codes]
    shares = np.full((60, 3), 0.05)
    shares[np.arange(60), codes] = 0.9
    shares[0], shares[3] = [1e-6, 0.04, 0.96 - 1e-6], [1e-4, 1 - 2e-4, 1e-4]
    items = Labelled("x", [str(at) for at in range(60)], labels, np.ones((60, 2)), [str(at) for at in range(60)])
    found = suspects(items, OutOfFold(np.arange(60), codes, ("a", "b", "c"), shares))
    assert [s.id for s in found].index("3") < [s.id for s in found].index("0")


def test_too_few_labels_are_refused(tmp_path: Path) -> None:
    few = Labelled("colour", ["1"], ["red"], np.ones((1, 2)), ["1"])
    with pytest.raises(UsageError, match="two labels"):
        audit(few, tmp_path, NullProgress())
    with pytest.raises(UsageError, match="lengths"):
        Labelled("colour", ["1", "2"], ["red"], np.ones((1, 2)), ["1"])
