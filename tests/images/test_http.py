import gzip
import time

import pytest

from enrichment.images.address import resolve
from enrichment.images.http import HttpSource
from enrichment.images.open import open_source
from enrichment.images.policy import HttpPolicy, ImagePolicy
from enrichment.images.refused import PictureRefused
from schemas.errors import FetchFailed, Transient
from schemas.records import ProblemReason
from tests.images.server import (
    drips,
    drips_headers,
    endless,
    garbage,
    gives,
    hangs_up,
    in_turn,
    redirects,
    serving,
    silent,
)

BODY = bytes(range(256)) * 40


def source_for(server, *, base="", resolver=resolve, waits=None, max_bytes=50_000, **http):
    limits = {
        "allow_private": (server.host,),
        "connect_seconds": 1.0,
        "read_seconds": 0.4,
        "total_seconds": 3.0,
        "backoff_seconds": 0.01,
        **http,
    }
    policy = ImagePolicy(max_bytes=max_bytes, http=HttpPolicy(**limits))
    return HttpSource(base, policy, resolver, (waits if waits is not None else []).append)


def refusal(source, ref):
    with source, pytest.raises(PictureRefused) as caught:
        source.read(ref)
    return caught.value.reason


def test_a_picture_is_fetched_without_cookies_or_names():
    routes = {"/1.jpg": gives(BODY, Set_Cookie="track=1"), "/2.jpg": gives(BODY[:10])}
    with serving(routes) as server, source_for(server) as source:
        assert source.read(server.url("/1.jpg?w=100")) == BODY
        assert source.read(f"  {server.url('/2.jpg')} ") == BODY[:10]
        assert server.seen == ["/1.jpg?w=100", "/2.jpg"]
        assert server.headers[1]["Host"] == server.host
        assert "Cookie" not in server.headers[1]


def test_relative_references_are_joined_to_the_base():
    routes = {"/shop/a%20b.jpg": gives(BODY)}
    with serving(routes) as server, source_for(server, base=server.url("/shop/")) as source:
        assert source.read("a b.jpg") == BODY
        with pytest.raises(PictureRefused) as caught:
            source.read("//127.0.0.2/x.jpg")
    assert caught.value.reason is ProblemReason.ADDRESS_REFUSED


def test_redirects_are_followed_and_each_target_is_checked():
    routes = {"/a": redirects("/b", 301), "/b": redirects("c.jpg", 307), "/c.jpg": gives(BODY)}
    with serving(routes) as server, source_for(server) as source:
        assert source.read(server.url("/a")) == BODY
        assert server.seen == ["/a", "/b", "/c.jpg"]


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:9/latest/meta-data",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/x",
        "http://[::ffff:10.0.0.1]/x",
        "http://localhost/x",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "//10.0.0.1/x",
        "http://u:p@8.8.8.8/x",
        "http://[bad/x",
    ],
)
def test_redirects_to_where_they_must_not_lead_are_refused(target):
    with serving({"/a": redirects(target)}) as server:
        assert refusal(source_for(server), server.url("/a")) is ProblemReason.ADDRESS_REFUSED
        assert server.seen == ["/a"]


def test_endless_redirects_are_refused():
    with serving({"/a": redirects("/a")}) as server:
        assert refusal(source_for(server, max_redirects=3), server.url("/a")) is ProblemReason.ADDRESS_REFUSED
        assert len(server.seen) == 4


def test_a_redirect_without_target_is_a_failure():
    with serving({"/a": gives(b"", 302)}) as server:
        assert refusal(source_for(server), server.url("/a")) is ProblemReason.FETCH_FAILED


def test_private_addresses_are_refused_by_default():
    with serving({"/1.jpg": gives(BODY)}) as server:
        with open_source("http", "") as source, pytest.raises(PictureRefused) as caught:
            source.read(server.url("/1.jpg"))
        assert server.seen == []
    assert caught.value.reason is ProblemReason.ADDRESS_REFUSED


def test_a_name_that_resolves_to_a_private_address_is_refused():
    with serving({"/1.jpg": gives(BODY)}) as server:
        port = server.server_address[1]
        source = source_for(server, resolver=lambda *_: ["127.0.0.1"])
        assert refusal(source, f"http://cdn.example:{port}/1.jpg") is ProblemReason.ADDRESS_REFUSED
        assert server.seen == []


def test_a_name_is_resolved_once_a_connection_and_what_was_checked_is_connected_to():
    asked = []

    def rebinding(host, _port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.99"]

    with serving({"/1.jpg": gives(BODY), "/2.jpg": gives(BODY)}) as server:
        port = server.server_address[1]
        with source_for(server, resolver=rebinding, allow_private=("cdn.example",)) as source:
            assert source.read(f"http://cdn.example:{port}/1.jpg") == BODY
            assert source.read(f"http://cdn.example:{port}/2.jpg") == BODY
        assert asked == ["cdn.example"]
        assert server.headers[0]["Host"] == f"cdn.example:{port}"


def test_the_next_address_is_tried_where_one_does_not_answer():
    with serving({"/1.jpg": gives(BODY)}) as server:
        port = server.server_address[1]
        resolver = lambda *_: ["127.0.0.77", "127.0.0.1"]  # noqa: E731
        with source_for(server, resolver=resolver, allow_private=("cdn.example",)) as source:
            assert source.read(f"http://cdn.example:{port}/1.jpg") == BODY


def test_a_name_that_does_not_resolve_is_a_failure_to_try_again():
    def unknown(*_):
        raise OSError("Name or service not known")

    with serving({}) as server, source_for(server, resolver=unknown) as source, pytest.raises(FetchFailed) as caught:
        source.read("http://cdn.example/1.jpg")
    assert "not known" in str(caught.value)
    assert issubclass(FetchFailed, Transient)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, ProblemReason.PICTURE_MISSING),
        (410, ProblemReason.PICTURE_MISSING),
        (401, ProblemReason.FETCH_FAILED),
        (403, ProblemReason.FETCH_FAILED),
        (204, ProblemReason.FETCH_FAILED),
        (304, ProblemReason.FETCH_FAILED),
    ],
)
def test_refusals_by_the_server_are_not_tried_again(status, reason):
    with serving({"/a": gives(b"", status)}) as server:
        assert refusal(source_for(server), server.url("/a")) is reason
        assert len(server.seen) == 1


