"""What is told of a published night: who failed and why, which rows were refused, and vendor text as text."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from contextlib import suppress

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from enrichment.cli.app import app
from schemas.errors import UsageError

RUNNER = CliRunner()


def said(*words):
    result = RUNNER.invoke(app, [str(word) for word in words])
    if result.exception:
        raise result.exception
    return result.output


def test_the_night_says_why_a_vendor_failed_and_what_was_refused(published):
    text = said("report", "--store", published.store)
    assert "broken failed: DropError: drop broken: no column 'SKU'" in text
    assert "stranger failed: not declared. Add /etc/declared/stranger.yaml" in text
    assert "acme: picture missing 2, name missing 1, value invalid 1" in text
    assert "bolt: column absent 1, sku repeated 1" in text
    assert "bolt: column absent, column attrs: 'attrs.a" in text
    assert "leads nowhere. Fix the column map" in text
    assert "enrich report --problems" in text


def test_who_has_not_delivered_is_late_as_on_the_page(published):
    text = said("report", "--store", published.store)
    assert re.search(r"cold\s+late", text)
    assert not re.search(r"cold\s+missing", text)


def _night_on(terminal, *words):
    """Run a command on a terminal of so many columns, and return what it shows there."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, terminal, 0, 0))
    program = "from enrichment.cli.app import entry; entry()"
    env = os.environ | {"TERM": "xterm"}
    env.pop("COLUMNS", None)
    with subprocess.Popen([sys.executable, "-c", program, *map(str, words)], stdout=its, env=env) as command:
        os.close(its)
        shown = b""
        with suppress(OSError):
            while piece := os.read(ours, 65_536):
                shown += piece
    os.close(ours)
    assert command.returncode == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode()).splitlines()


HEADINGS = "vendor state rows published withdrawn refused problems"


@pytest.mark.parametrize("terminal", [80, 200])
def test_the_table_of_a_night_fits_a_terminal_and_no_heading_is_cut(published, terminal):
    lines = _night_on(terminal, "report", "--store", published.store)
    (at,) = [n for n, line in enumerate(lines) if line.startswith("vendor")]
    assert set(HEADINGS.split()) <= set(lines[at].split())
    assert "products" in lines[at - (terminal == 80)]
    assert len(lines[at]) <= terminal
    assert any(re.fullmatch(r"stranger +failed +0 +0 +0 +0 +0 +0 *", line) for line in lines)


def test_in_a_file_each_vendor_is_a_line_without_colours(published):
    text = said("report", "--store", published.store)
    assert "\x1b" not in text
    assert re.search(
        r"^vendor +state +rows +published +withdrawn +refused +products withdrawn +problems *$", text, re.M
    )
    wide = said("report", "--problems", "--store", published.store)
    assert any(line.startswith("bolt") and "leads nowhere" in line for line in wide.splitlines())


def test_machines_get_the_reasons_too(published):
    vendors = {
        row["vendor"]: row for row in json.loads(said("report", "--json", "--store", published.store))["vendors"]
    }
    assert vendors["acme"]["reasons"] == {"picture_missing": 2, "name_missing": 1, "value_invalid": 1}
    assert (vendors["acme"]["problems"], vendors["acme"]["reason"]) == (4, "")
    assert vendors["broken"]["reason"].startswith("DropError: drop broken")
    assert vendors["cold"]["state"] == "missing"


def test_problems_are_listed_and_bounded(published):
    text = said("report", "--problems", "--store", published.store)
    assert "6 of 6" in text
    assert re.search(r"bolt\s+all\s+nothing\s+column absent\s+attrs", text)
    assert "name missing: Ask the vendor for a name or a picture" in text
    assert re.search(r"acme\s+8\s+A-1\s+row\s+name missing", text)
    fewer = said("report", "--problems", "--vendor", "acme", "--most", "2", "--store", published.store)
    # A refused row stands before a product that only lost a picture.
    assert text.index("sku repeated") < text.index("picture missing")
    assert "2 of 4" in fewer
    assert "report/row_problems.parquet" in fewer
    assert "bolt" not in fewer
    with pytest.raises(SystemExit):
        said("report", "--problems", "--most", "0", "--store", published.store)


def test_problems_for_machines(published):
    found = json.loads(said("report", "--problems", "--most", "3", "--json", "--store", published.store))
    assert (found["run_id"], found["total"], found["shown"], len(found["problems"])) == ("2026-11-17-abc", 6, 3, 3)
    assert found["problems"][0] | {"night": "2026-11-17"} == found["problems"][0]
    assert [row["reason"] for row in found["problems"]] == ["column_absent", "name_missing", "sku_repeated"]


