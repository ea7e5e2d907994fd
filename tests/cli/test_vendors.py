"""A dry run of a vendor's declaration: what it says, what it ends in, and that nothing is written."""

import json

import pytest
from typer.testing import CliRunner

from enrichment.cli.app import app
from schemas.errors import UsageError

RUNNER = CliRunner()
ACME = """
vendor: acme
format: csv
files: [feed.csv]
columns:
  sku: Code
  name: Name
  path: {column: Path, separator: "/", levels: [division, class]}
  images: Bild
attributes:
  colour: Shade
  brand: Maker
  price: {column: Cost, kind: number, min: 0}
pictures: {kind: folder}
"""
HEAD = "Code,Name,Path,Bild,Shade,Maker,Cost\n"


@pytest.fixture
def drops(tmp_path):
    folder = tmp_path / "drops" / "acme" / "2026-11-17"
    folder.mkdir(parents=True)
    rows = [f"A-{n},[bold]Hat {n},Men > Hats,{n}.jpg,{'Bleue' if n % 3 else 'Red'},Zorg,-,\n" for n in range(18)]
    (folder / "feed.csv").write_text(HEAD + "".join(rows) + 'B-1,\x1b[2JCap,,0.jpg,DEF,,"1.299,00"\n')
    (folder / "0.jpg").write_bytes(b"x")
    (tmp_path / "declared").mkdir()
    (tmp_path / "declared" / "acme.yaml").write_text(ACME)
    (tmp_path / "declared" / "cold.yaml").write_text(ACME.replace("acme", "cold"))
    return tmp_path


def check(folder, *words):
    given = ["--drops", str(folder / "drops"), "--vendors", str(folder / "declared"), "--night", "2026-11-17"]
    return RUNNER.invoke(app, ["vendors", "check", *given, *words], env={"COLUMNS": "400"})


def test_machines_get_what_was_counted(drops):
    done = check(drops, "--json")
    assert done.exit_code == 0
    said = json.loads(done.output)
    assert (said["late"], said["failed"]) == (["cold"], {})
    (acme,) = said["vendors"]
    assert (acme["rows"], acme["products"], acme["refused"], acme["left_out"]) == (19, 19, {}, {})
    columns = {column["part"]: column for column in acme["columns"]}
    assert {part: column["filled"] for part, column in columns.items()} == {
        "name": 19, "division": 18, "class": 0, "images": 19, "colour": 18, "brand": 18, "price": 1
    }  # fmt: skip
    assert (columns["colour"]["read"], columns["colour"]["unread"]) == (6, [["Bleue", 12]])
    assert [columns[part]["carried"] for part in ("name", "colour", "brand", "price")] == [False, False, True, True]
    assert (acme["pictures_asked"], acme["pictures_found"]) == (18, 1)
    assert [notice.partition(",")[0] for notice in acme["notices"]] == ["path unsplit", "most pictures missing"]
    assert [product["sku"] for product in acme["first"]] == ["A-0", "A-1", "A-2"]


def test_people_are_told_as_much_in_plain_text(drops):
    said = check(drops).output
    assert "acme: 19 rows: 19 kept in 19 products, 0 withdrawn, 0 refused\n" in said
    assert "pictures: 1 of 18 that were looked for are there" in said
    assert "! path unsplit, column Path: declared is '/', in 0 of 18 paths; 18 hold '>'" in said
    assert "[bold]Hat 0" in said
    assert "'Bleue' 12" in said
    assert "cold: late, nothing for 2026-11-17" in said
    assert "\x1b" not in said


def test_nothing_is_written(drops, monkeypatch):
    monkeypatch.chdir(drops)
    before = sorted(drops.rglob("*"))
    assert check(drops, "acme").exit_code == 0
    assert sorted(drops.rglob("*")) == before


def test_a_drop_that_cannot_be_read_or_is_refused_ends_as_in_a_run(drops):
    feed = drops / "drops" / "acme" / "2026-11-17" / "feed.csv"
    good = feed.read_text()
    feed.write_text(HEAD + "A-1,Hat,Men,,,,\nA-2\n,Cap,Men,,,,\n")
    refused = check(drops, "acme")
    assert refused.exit_code == 3
    assert "2 refused (row malformed 1, sku missing 1)" in refused.output
    assert check(drops, "acme", "--max-refused", "0.7").exit_code == 0
    feed.write_text(good.replace("Name", "Nam"))
    broken = check(drops)
    assert broken.exit_code == 3
    assert "acme: could not be read: DropError: drop acme file feed.csv: missing column 'Name'" in broken.output
    (drops / "drops" / "cold").symlink_to(drops / "drops" / "acme")
    assert "cold: could not be read: DropError" in check(drops, "cold").output


@pytest.mark.parametrize(
    ("words", "told"), [(["nobody"], "no such vendor: nobody; declared in"), (["cold"], "none of cold delivered")]
)
def test_a_vendor_without_declaration_or_drop_is_wrong_usage(drops, words, told):
    error = check(drops, *words).exception
    assert isinstance(error, UsageError)
    assert told in str(error)


def test_a_folder_that_nobody_declared_could_not_be_read(drops):
    folder = drops / "drops" / "stranger" / "2026-11-17"
    folder.mkdir(parents=True)
    (folder / "feed.csv").write_text("x")
    done = check(drops)
    assert done.exit_code == 3
    assert "stranger: could not be read: UnknownVendor" in done.output


def test_a_declaration_that_cannot_be_read_fails_and_the_others_are_checked(drops):
    declared = drops / "declared" / "cold.yaml"
    declared.write_text(declared.read_text() + "colums: {}\n")
    assert check(drops, "acme").exit_code == 0
    for words in ([], ["cold"]):
        done = check(drops, *words)
        assert done.exit_code == 3
        assert "cold: could not be read: DropError: vendor cold: its declaration cannot be read" in done.output
        assert f"{declared}:15: colums: no such key" in done.output
    assert "acme: 19 rows" in check(drops).output
    (drops / "declared" / "acme.yaml").write_text("vendor: [")
    assert check(drops).exit_code == 3
