"""From unknown terms to the vocabulary: mining, the report, and what a reviewer takes in."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

from nlp.accept import accept
from nlp.catalog import STARTER, ProductText
from nlp.lexicon import Lexicon
from nlp.mining import Candidate, Miner
from nlp.vectors import WordVectors
from nlp.vocabulary_report import COLUMNS, as_csv, as_page, write_report
from schemas.attribute_spec import Attributes, attributes
from schemas.declared import SCHEMA_DIR, load
from schemas.errors import UsageError

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


def test_accepted_terms_are_merged_and_comments_stay(tmp_path: Path, declaration: Path) -> None:
    before = declaration.read_text(encoding="utf-8")
    sheet = _sheet(
        tmp_path / "v.csv",
        ("accept", "Zibbly collar", "collar", "spread"),
        ("accept", "johnny collar", "collar", "Johnny"),
        ("accept", "spread collar", "collar", "spread"),
        ("", "ignored", "collar", "spread"),
    )
    done = accept(sheet, declaration)
    assert done.synonyms == ("collar.spread: zibbly collar",)
    assert done.values == ("collar.johnny: johnny collar",)
    assert done.known == ("collar.spread: spread collar",)
    merged = load(declaration, Attributes).get("collar")
    assert "zibbly collar" in next(v for v in merged.values if v.name == "spread").synonyms
    assert next(v for v in merged.values if v.name == "johnny").synonyms == ("johnny collar",)
    after = declaration.read_text(encoding="utf-8")
    assert [line for line in before.splitlines() if line.startswith("#")] == [
        line for line in after.splitlines() if line.startswith("#")
    ]
    others = {a.name: a for a in load(SCHEMA_DIR / "attributes.yaml", Attributes).attributes if a.name != "collar"}
    assert {a.name: a for a in load(declaration, Attributes).attributes if a.name != "collar"} == others


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("accept", "x y", "colar", "spread"), r"v\.csv line 3: attribute 'colar' .* \(closest: 'collar'\).* colour,"),
        (("accept", "x y", "article_type", "Tshirts"), "attribute 'article_type' is not declared with values"),
        (("accept", "x y", "collar", ""), "needs a value of collar"),
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
