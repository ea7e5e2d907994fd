import doctest
import math

import pytest

from enrichment import config
from enrichment.config import MODEL_KINDS, Settings
from enrichment.models.registry import Kind
from schemas.errors import UsageError


def test_given_values_win_over_the_environment_and_that_over_defaults(monkeypatch):
    monkeypatch.setenv("ENRICH_STORE", "s3://bucket/x")
    monkeypatch.setenv("ENRICH_THREADS", "1")
    settings = Settings.from_env(store="here", drops=None)
    assert (settings.store, settings.threads, settings.shard_rows) == ("here", 1, 2_000)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("models", "vision=v3,text=v2", {"vision": "v3", "text": "v2"}),
        ("private_hosts", "a.local, b.local", ("a.local", "b.local")),
        ("ner", "false", False),
        ("max_refiled_share", "0.5", 0.5),
    ],
)
def test_the_environment_is_read_as_the_settings_type(monkeypatch, name, text, expected):
    monkeypatch.setenv(f"ENRICH_{name.upper()}", text)
    assert getattr(Settings.from_env(), name) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *[("THREADS", text) for text in ("many", "", "null", "[]", "2.5", "1e999")],
        *[("NER", text) for text in ("on", "2", "null")],
        ("MAX_REFILED_SHARE", "{}"),
    ],
)
def test_a_value_of_the_wrong_type_names_the_variable(monkeypatch, name, text):
    monkeypatch.setenv(f"ENRICH_{name}", text)
    with pytest.raises(UsageError, match=f"ENRICH_{name}.*allowed: "):
        Settings.from_env()


@pytest.mark.parametrize("name", ["shard_rows", "threads"])
def test_sizes_below_one_are_refused(name):
    with pytest.raises(UsageError, match=name):
        Settings(**{name: 0})


@pytest.mark.parametrize(
    ("name", "value"),
    [("max_refiled_share", 20.0), ("max_refiled_share", -0.1), ("max_refiled_share", math.nan), ("settle_seconds", -1)],
)
def test_a_share_in_percent_and_a_negative_wait_are_refused(name, value):
    with pytest.raises(UsageError, match=name):
        Settings(**{name: value})


def test_settings_survive_json():
    made = Settings(models={"vision": "v1"}, private_hosts=("x",))
    assert Settings.from_json(made.to_json()) == made


@pytest.mark.parametrize("text", ["vision=v3, text=v2", " vision = v3 ,, text=v2,"])
def test_models_may_be_written_with_spaces(monkeypatch, text):
    monkeypatch.setenv("ENRICH_MODELS", text)
    assert Settings.from_env().models == {"vision": "v3", "text": "v2"}


@pytest.mark.parametrize("part", ["visoin=v3", "Vision=v3", "vision:v3", "vision", "vision=", "=v3", "text=v3"])
def test_a_model_that_cannot_be_pinned_is_refused_and_not_left_out(monkeypatch, part):
    monkeypatch.setenv("ENRICH_MODELS", f"text=v2,{part}")
    with pytest.raises(UsageError, match=f"ENRICH_MODELS '{part}'.*kinds: vision, text, fusion"):
        Settings.from_env()


def test_the_kinds_are_those_that_have_versions():
    assert tuple(kind.value for kind in Kind) == MODEL_KINDS


def test_the_worked_example_runs():
    assert doctest.testmod(config) == (0, 1)
