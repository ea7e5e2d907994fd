from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from enrichment.publish.commit import Publication, publish
from enrichment.publish.layout import POINTER, RunKey
from enrichment.publish.read import complete_runs, latest, published_before, read_table, verify
from enrichment.publish.verdict import GateFailure, GateResult
from enrichment.stores.local import LocalStore
from enrichment.stores.port import Store
from schemas.errors import GateRefused, ObjectChanged, PublishedMismatch
from tests.publish.catalogue import NIGHT, catalogue, facts

NEXT = date(2026, 11, 18)
TABLES = catalogue(6)


class Killed(Exception):
    """Stands for a process that ends in the middle of a write."""


class Dying:
    """A store that dies right before, or right after, its n-th write."""

    def __init__(self, store: Store, at: int, after: bool) -> None:
        self._store, self._left, self._after = store, at, after

    def _write(self, do: object, *arguments: object) -> None:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise Killed
        do(*arguments)  # type: ignore[operator]
        if self._left == 0:
            raise Killed

    @property
    def uri(self) -> str:
        return self._store.uri

    def get(self, key: str) -> bytes:
        return self._store.get(key)

    def exists(self, key: str) -> bool:
        return self._store.exists(key)

    def list(self, prefix: str) -> Iterator[str]:
        return self._store.list(prefix)

    def download(self, key: str, path: Path) -> None:
        self._store.download(key, path)

    def put(self, key: str, data: bytes) -> None:
        self._write(self._store.put, key, data)

    def put_new(self, key: str, data: bytes) -> None:
        self._write(self._store.put_new, key, data)

    def replace(self, key: str, seen: bytes, data: bytes) -> None:
        self._write(self._store.replace, key, seen, data)

    def delete(self, key: str) -> None:
        self._write(self._store.delete, key)

    def upload(self, path: Path, key: str) -> None:
        self._write(self._store.upload, path, key)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    forest = tmp_path / "forest.ann"
    forest.write_bytes(b"trees" * 100)
    return {"indexes/dress/forest.ann": forest, "report/index.html": forest}


def _content(store: Store) -> dict[str, bytes]:
    return {key: store.get(key) for key in store.list("")}


def _first(store: Store, files: dict[str, Path]) -> Publication:
    return publish(store, facts(), TABLES, files)


def _second(store: Store, files: dict[str, Path]) -> Publication:
    return publish(store, facts("r2", NEXT, base="r1"), catalogue(8), files)


def test_a_published_run_reads_back_whole(store: LocalStore, files: dict[str, Path]) -> None:
    done = _first(store, files)
    assert done.is_latest
    run = latest(store)
    assert (run.run_id, run.night) == ("r1", NIGHT)
    assert run.prefix == "published/v=1/run_date=2026-11-17/run_id=r1"
    assert run.versions == {"taxonomy": "t1", "vision": "v1"}
    for name, table in TABLES.items():
        assert read_table(store, run, name).equals(table)
    assert store.get(f"{run.prefix}/indexes/dress/forest.ann") == b"trees" * 100
    verify(store, run)


def test_the_manifest_lists_every_file_with_its_hash(store: LocalStore, files: dict[str, Path]) -> None:
    _first(store, files)
    prefix = latest(store).prefix
    manifest = json.loads(store.get(f"{prefix}/_manifest.json"))
    keys = {key.removeprefix(f"{prefix}/") for key in store.list(f"{prefix}/")}
    assert set(manifest["files"]) == keys - {"_manifest.json", "_SUCCESS"}
    for name, entry in manifest["files"].items():
        data = store.get(f"{prefix}/{name}")
        assert (entry["bytes"], entry["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert manifest["files"]["products/part-0.parquet"]["rows"] == 6
    assert manifest["gate"]["passed"] is True
    assert (manifest["run_id"], manifest["night"], manifest["base_run_id"]) == ("r1", "2026-11-17", None)


def test_equal_runs_are_equal_bytes_wherever_they_are_published(tmp_path: Path, files: dict[str, Path]) -> None:
    here, there = LocalStore(tmp_path / "here"), LocalStore(tmp_path / "there")
    _first(here, files)
    pieces = {n: pa.concat_tables([t.slice(0, 2), t.slice(2)]) for n, t in TABLES.items()}
    marked = {n: t.replace_schema_metadata({"written": "elsewhere"}) for n, t in pieces.items()}
    publish(there, facts(), marked, files)
    assert _content(here) == _content(there)


def test_the_same_run_again_changes_nothing(store: LocalStore, files: dict[str, Path]) -> None:
    _first(store, files)
    before = _content(store)
    assert _first(store, files).is_latest
    assert _content(store) == before
    # The killer would raise at the first write.
    assert _first(Dying(store, 1, after=False), files).published == latest(store)


def test_a_run_that_is_published_never_changes(store: LocalStore, files: dict[str, Path]) -> None:
    _first(store, files)
    before = _content(store)
    with pytest.raises(PublishedMismatch, match="r1 is already published with other content"):
        publish(store, facts(), catalogue(7), files)
    assert _content(store) == before


def test_a_refused_gate_writes_nothing(store: LocalStore, files: dict[str, Path]) -> None:
    _first(store, files)
    before = _content(store)
    refused = GateResult({"products": 3}, (GateFailure("products", "sku", "2 of 6", "no null"),))
    with pytest.raises(GateRefused, match="products: sku: observed 2 of 6; allowed: no null"):
        publish(store, facts("r2", NEXT, gate=refused), TABLES, files)
    assert _content(store) == before


# Three tables, two files, manifest, _SUCCESS, pointer.
WRITES = 8


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, WRITES + 1))
def test_killed_at_any_write_readers_see_the_old_run_and_a_repeat_ends_equal(
    tmp_path: Path, files: dict[str, Path], at: int, after: bool
) -> None:
    calm, killed = LocalStore(tmp_path / "calm"), LocalStore(tmp_path / "killed")
    for store in (calm, killed):
        _first(store, files)
    _second(calm, files)
    with pytest.raises(Killed):
        _second(Dying(killed, at, after), files)
    moved = at == WRITES and after
    assert latest(killed).run_id == ("r2" if moved else "r1")
    verify(killed, latest(killed))
    whole = at > WRITES - 1 or (at == WRITES - 1 and after)
    assert [run.run_id for run in complete_runs(killed)] == (["r1", "r2"] if whole else ["r1"])
    assert published_before(killed, date(2026, 12, 1)).run_id == ("r2" if whole else "r1")  # type: ignore[union-attr]
    assert _second(killed, files).is_latest
    assert _content(killed) == _content(calm)


