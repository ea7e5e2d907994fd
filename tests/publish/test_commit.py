from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from enrichment.publish.base import BaseMoved
from enrichment.publish.commit import Publication, publish
from enrichment.publish.layout import POINTER, RunKey
from enrichment.publish.read import complete_runs, latest, published_before, read_table, verify
from enrichment.publish.rollback import rollback
from enrichment.publish.verdict import GateFailure, GateResult
from enrichment.stores.local import LocalStore
from enrichment.stores.port import Store
from schemas.errors import GateRefused, ObjectChanged, PublishedMismatch
from tests.publish.catalogue import NIGHT, catalogue, facts, planned

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
    return publish(store, planned(store, "r2", NEXT), catalogue(8), files)


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
    overtaken = Overtaken(store, lambda: publish(store, planned(store, "theirs", NEXT), TABLES, files))
    with pytest.raises(ObjectChanged, match="moved by somebody else"):
        _second(overtaken, files)
    assert latest(store).run_id == "theirs"
    assert {key.run_id for key in complete_runs(store)} >= {"r2", "theirs"}
    assert _second(store, files).is_latest
    assert json.loads(store.get(POINTER))["previous"]["run_id"] == "theirs"


class Beside(Dying):
    """A store in which somebody else publishes the same run before our first write; readers look after each of ours."""

    def __init__(self, store: Store, other: Callable[[], object]) -> None:
        super().__init__(store, -1, after=False)
        self._other: Callable[[], object] | None = other

    def _write(self, do: object, *arguments: object) -> None:
        if self._other is not None:
            self._other()
            self._other = None
        super()._write(do, *arguments)
        assert latest(self._store).run_id == "r1"


def test_the_same_run_published_twice_at_once_is_whole_for_readers_at_every_moment(
    store: LocalStore, files: dict[str, Path]
) -> None:
    assert _first(Beside(store, lambda: _first(store, files)), files).is_latest


LATER = date(2026, 11, 19)


@pytest.mark.parametrize("known", [False, True])
def test_a_night_planned_before_the_one_before_it_was_published_is_refused(store: LocalStore, known: bool) -> None:
    if known:
        publish(store, facts("r0", date(2026, 11, 16)), TABLES)
    early = planned(store, "r2", NEXT)
    publish(store, planned(store, "r1", NIGHT), catalogue(8))
    before = _content(store)
    with pytest.raises(BaseMoved) as refused:
        publish(store, early, TABLES)
    for told in ("r2", "planned on run r0" if known else "no earlier run", "is r1", "enrich run --night 2026-11-18"):
        assert told in str(refused.value)
    assert _content(store) == before
    assert publish(store, planned(store, "r2-again", NEXT), catalogue(8)).is_latest


class Between(Dying):
    """A store in which somebody else does something right before the first write to a key of that ending."""

    def __init__(self, store: Store, ending: str, other: Callable[[], object]) -> None:
        super().__init__(store, -1, after=False)
        self._ending, self._other = ending, other

    def _write(self, do: object, *arguments: object) -> None:
        if str(arguments[0]).endswith(self._ending):
            other, self._other = self._other, lambda: None
            other()
        super()._write(do, *arguments)


@pytest.mark.parametrize("where", ["local", "s3"])
@pytest.mark.parametrize("at", ["part-0.parquet", "_manifest.json", "_SUCCESS"])
def test_a_night_published_while_the_next_is_written_is_not_lost(
    where: str, at: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    store: Store = LocalStore(tmp_path / "store") if where == "local" else request.getfixturevalue("s3_store")
    racing = Between(store, at, lambda: publish(store, planned(store, "r1", NIGHT), catalogue(8)))
    early = planned(store, "r2", NEXT)
    with pytest.raises(BaseMoved):
        publish(racing, early, TABLES)
    assert latest(store).run_id == "r1"
    # What was refused is no base either.
    assert complete_runs(store) == [RunKey(NIGHT, "r1")]
    with pytest.raises(BaseMoved):
        publish(store, early, TABLES)
    assert publish(store, planned(store, "r2-again", NEXT), catalogue(8)).is_latest


def test_of_two_commits_at_the_pointer_at_once_one_passes(store: LocalStore, files: dict[str, Path]) -> None:
    early = planned(store, "r2", NEXT)
    racing = Between(store, "latest.json", lambda: publish(store, planned(store, "r1", NIGHT), catalogue(8)))
    with pytest.raises(ObjectChanged):
        publish(racing, early, TABLES)
    assert latest(store).run_id == "r1"
    # The scheduler's next try is told for good.
    with pytest.raises(BaseMoved):
        publish(store, early, TABLES)
    assert complete_runs(store) == [RunKey(NIGHT, "r1")]


def test_a_killed_commit_that_lost_its_base_does_not_come_back(store: LocalStore) -> None:
    early = planned(store, "r2", NEXT)
    with pytest.raises(Killed):
        publish(Dying(store, 6, after=False), early, TABLES)
    assert complete_runs(store) == [RunKey(NEXT, "r2")]
    publish(store, facts("r1", NIGHT), TABLES)
    with pytest.raises(BaseMoved):
        publish(store, early, TABLES)
    assert complete_runs(store) == [RunKey(NIGHT, "r1")]


def test_a_night_that_waited_for_a_person_stands_beside_the_next_and_is_told_how_to_be_read(
    store: LocalStore, caplog: pytest.LogCaptureFixture
) -> None:
    publish(store, facts("r1", NIGHT), TABLES)
    waits = planned(store, "r2", NEXT)
    publish(store, planned(store, "r3", LATER), TABLES)
    assert not publish(store, waits, TABLES).is_latest
    assert latest(store).run_id == "r3"
    assert "r3 of night 2026-11-19, planned without it: run that night again" in caplog.text
    # r3 stays what it is; planned anew it stands on r2.
    assert publish(store, planned(store, "r3-again", LATER), TABLES).published.manifest["base_run_id"] == "r2"


def test_a_published_run_is_repeated_without_a_question_although_an_earlier_night_came_later(
    store: LocalStore,
) -> None:
    second = planned(store, "r2", NEXT)
    publish(store, second, TABLES)
    publish(store, planned(store, "r1", NIGHT), TABLES)
    before = _content(store)
    assert publish(store, second, TABLES).is_latest
    assert _content(store) == before


def test_the_night_after_a_rollback_stands_on_the_night_before_it(store: LocalStore) -> None:
    for run_id, night in (("good", NIGHT), ("wrong", NIGHT), ("r2", NEXT)):
        publish(store, planned(store, run_id, night), TABLES)
    third = planned(store, "r3", LATER)
    rollback(store)
    assert third.base_run_id == "r2"
    assert publish(store, third, TABLES).is_latest
    fixed = planned(store, "r2-fixed", NEXT)
    rollback(store, "good")
    with pytest.raises(BaseMoved, match="is good"):
        publish(store, fixed, TABLES)


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