@pytest.mark.parametrize("bad", [gives(b"", 500), gives(b"", 503), gives(b"", 429), hangs_up, garbage, silent])
def test_one_bad_answer_is_tried_again(bad):
    waits = []
    with serving({"/a": in_turn(bad, gives(BODY))}) as server, source_for(server, waits=waits) as source:
        assert source.read(server.url("/a")) == BODY
        assert len(server.seen) == 2
    assert waits == [0.01]


def test_a_server_that_stays_bad_is_given_up_with_growing_pauses():
    waits = []
    with serving({"/a": gives(b"", 500)}) as server, source_for(server, waits=waits, tries=4) as source:
        with pytest.raises(FetchFailed, match="status 500"):
            source.read(server.url("/a"))
        assert len(server.seen) == 4
    assert waits == [0.01, 0.02, 0.04]


def test_a_host_that_keeps_failing_is_not_asked_again():
    with serving({"/a": gives(b"", 500), "/ok": gives(BODY)}) as server:
        with source_for(server, tries=1, host_failures=3) as source:
            for _ in range(2):
                with pytest.raises(FetchFailed, match="status"):
                    source.read(server.url("/a"))
            assert source.read(server.url("/ok")) == BODY
            for _ in range(3):
                with pytest.raises(FetchFailed, match="status"):
                    source.read(server.url("/a"))
            with pytest.raises(FetchFailed, match="3 times in a row"):
                source.read(server.url("/ok"))
        assert len(server.seen) == 6


def test_a_refusal_is_an_answer_of_a_host_that_is_there():
    routes = {"/a": gives(b"", 500), "/gone": gives(b"", 404), "/ok": gives(BODY)}
    with serving(routes) as server, source_for(server, tries=1, host_failures=2) as source:
        for _ in range(3):
            with pytest.raises(FetchFailed, match="status"):
                source.read(server.url("/a"))
            with pytest.raises(PictureRefused):
                source.read(server.url("/gone"))
        assert source.read(server.url("/ok")) == BODY


def test_each_source_asks_a_host_that_failed_anew():
    with serving({"/a": in_turn(gives(b"", 500), gives(BODY))}) as server:
        with source_for(server, tries=1, host_failures=1) as source:
            for reason in ("status", "in a row"):
                with pytest.raises(FetchFailed, match=reason):
                    source.read(server.url("/a"))
        with source_for(server, tries=1, host_failures=1) as source:
            assert source.read(server.url("/a")) == BODY


def test_a_closed_port_is_a_failure():
    with serving({}) as server:
        host = server.host
    with source_for(server, allow_private=(host,)) as source, pytest.raises(FetchFailed):
        source.read(f"http://{host}/a")


@pytest.mark.parametrize("slow", [drips, drips_headers])
def test_a_server_that_drips_cannot_outlast_the_deadline(slow):
    with serving({"/a": slow}) as server, source_for(server, total_seconds=0.6) as source:
        began = time.monotonic()
        with pytest.raises(FetchFailed):
            source.read(server.url("/a"))
        assert time.monotonic() - began < 2.5


def test_a_declared_size_over_the_cap_is_refused_unread():
    with serving({"/a": gives(b"", Content_Length="50001")}) as server:
        assert refusal(source_for(server), server.url("/a")) is ProblemReason.PICTURE_TOO_LARGE


def test_an_endless_body_is_cut_at_the_cap():
    with serving({"/a": endless}) as server:
        began = time.monotonic()
        assert refusal(source_for(server), server.url("/a")) is ProblemReason.PICTURE_TOO_LARGE
        assert time.monotonic() - began < 2.5


def test_a_body_of_exactly_the_cap_passes():
    body = bytes(50_000)
    with serving({"/a": gives(body)}) as server, source_for(server) as source:
        assert source.read(server.url("/a")) == body


def test_a_body_shorter_than_declared_is_tried_again_and_given_up():
    def short(handler):
        handler.answer(200, BODY, Content_Length=str(len(BODY) + 10))
        handler.close_connection = True

    with serving({"/a": short}) as server, source_for(server) as source:
        with pytest.raises(FetchFailed):
            source.read(server.url("/a"))
        assert len(server.seen) == 3


def test_packed_bodies_are_refused():
    body = gzip.compress(bytes(10**6))
    with serving({"/a": gives(body, Content_Encoding="gzip")}) as server:
        assert refusal(source_for(server), server.url("/a")) is ProblemReason.PICTURE_FORMAT


@pytest.mark.parametrize("ref", ["", "1.jpg", "file:///etc/passwd", "http://u:p@127.0.0.1/x", "gopher://127.0.0.1/"])
def test_references_that_are_no_http_address_are_refused(ref):
    with serving({}) as server:
        assert refusal(source_for(server), ref) is ProblemReason.ADDRESS_REFUSED


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with serving({"/a": gives(BODY)}) as server, source_for(server) as source:
        assert source.read(server.url("/a")) == BODY
