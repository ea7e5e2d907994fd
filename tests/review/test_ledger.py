from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from enrichment.review import ledger
from enrichment.review.ledger import Verdict, as_record, from_record
from enrichment.stores.open import open_store
from enrichment.stores.port import Store
from tests.review.entries import said


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path))


def test_importing_twice_adds_nothing(store: Store) -> None:
    entries = [said(minute=1), said(Verdict.REJECT, minute=2, sku="A-2")]
    assert ledger.append(store, entries) == 2
    keys = list(store.list(ledger.PREFIX))
    assert ledger.append(store, entries) == 0
    assert ledger.append(store, [*entries, said(minute=3)]) == 1
    assert set(keys) < set(store.list(ledger.PREFIX))
    assert ledger.read(store) == (entries[0], entries[1], said(minute=3))


def test_files_are_never_rewritten(store: Store) -> None:
    ledger.append(store, [said(minute=1)])
    before = {key: store.get(key) for key in store.list(ledger.PREFIX)}
    ledger.append(store, [said(minute=2), said(minute=3, run_id="other-run")])
    assert {key: store.get(key) for key in before} == before
    assert len(list(store.list(ledger.PREFIX))) == 3


def test_two_writers_with_the_same_decision_leave_it_once(store: Store) -> None:
    ledger.append(store, [said()], known=set())
    ledger.append(store, [said()], known=set())
    assert ledger.read(store) == (said(),)


def test_what_failed_to_be_saved_is_not_taken_for_known(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    known: set[str] = set()

    def fail(key: str, data: bytes) -> None:
        raise OSError("busy")

    with monkeypatch.context() as patch:
        patch.setattr(store, "put_new", fail)
        with pytest.raises(OSError, match="busy"):
            ledger.append(store, [said()], known)
    assert ledger.append(store, [said()], known) == 1


def test_entries_come_back_in_the_order_in_which_they_were_made(store: Store) -> None:
    entries = [said(minute=m, seq=s, sku=f"{m}-{s}") for m in (5, 1, 3) for s in (2, 1)]
    ledger.append(store, entries)
    assert [(e.at[14:16], e.seq) for e in ledger.read(store)] == [
        ("01", 1),
        ("01", 2),
        ("03", 1),
        ("03", 2),
        ("05", 1),
        ("05", 2),
    ]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"reviewer": " "}, "reviewer"),
        ({"run_id": "../../latest"}, "run_id"),
        ({"level": "aisle"}, "level"),
        ({"at": "2026-11-18T08:00:00"}, "at"),
        ({"at": "yesterday"}, "an ISO time"),
        ({"comment": "x" * 2001}, "comment"),
        ({"vendor": ""}, "vendor"),
        ({"path": "a / b / c / d / e / f"}, "HierarchyPath"),
        ({"decision": Verdict.CORRECT, "value": ""}, "the right path"),
        ({"decision": Verdict.CORRECT, "value": "Women /  / Tops"}, "no empty level"),
    ],
)
def test_an_entry_checks_itself(wrong: dict[str, str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        replace(said(), **wrong)


def test_unknown_fields_and_verdicts_are_refused() -> None:
    record = ledger.as_record(said())
    assert ledger.from_record(record) == said()
    with pytest.raises(ValueError, match="field"):
        ledger.from_record(record | {"path_to_file": "x"})
    with pytest.raises(ValueError, match="burn"):
        ledger.from_record(record | {"decision": "burn"})


@settings(deadline=None, derandomize=True)
@given(
    st.text(min_size=1, max_size=30).filter(lambda s: s.strip()),
    st.text(max_size=40) | st.text(st.sampled_from("a \u0085\u2028\u2029\r\n\x1e"), max_size=5),
)
@example("ada", "one\u2028two\u2029three\u0085four")
def test_any_words_survive_the_record(reviewer: str, comment: str) -> None:
    entries = (said(reviewer=reviewer, comment=comment), said(minute=1))
    assert ledger.from_record(ledger.as_record(entries[0])) == entries[0]
    with TemporaryDirectory() as folder:
        store = open_store(folder)
        assert ledger.append(store, entries) == 2
        assert ledger.read(store) == entries


@pytest.mark.parametrize(("word", "drawn"), [(True, True), ("TRUE", True), ("1", True), ("", False), ("False", False)])
def test_the_audit_mark_is_read_in_any_case(word: object, drawn: bool) -> None:
    assert from_record({**as_record(said()), "audit": word}).audit is drawn


def test_an_audit_mark_in_another_tongue_is_no_silent_no() -> None:
    with pytest.raises(ValueError, match="audit: got 'wahr'; allowed: true or false"):
        from_record({**as_record(said()), "audit": "WAHR"})
