"""A night reads the drops it was planned with, or stops the vendor whose drop is another by then."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from enrichment import stages
from enrichment.config import Settings
from enrichment.images.refused import PictureRefused
from enrichment.publish.layout import SUCCESS, RunKey
from enrichment.runs.run import Run
from enrichment.stages import read
from enrichment.stages.drop import expect_planned, pictures_of
from enrichment.stages.plan import plan_night
from enrichment.stages.steps import STEPS, shards_of
from schemas.errors import DropError
from tests.images.pictures import jpeg

NIGHT = date(2026, 11, 17)
PICTURES = "pictures: {{kind: {}, location: {}}}\n"
DECLARED = "vendor: {}\nformat: csv\nfiles: [feed.csv]\ncolumns: {{sku: Code, name: Name}}\n"
CHANGED = "changed since the night was planned"


def feed(tmp_path, vendor):
    return tmp_path / "drops" / vendor / NIGHT.isoformat() / "feed.csv"


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "mine").mkdir()
    for vendor in ("acme", "bolt", "cold"):
        (tmp_path / "mine" / f"{vendor}.yaml").write_text(DECLARED.format(vendor))
    for vendor in ("acme", "bolt"):
        feed(tmp_path, vendor).parent.mkdir(parents=True)
        feed(tmp_path, vendor).write_text("Code,Name\nA,Red Dress\n")
    return Settings(store=str(tmp_path / "store"), drops=str(tmp_path / "drops"), vendors=str(tmp_path / "mine"))


def test_a_drop_written_over_after_the_plan_stops_its_vendor_alone(settings, tmp_path):
    uri = plan_night(NIGHT, settings)
    feed(tmp_path, "acme").write_text("Code,Name\nB,Blue Dress\n")
    # Who had nothing when the night was planned is late, whatever came since.
    feed(tmp_path, "cold").parent.mkdir(parents=True)
    feed(tmp_path, "cold").write_text("Code,Name\nC,Green Dress\n")
    with pytest.raises(DropError, match=f"drop acme 2026-11-17: {CHANGED}"):
        stages.run("read", uri, "acme")
    assert [stages.run("read", uri, vendor).units_in for vendor in ("bolt", "cold")] == [1, 0]
    run = Run.at(uri)
    assert CHANGED in run.failure("read", "acme").message
    assert shards_of(run, STEPS["fetch"]) == ["bolt-0000"]

    again = plan_night(NIGHT, settings)
    assert again != uri
    assert stages.run("read", again, "acme").units_in == 1
    assert Run.at(again).table("read", "acme", "products-0000")["sku"].to_pylist() == ["B"]


def test_a_drop_written_over_while_it_is_read_stops_its_vendor(settings, tmp_path, monkeypatch):
    uri, whole = plan_night(NIGHT, settings), read.read_drop

    def overtaken(*given, **named):
        yield from whole(*given, **named)
        feed(tmp_path, "acme").write_text("Code,Name\nB,Blue Dress\n")

    monkeypatch.setattr(read, "read_drop", overtaken)
    with pytest.raises(DropError, match=CHANGED):
        stages.run("read", uri, "acme")
    assert Run.at(uri).marker("read", "acme") is None


def test_half_a_file_is_told_as_the_change_it_is(settings, tmp_path):
    uri = plan_night(NIGHT, settings)
    feed(tmp_path, "acme").write_text("Co")
    with pytest.raises(DropError, match=CHANGED):
        stages.run("read", uri, "acme")
    with pytest.raises(DropError, match="missing column"):
        stages.run("read", plan_night(NIGHT, settings), "acme")


def test_a_file_that_may_not_be_read_stops_its_vendor_alone(settings, tmp_path, monkeypatch):
    whole = Path.open

    def opened(path, *how, **more):
        if path == feed(tmp_path, "acme"):
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path, *how, **more)

    monkeypatch.setattr(Path, "open", opened)
    uri = plan_night(NIGHT, settings)
    assert stages.run("read", uri, "bolt").units_in == 1
    with pytest.raises(DropError, match=r"feed\.csv: Permission denied\. Every file of a drop has to be readable"):
        stages.run("read", uri, "acme")
    monkeypatch.undo()
    with pytest.raises(DropError, match=CHANGED):
        stages.run("read", uri, "acme")
    assert stages.run("read", plan_night(NIGHT, settings), "acme").units_in == 1


def test_a_folder_that_may_not_be_looked_into_stops_its_vendor_alone(settings, tmp_path, monkeypatch):
    whole = Path.iterdir

    def listed(path):
        if path == feed(tmp_path, "acme").parent:
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path)

    monkeypatch.setattr(Path, "iterdir", listed)
    uri = plan_night(NIGHT, settings)
    assert stages.run("read", uri, "bolt").units_in == 1
    with pytest.raises(DropError, match="Permission denied"):
        stages.run("read", uri, "acme")


@pytest.mark.parametrize("change", ["other", "gone"])
def test_a_declaration_changed_after_the_plan_stops_its_vendor_alone(settings, tmp_path, change):
    uri = plan_night(NIGHT, settings)
    for vendor in ("acme", "bolt", "cold"):
        stages.run("read", uri, vendor)
    assert shards_of(Run.at(uri), STEPS["fetch"]) == ["acme-0000", "bolt-0000"]
    declared = tmp_path / "mine" / "acme.yaml"
    declared.unlink() if change == "gone" else declared.write_text(declared.read_text() + "delimiter: ';'\n")
    told = r"acme 2026-11-17: .*acme\.yaml was changed since the night was planned.*Run the night again"
    with pytest.raises(DropError, match=told):
        stages.run("read", uri, "acme")
    assert stages.run("read", uri, "bolt").units_in == 1
    assert shards_of(Run.at(uri), STEPS["fetch"]) == ["bolt-0000"]


def test_a_declaration_that_is_not_named_as_a_vendor_may_be_is_told_so(settings, tmp_path):
    (tmp_path / "mine" / "köln.yaml").write_text(DECLARED.format("köln"), encoding="utf-8")
    uri = plan_night(NIGHT, settings)
    with pytest.raises(DropError, match=r"k%C3%B6ln: its declaration cannot be read.*a vendor is named by a-z"):
        stages.run("read", uri, "k%C3%B6ln")
    assert stages.run("read", uri, "acme").units_in == 1


def pack(path, **pictures):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in pictures.items():
            archive.writestr(f"{name}.jpg", data)


@pytest.fixture
def pictured(settings, tmp_path):
    """Two vendors that have sent pictures, planned and read: acme in an archive, bolt in a folder."""
    for vendor, pictures in (("acme", PICTURES.format("zip", "all.zip")), ("bolt", PICTURES.format("folder", "web"))):
        declared = "vendor: {}\nformat: csv\nfiles: [feed.csv]\ncolumns: {{sku: Code, images: [Web]}}\n"
        (tmp_path / "mine" / f"{vendor}.yaml").write_text(declared.format(vendor) + pictures)
        feed(tmp_path, vendor).write_text("Code,Web\nA,a.jpg\nB,b.jpg\n")
    folder = feed(tmp_path, "bolt").parent / "web"
    folder.mkdir()
    for name in "ab":
        (folder / f"{name}.jpg").write_bytes(jpeg(seed=ord(name)))
    pack(feed(tmp_path, "acme").parent / "all.zip", a=jpeg(seed=1), b=jpeg(seed=2))
    uri = plan_night(NIGHT, settings)
    for vendor in ("acme", "bolt", "cold"):
        stages.run("read", uri, vendor)
    return uri


def test_pictures_that_stay_are_fetched(pictured):
    for shard in ("acme-0000", "bolt-0000"):
        assert stages.run("fetch", pictured, shard).done == 2


@pytest.mark.parametrize("change", ["other", "cut", "gone"])
@pytest.mark.parametrize(("vendor", "other"), [("acme", "bolt"), ("bolt", "acme")])
def test_pictures_written_over_after_the_drop_was_read_stop_its_vendor_alone(pictured, tmp_path, vendor, other, change):
    drop = feed(tmp_path, vendor).parent
    archive, picture = drop / "all.zip", drop / "web" / "a.jpg"
    victim = archive if vendor == "acme" else picture
    if change == "gone":
        victim.unlink()
    elif change == "cut":
        victim.write_bytes(victim.read_bytes()[:-300])
    elif vendor == "acme":
        pack(archive, a=jpeg(seed=3), b=jpeg(seed=2))
    else:
        picture.write_bytes(jpeg(seed=3))
    assert stages.run("fetch", pictured, f"{vendor}-0000").units_in == 0
    assert stages.run("fetch", pictured, f"{other}-0000").done == 2
    run = Run.at(pictured)
    assert shards_of(run, STEPS["text"]) == [f"{other}-0000"]
    assert run.failure("read", vendor).error == "DropChanged"
    with pytest.raises(DropError, match=CHANGED):
        stages.run("read", pictured, vendor)


def test_a_picture_that_came_after_the_drop_was_read_is_none_of_it(pictured, tmp_path):
    (feed(tmp_path, "bolt").parent / "web" / "c.jpg").write_bytes(jpeg(seed=9))
    with pictures_of(Run.at(pictured), "bolt") as source:
        assert source.read("c.jpg")
        expect_planned(Run.at(pictured), "bolt", source)
        with pytest.raises(PictureRefused, match="not in the folder when the drop was read"):
            source.read("c.jpg")


@pytest.mark.parametrize("vendor", ["acme", "bolt"])
@pytest.mark.parametrize("to", ["elsewhere", "itself"])
def test_pictures_behind_a_link_are_not_read(pictured, settings, tmp_path, vendor, to):
    place = feed(tmp_path, vendor).parent / ("all.zip" if vendor == "acme" else "web")
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere" if to == "elsewhere" else place)
    with pytest.raises(DropError, match="is a link, and links are not followed"):
        stages.run("read", plan_night(NIGHT, settings), vendor)


def put_success(run):
    """Let ``run`` count as published whole."""
    manifest = run.plan.manifest
    run.store.put(f"{RunKey(manifest.night, manifest.run_id).prefix}/{SUCCESS}", b"")


def test_a_drop_that_is_whole_again_after_the_night_was_published_without_it_is_another_run(settings, tmp_path):
    uri, sent = plan_night(NIGHT, settings), feed(tmp_path, "acme").read_text()
    feed(tmp_path, "acme").write_text("Code")
    with pytest.raises(DropError, match=CHANGED):
        stages.run("read", uri, "acme")
    feed(tmp_path, "acme").write_text(sent)
    # Until then the run itself may still take it in.
    assert plan_night(NIGHT, settings) == uri
    put_success(Run.at(uri))
    with pytest.raises(DropError, match=CHANGED):
        stages.run("read", uri, "acme")
    assert stages.run("read", uri, "bolt").units_in == 1

    again = plan_night(NIGHT, settings)
    assert again != uri
    assert plan_night(NIGHT, settings) == again
    assert stages.run("read", again, "acme").units_in == 1
    first, second = Run.at(uri).plan, Run.at(again).plan
    assert second.manifest.versions["instead_of"] == first.manifest.run_id
    assert second.versions_hash("acme") == first.versions_hash("acme")


def test_a_broken_drop_stays_the_same_run_however_often_it_is_read(settings, tmp_path):
    feed(tmp_path, "acme").write_text("Other\nA\n")
    uri = plan_night(NIGHT, settings)
    with pytest.raises(DropError, match="missing column"):
        stages.run("read", uri, "acme")
    put_success(Run.at(uri))
    assert plan_night(NIGHT, settings) == uri


def test_a_published_run_is_repeated_whatever_was_declared_since(settings, tmp_path):
    uri = plan_night(NIGHT, settings)
    assert stages.run("read", uri, "acme").units_in == 1
    put_success(Run.at(uri))
    (tmp_path / "mine" / "acme.yaml").unlink()
    assert stages.run("read", uri, "acme").units_in == 1
