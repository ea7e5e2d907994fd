import doctest
import errno
import json
import os
import sys

import pytest
import typer
from typer.testing import CliRunner

from enrichment.cli import app as cli
from enrichment.cli import output
from enrichment.cli.app import app, entry
from enrichment.cli.run import _go
from enrichment.publish.base import BaseMoved
from enrichment.stores.space import DiskFull
from schemas.declared import SCHEMA_DIR
from schemas.errors import ApprovalNeeded, DropError, StoreUnavailable, UsageError

RUNNER = CliRunner()
COMMANDS = (
    "run resume approve sample report explain rollback train evaluate models labels vocabulary vendors export taxonomy "
    "review"
)


def test_every_command_is_there_and_has_help():
    for command in COMMANDS.split():
        result = RUNNER.invoke(app, [command, "--help"])
        assert result.exit_code == 0, command
        assert "Usage" in result.output


@pytest.mark.parametrize(
    ("error", "code"),
    [(UsageError("x"), 2), (DropError("x"), 1), (ApprovalNeeded("x"), 4), (StoreUnavailable("x"), 75)],
)
def test_errors_become_exit_codes_that_tell_them_apart(monkeypatch, capsys, error, code):
    def fail():
        raise error

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as stopped:
        entry()
    assert stopped.value.code == code
    assert type(error).__name__ in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/tmp/out"), 75, "are left on the disk of /tmp"),  # noqa: S108
        (PermissionError(errno.EACCES, "Permission denied", "/etc/out"), 2, "/etc/out: Permission denied. Fix the"),
    ],
)
def test_a_full_disk_and_missing_rights_are_told_in_a_sentence(monkeypatch, capsys, error, code, told):
    def fail():
        raise error

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as stopped:
        entry()
    assert stopped.value.code == code
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1


def test_an_error_of_the_code_keeps_its_traceback(monkeypatch):
    def fail():
        raise FileNotFoundError(errno.ENOENT, "No such file", "settings.json")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(FileNotFoundError):
        entry()


def test_an_export_that_does_not_fit_leaves_the_file_of_before(tmp_path, monkeypatch):
    out = tmp_path / "decisions.csv"
    out.write_text("before")

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = RUNNER.invoke(app, ["review", "export", str(out), "--store", str(tmp_path / "store")])
    assert isinstance(result.exception, DiskFull)
    assert [path.name for path in tmp_path.iterdir()] == ["decisions.csv"]
    assert out.read_text() == "before"


