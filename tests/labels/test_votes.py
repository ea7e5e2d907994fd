"""Annotators' votes: read from a CSV, refused where they cannot be meant, and told by `enrich labels audit`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from enrichment.cli.app import app
from enrichment.labels.audit import PAGE
from enrichment.labels.votes import aligned, read_votes
from schemas.errors import UsageError
from tests.vision.conftest import product_rows

HEAD = "id,annotator,label\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "votes.csv"


def test_votes_are_read_by_annotator_and_put_beside_the_items(path: Path) -> None:
    path.write_text(HEAD + "''90s,ann,red\n1,ann,\n''90s,bo, blue \n2,bo,red\n9,bo,red\n")
    votes = read_votes(path, "colour", {"red", "blue"})
    assert votes == {"ann": {"'90s": "red"}, "bo": {"'90s": "blue", "2": "red", "9": "red"}}
    assert aligned(votes, ["1", "2", "'90s"]) == {"ann": ["", "", "red"], "bo": ["", "red", "blue"]}
    assert aligned({}, ["1"]) == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,label\n1,red\n", r"columns \['annotator'\] are missing"),
        (HEAD + "1,,red\n", "votes.csv line 2: annotator ''"),
        (HEAD + "1,label,red\n", "votes.csv line 2: annotator 'label'"),
        (HEAD + "1,ann,red\n2,ann,redd\n", r"line 3: 'redd' is no value of colour \(closest: 'red'\)"),
        (HEAD + "1,ann,red\n1,ann,blue\n", "line 3: ann called '1' 'blue', and before it 'red'"),
    ],
)
def test_what_can_not_be_meant_is_refused_where_it_stands(path: Path, text: str, told: str) -> None:
    path.write_text(text)
    with pytest.raises(UsageError, match=told):
        read_votes(path, "colour", {"red", "blue"})


def test_votes_about_other_items_are_refused() -> None:
    with pytest.raises(UsageError, match=r"no vote is about .* 'x'"):
        aligned({"ann": {"x": "red"}}, ["1", "2"])


@pytest.mark.slow
def test_the_command_tells_how_far_annotators_agree(path: Path, tmp_path: Path) -> None:
    rows = product_rows(60)
    rows.to_parquet(tmp_path / "products.parquet")
    labels = dict(zip(rows["id"].astype(str), rows["image_group"], strict=True))
    votes = [f"{key},ann,{group}" for key, group in labels.items()]
    # The other one takes every bag for a hat.
    votes += [f"{key},bo,{'hat' if group == 'bag' else group}" for key, group in labels.items()]
    path.write_text(HEAD + "\n".join(votes) + "\n")
    given = ["labels", "audit", "--source", f"products={tmp_path / 'products.parquet'}", "--attribute", "image_group"]
    given += ["--votes", str(path), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, [*given, "--json"])
    assert result.exit_code == 0, result.output
    kappa = json.loads(result.output)["kappa"]
    assert kappa["ann ~ label"] == 1
    assert kappa["ann ~ bo"] == kappa["bo ~ label"] == pytest.approx(0.5)
    assert 0.5 < kappa["all"] < 1
    assert "kappa ann ~ bo: 0.500" in (tmp_path / "out" / PAGE).read_text(encoding="utf-8")
    shown = CliRunner().invoke(app, given)
    assert "kappa ann ~ bo       0.500" in shown.output
