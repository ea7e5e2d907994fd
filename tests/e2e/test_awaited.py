"""A picture that could not be had is asked for again on the nights after, for a while."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from enrichment.publish.read import latest, read_table
from enrichment.stages.awaited import NIGHTS as LAST
from enrichment.stores.local import LocalStore
from tests.e2e.shots import NIGHTS, VENDOR, counted, deliver, pictures, products_of, run_one, settings_in
from tests.images.server import gives, serving

pytestmark = pytest.mark.slow
TWO = {"A": ("Women Wrap Dress", "/a.jpg"), "C": ("Men Slim Fit Jeans", "/c.jpg /d.jpg")}


@pytest.fixture
def server():
    with serving(pictures(*"ad") | {"/c.jpg": gives(b"", 503)}) as running:
        yield running


@pytest.fixture
def settings(server, tmp_path):
    settings = settings_in(tmp_path, server)
    deliver(settings, NIGHTS[0], server, TWO)
    run_one(settings, NIGHTS[0])
    return settings


def notes(settings):
    return latest(LocalStore(Path(settings.store))).manifest["notes"]


def problems(settings, run):
    return sum(run.table("fetch", f"{VENDOR}-0000", "row_problems").num_rows for _ in [settings])


def test_a_failed_picture_comes_on_a_later_night_in_its_place(settings, server):
    first = products_of(settings)["C"]
    assert [ref.rpartition("/")[2] for ref in first["images"]] == ["d.jpg"]

    run = run_one(settings, NIGHTS[1])
    assert counted(run, "fetch") == {"asked_again": 1, "found": 0}
    assert problems(settings, run) == 0
    assert products_of(settings)["C"] == first
    assert notes(settings)["worked_on"] == 0

    server.routes["/c.jpg"] = pictures("c")["/c.jpg"]
    server.seen.clear()
    run = run_one(settings, NIGHTS[2])
    assert server.seen == ["/c.jpg"]
    assert counted(run, "fetch") == {"asked_again": 1, "found": 1}
    assert (notes(settings)["pictures_asked_again"], notes(settings)["pictures_found"]) == (1, 1)
    assert notes(settings)["worked_on"] == 1
    found = products_of(settings)["C"]
    assert [ref.rpartition("/")[2] for ref in found["images"]] == ["c.jpg", "d.jpg"]
    assert found["image_sha256"][1:] == first["image_sha256"]
    assert found["images_sent"] is None
    store = LocalStore(Path(settings.store))
    claims = read_table(store, latest(store), "attribute_claims").to_pylist()
    assert found["image_sha256"][0] in {claim["evidence_field"] for claim in claims}

    assert counted(run_one(settings, NIGHTS[3]), "fetch") == {}


def test_a_product_sent_anew_is_asked_for_by_its_own_row(settings, server):
    deliver(settings, NIGHTS[1], server, {"C": ("Men Slim Fit Jeans", "/d.jpg")})
    run = run_one(settings, NIGHTS[1])
    assert counted(run, "fetch") == {"asked_again": 0, "found": 0}
    assert products_of(settings)["C"]["images_sent"] is None


def test_after_a_while_nobody_asks_any_more(settings):
    late = NIGHTS[0] + timedelta(days=LAST)
    assert counted(run_one(settings, late), "fetch")["asked_again"] == 1
    assert counted(run_one(settings, late + timedelta(days=1)), "fetch") == {}


def test_a_host_that_is_allowed_later_brings_its_pictures_the_same_night_or_the_next(server, tmp_path):
    server.routes["/c.jpg"] = pictures("c")["/c.jpg"]
    allowed = settings_in(tmp_path, server)
    refused = replace(allowed, private_hosts=())
    deliver(allowed, NIGHTS[0], server, TWO)
    first = run_one(refused, NIGHTS[0])
    assert server.seen == []
    row = products_of(allowed)["C"]
    assert (row["images"], len(row["images_sent"])) == ([], 2)
    shutil.copytree(allowed.store, tmp_path / "next" / "store")

    again = run_one(allowed, NIGHTS[0])
    assert again.run_id != first.run_id
    assert len(products_of(allowed)["C"]["images"]) == 2

    later = replace(allowed, store=str(tmp_path / "next" / "store"))
    assert counted(run_one(replace(later, private_hosts=()), NIGHTS[1]), "fetch") == {"asked_again": 3, "found": 0}
    assert counted(run_one(later, NIGHTS[2]), "fetch") == {"asked_again": 3, "found": 3}
    assert len(products_of(later)["C"]["images"]) == 2


def test_a_picture_that_is_no_picture_is_not_asked_for_again(server, tmp_path):
    server.routes["/c.jpg"] = gives(b"no picture")
    settings = settings_in(tmp_path, server)
    deliver(settings, NIGHTS[0], server, TWO)
    run_one(settings, NIGHTS[0])
    assert products_of(settings)["C"]["images_sent"] is None
    assert counted(run_one(replace(settings), NIGHTS[1]), "fetch") == {}
