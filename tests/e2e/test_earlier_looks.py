"""A picture is looked at once by a version: whatever else changes, its answers are taken over, to the same bytes."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from enrichment.stages import look, versions
from enrichment.stages.catalogue import product_shards
from enrichment.stages.earlier_looks import Seen
from tests.e2e.conftest import published_bytes
from tests.e2e.shots import NIGHTS, PRODUCTS, counted, deliver, pictures, products_of, run_one, settings_in
from tests.e2e.words import declare, declared_hierarchy, forget, write_hierarchy
from tests.images.server import serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server():
    with serving(pictures(*"acde")) as running:
        yield running


@pytest.fixture(scope="module")
def base(tmp_path_factory, server):
    """One night of all products."""
    settings = settings_in(tmp_path_factory.mktemp("base"), server)
    deliver(settings, NIGHTS[0], server, PRODUCTS)
    return settings, run_one(settings, NIGHTS[0])


@pytest.fixture
def again(base, tmp_path):
    """Give a copy of the first night's store, as often as asked."""

    def copy(name):
        drops = tmp_path / "drops"
        drops.mkdir(exist_ok=True)
        shutil.copytree(base[0].store, tmp_path / name)
        return replace(base[0], store=str(tmp_path / name), drops=str(drops))

    return copy


@pytest.fixture
def deployed(monkeypatch):
    """Let other code answer from now on, as if it had been deployed."""
    monkeypatch.setattr(versions, "_code_hash", lambda _: "another")
    monkeypatch.setattr(look, "producer_of", lambda model: f"{model.producer}.another0")
    forget()
    yield
    monkeypatch.undo()
    forget()


@pytest.fixture
def other_hierarchy(tmp_path, monkeypatch):
    body = declared_hierarchy()
    body["divisions"][0]["name"] += " and more"
    declare(write_hierarchy(body, tmp_path / "schemas"), monkeypatch)
    yield
    monkeypatch.undo()
    forget()


def test_the_first_night_looks_at_every_picture(base):
    assert counted(base[1], "look")["looked"] == 6
    assert counted(base[1], "look")["reused"] == 0


@pytest.mark.usefixtures("other_hierarchy")
def test_another_hierarchy_looks_at_no_picture_and_publishes_what_a_fresh_look_would(again, monkeypatch):
    thrifty, fresh = again("thrifty"), again("fresh")
    run = run_one(thrifty, NIGHTS[1])
    assert counted(run, "place") == {"abstained": 0}
    assert counted(run, "look") | {"claims": 0} == {"claims": 0, "looked": 0, "reused": 6}
    monkeypatch.setattr(look, "earlier_looks", lambda *_: Seen())
    assert counted(run_one(fresh, NIGHTS[1]), "look")["looked"] == 6
    assert published_bytes(thrifty.store) == published_bytes(fresh.store)
    # The night after finds the answers as well, although nobody looked on the night before.
    monkeypatch.undo()
    forget()
    run = run_one(thrifty, NIGHTS[2])
    assert counted(run, "look")["reused"] == 6


@pytest.mark.usefixtures("other_hierarchy")
def test_a_look_that_was_killed_is_taken_up_to_the_same_bytes(again):
    whole, killed = again("whole"), again("killed")
    run_one(whole, NIGHTS[1])
    run = run_one(killed, NIGHTS[1])
    left = Path(killed.store) / run.prefix
    for marker in left.glob("look/*.done.json"):
        marker.unlink()
    for table in left.glob("look/*0000.claims.parquet"):
        table.write_bytes(table.read_bytes()[:100])
    shutil.rmtree(Path(killed.store) / "published/v=1" / f"run_date={NIGHTS[1].isoformat()}")
    for later in ("decide", "gate", "publish"):
        shutil.rmtree(left / later)
    run_one(killed, NIGHTS[1])
    assert counted(run, "look")["reused"] == 6
    assert published_bytes(killed.store) == published_bytes(whole.store)


def test_only_pictures_without_an_answer_are_looked_at(again, server):
    settings = again("store")
    changed = {
        "A": ("Women Wrap Dress Long", "/a.jpg"),
        # The second picture comes first: no embedding of it was kept for this product, but for another.
        "C": ("Men Slim Fit Jeans", "/d.jpg /c.jpg"),
        "E": ("Women Maxi Dress", "/c.jpg /e.jpg"),
    }
    deliver(settings, NIGHTS[1], server, changed)
    run = run_one(settings, NIGHTS[1])
    # A product is answered as a whole: E brings a new picture.
    assert counted(run, "look")["looked"] == 3
    assert counted(run, "look")["reused"] == 2


@pytest.mark.usefixtures("deployed")
def test_a_lost_picture_does_not_stop_the_night(again):
    settings = again("store")
    lost = products_of(settings)["C"]["image_sha256"][0]
    (Path(settings.store) / f"images/sha256/{lost[:2]}/{lost}").unlink()
    run = run_one(settings, NIGHTS[1])
    reports = [run.marker("look", shard).report for shard in product_shards(run)]
    assert sum(report.quarantined for report in reports) == 1
    assert products_of(settings)["C"]["image_group"] is not None


@pytest.mark.usefixtures("deployed")
def test_another_version_or_code_looks_at_every_picture(again):
    settings = again("store")
    run = run_one(settings, NIGHTS[1])
    assert counted(run, "look")["looked"] == 6
    assert counted(run, "look")["reused"] == 0
    assert products_of(settings).keys() == PRODUCTS.keys()
