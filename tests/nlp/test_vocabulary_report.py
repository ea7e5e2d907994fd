"""From unknown terms to the vocabulary: mining, the report, and what a reviewer takes in."""

from __future__ import annotations

import csv
import re
import shutil
from dataclasses import replace
from difflib import ndiff
from pathlib import Path

import numpy as np
import pytest
import yaml
from ruamel.yaml import YAML

from nlp.accept import accept
from nlp.catalog import STARTER, ProductText
from nlp.lexicon import Lexicon
from nlp.mining import Candidate, Miner
from nlp.vectors import WordVectors
from nlp.vocabulary_report import COLUMNS, as_csv, as_page, write_report
from schemas.attribute_spec import Attributes, attributes
from schemas.declared import SCHEMA_DIR, load
from schemas.errors import DeclarationError, UsageError
from schemas.sheet import read_sheet

HOSTILE = Candidate("=cmd()", "collar", "spread", 0.5, 9, 2, 1.0, ("<script>alert(1)</script>",))


@pytest.fixture
def declaration(tmp_path: Path) -> Path:
    path = tmp_path / "attributes.yaml"
    shutil.copy(SCHEMA_DIR / "attributes.yaml", path)
    return path


def _sheet(path: Path, *rows: tuple[str, str, str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows((*row, 0, 1, 1, 0, "") for row in rows)
    return path


def test_frequent_telling_unknown_terms_are_found(lexicon: Lexicon) -> None:
    miner = Miner(lexicon, attributes(), WordVectors.load(STARTER))
    odd = [ProductText("a", str(i), "Acme Women Blue Dress", "Blue dress, has a zibbly hem") for i in range(10)]
    plain = [ProductText("b", str(i), "Acme Men Blue Jeans", "Blue jeans, nice thing") for i in range(30)]
    miner.add([*odd, *plain, ProductText("b", "x", "Acme Dress", "nice")])
    found = {c.term: c for c in miner.candidates(least=5)}
    assert found["zibbly"].count == 10
    assert found["zibbly"].telling > 1.0
    assert found["zibbly"].vendors == 1
    assert "zibbly hem" in found["zibbly"].examples[0]
    assert "blue" not in found
    assert "acme" not in found


def test_the_name_of_an_attribute_is_no_term(lexicon: Lexicon) -> None:
    miner = Miner(lexicon, attributes(), WordVectors.load(STARTER))
    miner.add(ProductText("a", str(i), "Acme Colour Dress", "A zibbly dress, features a style.") for i in range(10))
    found = {c.term for c in miner.candidates(least=5)}
    assert "zibbly" in found
    assert found.isdisjoint({"colour", "features", "style"})


def test_a_part_of_a_spelling_is_less_alike_than_the_whole(lexicon: Lexicon) -> None:
    declared = Attributes.model_validate(
        {
            "version": 1,
            "attributes": [
                {
                    "name": "finish",
                    "title": "Finish",
                    "values": [
                        {"name": "half", "synonyms": ["zibbly glorped"]},
                        {"name": "unheard", "synonyms": ["zibbly unheard"]},
                        {"name": "whole", "synonyms": ["dobbly"]},
                    ],
                }
            ],
        }
    )
    vectors = WordVectors(["zibbly", "glorped", "dobbly"], np.array([[1, 0], [1, 0.1], [1, 0.3]], dtype=np.float32))
    miner = Miner(lexicon, declared, vectors)
    miner.add(ProductText("a", str(i), "Acme Blue Dress", "Blue dress, has a zibbly look") for i in range(10))
    term = next(c for c in miner.candidates(least=5) if c.term == "zibbly")
    assert (term.attribute, term.value) == ("finish", "whole")
    assert 0.9 < term.alike < 1


def test_vendor_text_is_harmless_in_the_report(tmp_path: Path) -> None:
    page, sheet = write_report([HOSTILE], tmp_path / "report")
    assert "<script>" not in page.read_text(encoding="utf-8")
    assert "&lt;script&gt;" in as_page([HOSTILE])
    row = next(csv.DictReader(sheet.read_text(encoding="utf-8").splitlines()))
    assert row["term"] == "'=cmd()"
    assert as_csv([]).strip() == ",".join(COLUMNS)


@pytest.mark.parametrize("term", ["'90s", "=1+1", " =1+1", "\uff1d1", "%x", "|cmd", "\n=1"])
def test_a_term_is_guarded_and_read_back(tmp_path: Path, term: str) -> None:
    sheet = tmp_path / "vocabulary.csv"
    sheet.write_text(as_csv([replace(HOSTILE, term=term)]), encoding="utf-8", newline="")
    assert f"'{term}" in sheet.read_text(encoding="utf-8")
    assert [row["term"] for _, row in read_sheet(sheet, COLUMNS, "us", verbatim=("term",))] == [term]


def test_accepted_terms_are_merged_and_comments_stay(tmp_path: Path, declaration: Path) -> None:
    before = declaration.read_text(encoding="utf-8")
    sheet = _sheet(
        tmp_path / "v.csv",
        ("accept", "Zibbly collar", "collar", "spread"),
        ("accept", "johnny collar", "collar", "Johnny"),
        ("accept", "spread collar", "collar", "spread"),
        ("", "ignored", "collar", "spread"),
    )
    done = accept(sheet, declaration, new_values=True)
    assert done.synonyms == ("collar.spread: zibbly collar",)
    assert done.values == ("collar.johnny: johnny collar",)
    assert done.known == ("collar.spread: spread collar",)
    merged = load(declaration, Attributes).get("collar")
    assert "zibbly collar" in next(v for v in merged.values if v.name == "spread").synonyms
    assert next(v for v in merged.values if v.name == "johnny").synonyms == ("johnny collar",)
    changed = ndiff(before.splitlines(), declaration.read_text(encoding="utf-8").splitlines())
    assert [line for line in changed if line[0] in "-+"] == [
        "-         synonyms: [spread collar, cutaway collar, cut away collar, semi spread collar, widespread collar]",
        "+         synonyms: [spread collar, cutaway collar, cut away collar, semi spread collar, widespread collar, "
        "zibbly collar]",
        "+       - {name: johnny, synonyms: [johnny collar]}",
    ]
    others = {a.name: a for a in load(SCHEMA_DIR / "attributes.yaml", Attributes).attributes if a.name != "collar"}
    assert {a.name: a for a in load(declaration, Attributes).attributes if a.name != "collar"} == others


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("accept", "x y", "colar", "spread"), r"v\.csv line 3: attribute 'colar' .* \(closest: 'collar'\).* colour,"),
        (("accept", "x y", "article_type", "Tshirts"), "attribute 'article_type' is not declared with values"),
        (("accept", "x y", "collar", ""), "needs a value of collar"),
        (
            ("acept", "x y", "collar", "spread"),
            r"v\.csv line 3: action 'acept' .* 'x y' .* \(closest: 'accept'\).* Allowed",
        ),
        (("reject", "x y", "collar", "spread"), r"line 3: action 'reject' .* Allowed: accept, or nothing"),
        (
            ("accept", "Camp-Collar", "collar", "club"),
            r"line 3: term 'camp-collar' is a synonym of collar 'cuban' already",
        ),
        (
            ("accept", "peter pan", "collar", "club"),
            "term 'peter pan' is the name of collar 'peter_pan' .* Write peter_pan",
        ),
        (
            ("accept", "nehru", "collar", "club"),
            r"'nehru' is a word of collar 'mandarin' already.*attributes\.yaml first",
        ),
        (("accept", "fine", "collar", "club"), r"line 3: term 'fine' is a synonym of collar 'spread' by v\.csv line 2"),
        (("accept", "x y", "collar", "band"), "the new value 'band' is a word of collar 'mandarin'"),
        (
            ("accept", "x y", "collar", "spraed"),
            r"line 3: collar 'spraed' is new \(nearest known: spread\).*--new-values",
        ),
    ],
)
def test_a_wrong_row_changes_nothing(
    tmp_path: Path, declaration: Path, row: tuple[str, str, str, str], message: str
) -> None:
    before = declaration.read_bytes()
    with pytest.raises(UsageError, match=message):
        accept(_sheet(tmp_path / "v.csv", ("accept", "fine", "collar", "spread"), row), declaration)
    assert declaration.read_bytes() == before
    assert not list(tmp_path.glob("*.new"))


