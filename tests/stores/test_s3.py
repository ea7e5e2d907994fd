import io
import os
import socket

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, NoCredentialsError, ReadTimeoutError
from s3transfer.exceptions import RetriesExceededError

from enrichment.stores.s3 import S3Store
from schemas.errors import ObjectChanged, ObjectExists, StoreUnavailable, UsageError


@pytest.fixture
def store(monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test-secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = Config(retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=1)
    return S3Store("bucket-of-tests", "p", {"endpoint_url": f"http://127.0.0.1:{port}", "config": config})


class Scripted:
    """A client whose put answers are written down beforehand; it holds ``data``."""

    def __init__(self, *answers, writer=None, data=b"seen"):
        self.answers = list(answers)
        self.marks = []
        self.writer = writer
        self.data = data

    def get_object(self, **_):
        return {"Body": io.BytesIO(self.data), "ETag": '"1"'}

    def put_object(self, **call):
        self.marks.append(call["Metadata"]["writer"])
        answer = self.answers.pop(0)
        if answer is not None:
            raise answer

    def head_object(self, **_):
        return {"Metadata": {"writer": self.writer or self.marks[-1]}}


def refusal(code, status):
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutObject")


def test_a_server_that_does_not_answer_may_be_tried_again(store):
    for call in (
        lambda: store.get("k"),
        lambda: store.put("k", b""),
        lambda: store.put_new("k", b""),
        lambda: store.replace("k", b"", b""),
        lambda: store.exists("k"),
        lambda: list(store.list("")),
        lambda: store.delete("k"),
    ):
        with pytest.raises(StoreUnavailable, match="bucket-of-tests/p"):
            call()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refusal("InternalError", 500), StoreUnavailable),
        (refusal("SlowDown", 503), StoreUnavailable),
        (refusal("429", 429), StoreUnavailable),
        (refusal("BadDigest", 400), StoreUnavailable),
        (refusal("OperationAborted", 409), StoreUnavailable),
        (refusal("ExpiredToken", 400), UsageError),
        (refusal("AccessDenied", 403), UsageError),
        (refusal("NoSuchBucket", 404), UsageError),
        (refusal("NotImplemented", 501), UsageError),
        (ReadTimeoutError(endpoint_url="x"), StoreUnavailable),
        (ConnectionResetError(), StoreUnavailable),
    ],
)
def test_each_refusal_has_its_type(store, error, expected):
    store._client = Scripted(error)
    with pytest.raises(expected, match="'k'"):
        store.put_new("k", b"")


def test_a_download_that_broke_off_may_be_tried_again(store, tmp_path):
    class Breaking:
        def download_fileobj(self, **_):
            raise RetriesExceededError(ConnectionResetError())

    store._client = Breaking()
    with pytest.raises(StoreUnavailable, match="'k'"):
        store.download("k", tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_put_new_whose_answer_was_lost_has_won(store):
    store._client = Scripted(refusal("PreconditionFailed", 412))
    store.put_new("k", b"mine")
    assert len(store._client.marks) == 1


def test_a_put_new_that_met_another_writer_has_lost(store):
    store._client = Scripted(refusal("PreconditionFailed", 412), writer="another")
    with pytest.raises(ObjectExists):
        store.put_new("k", b"mine")


def test_a_replace_whose_answer_was_lost_has_won(store):
    store._client = Scripted(refusal("PreconditionFailed", 412))
    store.replace("k", b"seen", b"mine")
    assert len(store._client.marks) == 1


@pytest.mark.parametrize(
    "answer",
    [
        refusal("PreconditionFailed", 412),
        refusal("ConditionalRequestConflict", 409),
        refusal("NoSuchKey", 404),
    ],
)
def test_a_replace_that_met_another_writer_has_lost(store, answer):
    store._client = Scripted(answer, writer="another")
    with pytest.raises(ObjectChanged, match="'k'"):
        store.replace("k", b"seen", b"mine")


def test_racing_writers_are_tried_again_a_bounded_number_of_times(store):
    store._client = Scripted(*[refusal("ConditionalRequestConflict", 409)] * 2, None)
    store.put_new("k", b"mine")
    assert store._client.answers == []
    store._client = Scripted(*[refusal("ConditionalRequestConflict", 409)] * 9)
    with pytest.raises(StoreUnavailable, match="racing"):
        store.put_new("k", b"mine")
    assert len(store._client.marks) == 5


def test_missing_credentials_are_no_reason_to_try_again(store):
    store._client = Scripted(NoCredentialsError())
    with pytest.raises(UsageError, match="credentials"):
        store.put_new("k", b"")


def test_a_wrong_environment_is_told_at_once(monkeypatch):
    monkeypatch.setenv("ENRICH_S3_ENDPOINT", "not an address")
    with pytest.raises(UsageError, match="ENRICH_S3_ENDPOINT"):
        S3Store("bucket-of-tests")


def test_an_outside_prefix_is_refused():
    with pytest.raises(UsageError):
        S3Store("bucket-of-tests", "a/../b")