def test_a_store_without_a_published_run_says_the_way_out(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(sys, "argv", ["enrich", "report", "--store", str(tmp_path)])
    with pytest.raises(SystemExit) as stopped:
        entry()
    assert stopped.value.code == 1
    assert "enrich run" in capsys.readouterr().err


def test_machines_get_one_json_object(tmp_path):
    result = RUNNER.invoke(app, ["models", "list", "--json", "--store", str(tmp_path)])
    assert result.exit_code == 0
    versions = json.loads(result.output)["versions"]
    assert {row["kind"] for row in versions} == {"vision", "text", "fusion"}
    assert all(row["state"] == "current" for row in versions)


def test_a_sample_brings_its_own_declarations(tmp_path):
    out = tmp_path / "drops"
    asked = ["sample", "--out", str(out), "--products", "20", "--nights", "2026-11-17", "--json"]
    result = RUNNER.invoke(app, asked)
    assert result.exit_code == 0
    assert json.loads(result.output)["products"] == 20
    assert {path.stem for path in (out / "vendors").glob("*.yaml")} == {
        path.name for path in out.iterdir() if path.is_dir() and path.name != "vendors"
    }


def test_a_night_that_is_no_date_is_wrong_usage(tmp_path):
    result = RUNNER.invoke(app, ["sample", "--out", str(tmp_path / "x"), "--nights", "tomorrow"])
    assert isinstance(result.exception, UsageError)


def test_a_training_set_without_a_file_is_wrong_usage(tmp_path):
    asked = ["train", "group", "--source", "products", "--out", str(tmp_path), "--work", str(tmp_path)]
    assert isinstance(RUNNER.invoke(app, asked).exception, UsageError)


def test_the_taxonomy_that_ships_is_sound():
    result = RUNNER.invoke(app, ["taxonomy", "check", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.output)["complaints"] == []


def test_a_night_without_any_drop_is_refused_with_a_way_out(tmp_path, monkeypatch, capsys):
    drops = tmp_path / "drops"
    drops.mkdir()
    asked = ["run", "--drops", str(drops), "--store", str(tmp_path / "store"), "--night", "2026-11-25"]
    monkeypatch.setattr(sys, "argv", ["enrich", *asked])
    with pytest.raises(SystemExit) as stopped:
        entry()
    assert stopped.value.code == 2
    assert "--allow-empty" in capsys.readouterr().err
    assert not (tmp_path / "store" / "published").exists()


@pytest.mark.parametrize("option", ["--drops", "--vendors"])
def test_a_folder_that_does_not_exist_is_named(tmp_path, option):
    given = {"--drops": str(tmp_path), "--vendors": str(tmp_path)} | {option: str(tmp_path / "absent")}
    words = [word for pair in given.items() for word in pair]
    result = RUNNER.invoke(app, ["run", "--night", "2026-11-17", "--store", str(tmp_path / "s"), *words])
    assert isinstance(result.exception, UsageError)
    assert "absent" in str(result.exception)


def test_a_night_overtaken_by_another_is_not_told_to_resume(published, monkeypatch, capsys):
    def overtaken(*_arguments):
        raise BaseMoved("planned on no earlier run. Way out: run the night again")

    monkeypatch.setattr("enrichment.stages.night.run_night", overtaken)
    monkeypatch.setattr(sys, "argv", ["enrich", "resume", published.uri])
    with pytest.raises(SystemExit) as stopped:
        entry()
    told = capsys.readouterr().err
    assert stopped.value.code == 1
    assert "run the night again" in told
    assert "To go on" not in told


@pytest.mark.parametrize("error", [ZeroDivisionError("one row"), DropError("x"), KeyboardInterrupt()])
def test_whatever_stops_a_night_the_way_on_is_told(published, monkeypatch, capsys, error):
    def stopped(*_arguments):
        raise error

    monkeypatch.setattr("enrichment.stages.night.run_night", stopped)
    with pytest.raises(type(error)):
        _go(published.uri, 0.05, False)
    assert f"To go on: enrich resume {published.uri}" in capsys.readouterr().err


def test_a_store_that_can_never_be_written_is_not_to_be_tried_again(tmp_path, monkeypatch, capsys):
    asked = ["run", "--drops", str(tmp_path), "--store", "/proc/enrich-has-no-store-here", "--night", "2026-11-25"]
    monkeypatch.setattr(sys, "argv", ["enrich", *asked])
    with pytest.raises(SystemExit) as stopped:
        entry()
    assert stopped.value.code == 2
    assert "No retry will help" in capsys.readouterr().err


def test_every_option_of_a_night_has_a_word_of_help():
    commands = typer.main.get_command(app).commands
    bare = [
        (command, param.name)
        for command in ("run", "resume", "approve", "report", "explain", "rollback")
        for param in commands[command].params
        if not param.help
    ]
    assert bare == []


def test_the_worked_examples_of_what_is_said_run():
    from enrichment.desk import problems

    for module, examples in ((output, 1), (problems, 2)):
        result = doctest.testmod(module)
        assert (result.failed, result.attempted) == (0, examples)


def test_a_hierarchy_compared_with_itself_has_no_difference():
    shipped = str(SCHEMA_DIR / "taxonomy.yaml")
    result = RUNNER.invoke(app, ["taxonomy", "diff", shipped, shipped])
    assert (result.exit_code, result.output) == (0, "no difference\n")


def test_a_truth_that_is_not_there_is_wrong_usage(tmp_path):
    asked = ["evaluate", "--truth", str(tmp_path / "no.parquet"), "--store", str(tmp_path)]
    assert RUNNER.invoke(app, asked).exit_code == 2


def test_a_truth_that_is_no_parquet_is_wrong_usage(published, tmp_path):
    truth = tmp_path / "truth.csv"
    truth.write_text("vendor,sku\n")
    wrong = RUNNER.invoke(app, ["evaluate", "--truth", str(truth), "--store", str(published.store)]).exception
    assert isinstance(wrong, UsageError)
    assert f"--truth {truth}: no Parquet file" in str(wrong)


@pytest.mark.parametrize(
    "words",
    [
        ["sample", "--out"],
        ["sample", "--training", "--products", "1", "--out"],
        ["vocabulary", "report", "--out"],
        ["train", "text", "--data", ".", "--out"],
        ["review", "export"],
    ],
)
def test_an_output_where_nothing_can_be_is_told_in_a_line(published, monkeypatch, capsys, words):
    monkeypatch.setenv("ENRICH_STORE", str(published.store))
    out = "/proc/enrich-has-no-place/out.json"
    monkeypatch.setattr(sys, "argv", ["enrich", *words, out])
    with pytest.raises(SystemExit) as stopped:
        entry()
    told = capsys.readouterr().err.splitlines()
    assert stopped.value.code == 2
    assert told[-1].startswith(f"UsageError: local file {out}: No such file or directory. Name another place.")