@pytest.mark.parametrize(
    "term",
    [
        *("yes", "no", "on", "true", "null", "~", "1e3", "12", "1_000", "0x1f", "12:30", "2024-01-01", ".inf"),
        *("a: [b", "# a", 'so "wide"', "men's", "-", "& *", "écru", "\N{DRESS}", "a\\b"),
    ],
)
def test_a_term_stays_text_for_any_reader(tmp_path: Path, declaration: Path, term: str) -> None:
    sheet = tmp_path / "v.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS[:4], ("accept", term, "fit", "zibbly")])
    accept(sheet, declaration, new_values=True)
    for read in (yaml.safe_load, YAML(typ="safe").load):
        fit = next(a for a in read(declaration.read_text(encoding="utf-8"))["attributes"] if a["name"] == "fit")
        assert fit["values"][-1] == {"name": "zibbly", "synonyms": [term]}


def test_the_same_term_twice_for_one_value_is_known(tmp_path: Path, declaration: Path) -> None:
    row = ("accept", "zibbly", "collar", "spread")
    sheet = _sheet(tmp_path / "v.csv", row, row, ("Accept", "Spread-Collar", "collar", "spread"))
    done = accept(sheet, declaration)
    assert done.synonyms == ("collar.spread: zibbly",)
    assert done.known == ("collar.spread: zibbly", "collar.spread: spread-collar")
    assert accept(sheet, declaration).synonyms == ()