@pytest.mark.parametrize("more", [[], ["--json"]])
@pytest.mark.parametrize("words", [["report", "--problems"], ["report"], ["explain", "A-1"], ["explain", "S00001"]])
def test_vendor_text_neither_steers_the_terminal_nor_becomes_a_picture(published, words, more):
    text = said(*words, *more, "--store", published.store)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\N{LOCK}" not in text
    assert "\N{FIRE}" not in text


def test_what_a_vendor_wrote_in_brackets_and_colons_stays(published):
    text = said("report", "--problems", "--store", published.store)
    assert "a\\u001b[2Jb [bold] :lock: \\u202egp" in text
    rows = json.loads(said("report", "--problems", "--json", "--store", published.store))["problems"]
    assert next(row["excerpt"] for row in rows if row["row"] == 9) == "a\x1b[2Jb [bold] :lock: \u202egp"


def test_a_refused_product_is_explained_by_its_rows(published):
    found = json.loads(said("explain", "A-1", "--json", "--store", published.store))["products"]
    assert [(entry["vendor"], entry["facts"]) for entry in found] == [
        ("acme", {"refused": "name missing, row 8"}),
        ("bolt", {"refused": "sku repeated, row 5"}),
    ]
    text = said("explain", "A-1", "--vendor", "acme", "--store", published.store)
    assert re.search(r"refused\s+name missing, row 8", text)
    assert "Claims" not in text


def test_what_left_tonight_is_counted_and_explained(published):
    rows = json.loads(said("report", "--json", "--store", published.store))["vendors"]
    counts = {row["vendor"]: (row["withdrawn"], row["products_withdrawn"]) for row in rows}
    assert (counts["acme"], counts["bolt"]) == ((0, 1), (0, 0))
    assert "products withdrawn" in said("report", "--store", published.store)
    (entry,) = json.loads(said("explain", "GONE-1", "--json", "--store", published.store))["products"]
    assert entry["facts"] == {"changed tonight": "withdrawn from Women / Clothing (data)"}


def test_a_published_product_names_its_problems(published):
    entry = json.loads(said("explain", "S00001", "--json", "--store", published.store))["products"][0]
    assert entry["facts"]["problems tonight"] == "picture missing, row 3 (':fire:.jpg')"
    calm = json.loads(said("explain", "S00003", "--json", "--store", published.store))["products"][0]
    assert calm["facts"]["problems tonight"] == "-"
    assert calm["claims"]


def test_an_unknown_sku_says_where_to_look(published):
    with pytest.raises(UsageError, match=r"'nope' is not in run 2026-11-17-abc.*--problems"):
        said("explain", "nope", "--store", published.store)


@pytest.mark.parametrize("words", [["explain", "S00001"], ["explain", "nope"], ["report", "--problems"]])
def test_a_vendor_that_the_run_does_not_know_is_wrong_usage(published, words):
    with pytest.raises(UsageError) as wrong:
        said(*words, "--vendor", "acmi", "--store", published.store)
    assert str(wrong.value).startswith(
        "vendor 'acmi' is not in run 2026-11-17-abc (closest: 'acme'); known there: acme,"
    )
    with pytest.raises(UsageError, match=r"'acm.e' is not in run"):
        said(*words, "--vendor", "acm\x1be", "--store", published.store)


def test_a_vendor_without_problems_is_no_wrong_usage(published):
    found = json.loads(said("report", "--problems", "--vendor", "cold", "--json", "--store", published.store))
    assert (found["total"], found["problems"]) == (0, [])


def test_a_vendor_that_nobody_declares_any_more_keeps_its_products(published, monkeypatch):
    products = pa.table({"vendor": ["former"]})
    monkeypatch.setattr("enrichment.desk.problems.read_table", lambda store, run, name: products)
    found = json.loads(said("report", "--problems", "--vendor", "former", "--json", "--store", published.store))
    assert found["total"] == 0


def test_a_sku_of_another_vendor_is_not_said_to_be_absent(published):
    with pytest.raises(
        UsageError, match=r"'S00001' of vendor bolt is not in run 2026-11-17-abc; it is there of acme\."
    ):
        said("explain", "S00001", "--vendor", "bolt", "--store", published.store)