def test_there_are_as_many_writes_as_the_kill_test_kills(store: LocalStore, files: dict[str, Path]) -> None:
    with pytest.raises(Killed):
        _first(Dying(store, WRITES, after=True), files)
    _second(Dying(store, WRITES + 1, after=False), files)


def test_what_an_unfinished_attempt_left_is_cleared_away(tmp_path: Path, files: dict[str, Path]) -> None:
    calm, killed = LocalStore(tmp_path / "calm"), LocalStore(tmp_path / "killed")
    with pytest.raises(Killed):
        publish(
            Dying(killed, 7, after=False),
            facts(),
            TABLES,
            files | {"report/old.html": Path(files["report/index.html"])},
        )
    _first(killed, files)
    _first(calm, files)
    assert _content(killed) == _content(calm)


def test_a_backfilled_night_is_committed_and_leaves_the_pointer(store: LocalStore, files: dict[str, Path]) -> None:
    _second(store, files)
    pointer = store.get(POINTER)
    done = _first(store, files)
    assert not done.is_latest
    assert store.get(POINTER) == pointer
    assert latest(store).run_id == "r2"
    assert complete_runs(store) == [RunKey(NIGHT, "r1"), RunKey(NEXT, "r2")]
    assert published_before(store, NEXT) == done.published


def test_a_second_run_of_the_same_night_takes_over(store: LocalStore, files: dict[str, Path]) -> None:
    _first(store, files)
    assert publish(store, facts("a-rerun"), TABLES, files).is_latest
    body = json.loads(store.get(POINTER))
    assert (body["run_id"], body["previous"]["run_id"]) == ("a-rerun", "r1")
    # The pointer's choice counts, not the order of the ids.
    assert published_before(store, NEXT).run_id == "a-rerun"  # type: ignore[union-attr]


class Overtaken(Dying):
    """A store in which somebody else publishes a night right before this one moves the pointer."""

    def __init__(self, store: Store, other: Callable[[], object]) -> None:
        super().__init__(store, -1, after=False)
        self._other = other

    def _write(self, do: object, *arguments: object) -> None:
        if arguments[0] == POINTER:
            self._other()
        super()._write(do, *arguments)


@pytest.mark.parametrize("published", [False, True])
def test_of_two_publishers_the_later_one_is_told_and_loses_nothing(
    store: LocalStore, files: dict[str, Path], published: bool
) -> None:
    if published:
        _first(store, files)
    overtaken = Overtaken(store, lambda: publish(store, facts("theirs", NEXT), TABLES, files))
    with pytest.raises(ObjectChanged, match="moved by somebody else"):
        _second(overtaken, files)
    assert latest(store).run_id == "theirs"
    assert {key.run_id for key in complete_runs(store)} >= {"r2", "theirs"}
    assert _second(store, files).is_latest
    assert json.loads(store.get(POINTER))["previous"]["run_id"] == "theirs"


@pytest.mark.parametrize("where", ["local", "s3"])
def test_both_kinds_of_store_hold_the_same_bytes(
    where: str, tmp_path: Path, files: dict[str, Path], request: pytest.FixtureRequest
) -> None:
    store: Store = LocalStore(tmp_path / "store") if where == "local" else request.getfixturevalue("s3_store")
    _first(store, files)
    _second(store, files)
    assert latest(store).run_id == "r2"
    calm = LocalStore(tmp_path / "calm")
    _first(calm, files)
    _second(calm, files)
    assert _content(store) == _content(calm)