def test_a_dry_run_and_a_broken_declaration_name_the_real_file(tmp_path: Path, declaration: Path) -> None:
    before = declaration.read_bytes()
    sheet = _sheet(tmp_path / "v.csv", ("accept", "zibbly", "collar", "spread"))
    assert accept(sheet, declaration, dry_run=True).synonyms == ("collar.spread: zibbly",)
    assert declaration.read_bytes() == before
    declaration.write_bytes(before + b"more: [\n")
    with pytest.raises(DeclarationError, match=re.escape(f"{declaration}: not YAML")):
        accept(sheet, declaration)


def test_a_list_that_two_values_share_is_not_added_to(tmp_path: Path) -> None:
    declaration = tmp_path / "attributes.yaml"
    declaration.write_text(
        "version: 1\nattributes:\n  - name: fit\n    title: Fit\n    values:\n"
        "      - {name: slim, codes: &same [a], synonyms: *same}\n",
        encoding="utf-8",
    )
    before = declaration.read_bytes()
    sheet = _sheet(tmp_path / "v.csv", ("accept", "narrow", "fit", "slim"))
    with pytest.raises(UsageError, match=r"attributes\.yaml is laid out .* by hand: v\.csv line 2: fit\.slim: narrow"):
        accept(sheet, declaration)
    assert declaration.read_bytes() == before


def test_a_foreign_sheet_is_refused(tmp_path: Path, declaration: Path) -> None:
    sheet = tmp_path / "v.csv"
    sheet.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(UsageError, match="columns"):
        accept(sheet, declaration)
    sheet.write_bytes(",".join(COLUMNS).encode() + "\naccept,bleu céleste,colour,blue\n".encode("cp1252"))
    with pytest.raises(UsageError, match=r"v\.csv line 2: .* CSV UTF-8"):
        accept(sheet, declaration)
    sheet.unlink()
    with pytest.raises(UsageError, match="vocabulary report"):
        accept(sheet, declaration)


def test_a_link_to_the_vocabulary_stays_one_and_its_file_keeps_its_mode(tmp_path: Path, declaration: Path) -> None:
    declaration.chmod(0o660)
    link = tmp_path / "elsewhere" / "attributes.yaml"
    link.parent.mkdir()
    link.symlink_to(declaration)
    sheet = _sheet(tmp_path / "v.csv", ("accept", "zibbly collar", "collar", "spread"))
    assert accept(sheet, link).synonyms == ("collar.spread: zibbly collar",)
    assert link.is_symlink()
    assert "zibbly collar" in declaration.read_text(encoding="utf-8")
    assert declaration.stat().st_mode & 0o777 == 0o660
    assert sorted(path.name for path in tmp_path.iterdir()) == ["attributes.yaml", "elsewhere", "v.csv"]
    assert list(link.parent.iterdir()) == [link]
