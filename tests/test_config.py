import pytest

from enrichment.config import Settings
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


def test_a_value_of_the_wrong_type_names_the_variable(monkeypatch):
    monkeypatch.setenv("ENRICH_THREADS", "many")
    with pytest.raises(UsageError, match="ENRICH_THREADS"):
        Settings.from_env()


@pytest.mark.parametrize("name", ["shard_rows", "threads"])
def test_sizes_below_one_are_refused(name):
    with pytest.raises(UsageError, match=name):
        Settings(**{name: 0})


def test_settings_survive_json():
    made = Settings(models={"vision": "v1"}, private_hosts=("x",))
    assert Settings.from_json(made.to_json()) == made
