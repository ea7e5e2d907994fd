"""The whole night on an S3 store: the same published bytes as in a folder."""

import hashlib

import boto3
import pytest
from moto.server import ThreadedMotoServer

from enrichment.desk.summary import summary
from enrichment.publish.read import latest, read_table
from enrichment.stores.open import open_store
from tests.e2e.conftest import NIGHTS, published_bytes, run_one, settings_for

pytestmark = pytest.mark.slow


@pytest.fixture
def bucket(monkeypatch):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("ENRICH_S3_ENDPOINT", f"http://{host}:{port}")
    boto3.client("s3", endpoint_url=f"http://{host}:{port}").create_bucket(Bucket="catalogue")
    yield "s3://catalogue/nights"
    server.stop()


def test_a_night_on_s3_publishes_what_a_folder_does(bucket, three_nights, drops, declared):
    uri, _ = run_one(NIGHTS[0], settings_for(bucket, drops, declared))
    store = open_store(bucket)
    assert uri.startswith("s3://catalogue/nights/runs/")
    assert summary(uri).products == read_table(store, latest(store), "products").num_rows
    local = {key: sha for key, sha in published_bytes(three_nights[0].store).items() if NIGHTS[0].isoformat() in key}
    remote = {key.removeprefix("published/") for key in store.list("published/v=1/run_date=")}
    assert remote == set(local)
    manifest = next(key for key in local if key.endswith("_manifest.json"))
    assert store.get(f"published/{manifest}").decode().count('"sha256"') > 10
    assert hashlib.sha256(store.get(f"published/{manifest}")).hexdigest() == local[manifest]
