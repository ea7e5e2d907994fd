"""The pictures of real drops, where they are at hand; the defects of the last night end as named problems."""

import csv
from datetime import date
from pathlib import Path

import pytest

from enrichment.images.fetch import PictureWant, fetch_pictures
from enrichment.images.open import open_source
from enrichment.images.policy import ImagePolicy
from enrichment.progress.null import NullProgress
from enrichment.stores.local import LocalStore
from schemas.records import ProblemReason

DROPS = Path(__file__).parents[3] / "shared" / "drops"
pytestmark = pytest.mark.skipif(not DROPS.is_dir(), reason="real drops are not at hand (../shared/drops)")


def fetched(kind, location, refs, store):
    wants = [PictureWant("vendor", f"s{row}", row, 0, ref) for row, ref in enumerate(refs, 1)]
    with open_source(kind, location) as source:
        return fetch_pictures(wants, source, store, ImagePolicy(), date(2026, 11, 19), NullProgress())


def test_the_defects_of_the_last_zip_are_named(tmp_path):
    drop = DROPS / "meridian" / "2026-11-19"
    with (drop / "catalog.csv").open(encoding="utf-8-sig", newline="") as file:
        refs = [row[8] for row in csv.reader(file) if len(row) > 8][1:]
    last = [ref for ref in refs if "/10990000" in ref or ".." in ref]
    images, problems = fetched("zip", drop / "images.zip", last, LocalStore(tmp_path))
    assert images == []
    assert [p.reason for p in problems] == [
        ProblemReason.PICTURE_MISSING,
        ProblemReason.PICTURE_CORRUPT,
        ProblemReason.PATH_OUTSIDE,
        ProblemReason.PICTURE_BOMB,
    ]


@pytest.mark.parametrize(("vendor", "folder"), [("kestrel", "pictures"), ("oakline", "media")])
def test_pictures_of_folders_are_all_usable(tmp_path, vendor, folder):
    location = DROPS / vendor / "2026-11-19" / folder
    refs = sorted(path.name for path in location.iterdir())
    images, problems = fetched("folder", location, refs, LocalStore(tmp_path))
    assert problems == []
    assert [image.ref for image in images] == refs
