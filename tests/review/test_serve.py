from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from enrichment.review import ledger
from enrichment.review.ledger import Verdict
from enrichment.review.report import write_report
from enrichment.review.serve import prepare
from enrichment.stores.open import open_store
from enrichment.stores.port import Store
from schemas.errors import UsageError
from tests.review.entries import BAGS, DRESSES, said
from tests.review.night import make_night

TOKEN = "a-token-for-tests"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    write_report(make_night(20, 10), folder)
    (folder.parent / "secret.json").write_text("{}")
    (folder / "key.pem").write_text("no")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path))


@pytest.fixture
def client(report: Path, store: Store) -> Iterator[TestClient]:
    server = prepare(report, store, token=TOKEN)
    address = server.url.split("/#")[0]
    with TestClient(server.app, base_url=address, follow_redirects=False) as client:
        yield client
    server.listener.close()


def post(client: TestClient, entries: list, token: str = TOKEN, **headers: str) -> httpx.Response:
    body = {"decisions": [ledger.as_record(entry) for entry in entries]}
    return client.post("/api/decisions", json=body, headers={"X-Review-Token": token, **headers})


def test_the_address_carries_a_long_random_token_and_only_the_loopback_answers(report: Path, store: Store) -> None:
    first, second = prepare(report, store), prepare(report, store)
    try:
        assert first.url.split("#token=")[1] != second.url.split("#token=")[1]
        assert len(first.url.split("#token=")[1]) >= 32
        assert first.listener.getsockname()[0] == "127.0.0.1"
        with pytest.raises(UsageError, match="port"):
            prepare(report, store, port=first.listener.getsockname()[1])
        with pytest.raises(UsageError, match="port 99999"):
            prepare(report, store, port=99999)
    finally:
        first.listener.close()
        second.listener.close()


def test_decisions_are_saved_once_and_read_back(client: TestClient, store: Store) -> None:
    entries = [said(), said(Verdict.LOCK, 2, sku="B")]
    assert post(client, entries).json() == {"added": 2}
    assert post(client, entries).json() == {"added": 0}
    assert ledger.read(store) == tuple(entries)
    ledger.append(store, [said(run_id="another-run")])
    saved = client.get("/api/decisions", headers={"X-Review-Token": TOKEN}).json()["decisions"]
    assert [ledger.from_record(record) for record in saved] == entries


@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x"])
def test_without_the_token_nothing_is_read_or_written(client: TestClient, store: Store, token: str) -> None:
    assert post(client, [said()], token).status_code == 403
    assert client.get("/api/decisions", headers={"X-Review-Token": token}).status_code == 403
    assert client.post("/api/session", headers={"X-Review-Token": token}).status_code == 403
    assert ledger.read(store) == ()


def test_a_foreign_host_name_is_refused_even_with_the_token(client: TestClient) -> None:
    assert post(client, [said()], host="evil.example").status_code == 421
    assert client.get("/", headers={"host": "evil.example"}).status_code == 421


def test_a_page_of_another_origin_is_refused(client: TestClient, store: Store) -> None:
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1"):
        assert post(client, [said()], origin=origin).status_code == 403
    assert post(client, [said()], origin=str(client.base_url).rstrip("/")).status_code == 200
    assert len(ledger.read(store)) == 1


def test_forms_which_other_pages_can_send_are_refused(client: TestClient) -> None:
    headers = {"X-Review-Token": TOKEN, "Content-Type": "text/plain"}
    assert client.post("/api/decisions", content="{}", headers=headers).status_code == 415


def test_the_report_is_shown_to_holders_of_the_cookie_only(client: TestClient) -> None:
    door = client.get("/")
    assert "Opening the review" in door.text
    assert "default-src 'none'" in door.headers["content-security-policy"]
    assert "Opening the review" in client.get("/numbers.json").text
    opened = client.post("/api/session", headers={"X-Review-Token": TOKEN})
    cookie = opened.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert TOKEN not in cookie
    assert 'id="data"' in client.get("/").text
    assert client.get("/details/0000.js").text.startswith("enrichDetails(0,")


@pytest.mark.parametrize("name", ["../secret.json", "%2e%2e/secret.json", "key.pem", "details", "none.js", "a%00.js"])
def test_nothing_but_the_reports_files_is_served(client: TestClient, name: str) -> None:
    client.post("/api/session", headers={"X-Review-Token": TOKEN})
    assert client.get("/" + name).status_code == 404


def test_a_link_out_of_the_report_is_not_followed(client: TestClient, report: Path) -> None:
    (report / "out.json").symlink_to(report.parent / "secret.json")
    client.post("/api/session", headers={"X-Review-Token": TOKEN})
    assert client.get("/out.json").status_code == 404


def test_what_does_not_fit_is_refused_whole_with_the_reason(client: TestClient, store: Store) -> None:
    body = {"decisions": [ledger.as_record(said()), {"vendor": "x"}]}
    answer = client.post("/api/decisions", json=body, headers={"X-Review-Token": TOKEN})
    assert answer.status_code == 422
    assert answer.json()["refused"][0].startswith("2: ")
    body["decisions"] += [ledger.as_record(entry) for entry in (said(run_id="another-run"), said(sku="B"))]
    answer = client.post("/api/decisions", json=body, headers={"X-Review-Token": TOKEN})
    assert [row for row, _ in answer.json()["rows"]] == [2, 3]
    assert answer.json()["rows"][1][1] == "run another-run is not served here"
    assert post(client, [said(run_id="another-run")]).status_code == 422
    assert ledger.read(store) == ()
    for content in (b"", b"[]", b'{"decisions": {}}', b"[" * 100_000):
        headers = {"X-Review-Token": TOKEN, "Content-Type": "application/json"}
        assert client.post("/api/decisions", content=content, headers=headers).status_code == 400


def test_a_body_without_end_is_cut_off(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enrichment.review.serve._BODY_LIMIT", 1000)
    headers = {"X-Review-Token": TOKEN, "Content-Type": "application/json"}
    assert client.post("/api/decisions", content=b" " * 2000, headers=headers).status_code == 413


def test_a_folder_without_report_is_a_usage_error(tmp_path: Path, store: Store) -> None:
    with pytest.raises(UsageError, match="no report"):
        prepare(tmp_path, store)


def test_a_correction_to_no_node_is_refused(report: Path, store: Store) -> None:
    server = prepare(report, store, token=TOKEN, nodes={DRESSES})
    with TestClient(server.app, base_url=server.url.split("/#")[0]) as client:
        assert post(client, [said(Verdict.CORRECT, value="Moon / Cheese")]).status_code == 422
        assert post(client, [said(Verdict.CORRECT, path=BAGS, value=DRESSES)]).status_code == 200
    server.listener.close()
