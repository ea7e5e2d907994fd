import hashlib
from datetime import date
from pathlib import Path

import pytest

from enrichment.config import Settings
from enrichment.progress.null import NullProgress
from enrichment.stages.night import run_night
from enrichment.stages.plan import plan_night

NIGHTS = (date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 19))


@pytest.fixture(scope="session")
def drops(tmp_path_factory):
    """Three nights of drawn drops: the last one brings the defects of real life."""
    from enrichment.sample.catalogue import write_drops

    return write_drops(tmp_path_factory.mktemp("sample") / "drops", products=90, nights=NIGHTS, seed=5)


@pytest.fixture(scope="session")
def declared(drops):
    from enrichment.sample.catalogue import VENDOR_DECLARATIONS

    return VENDOR_DECLARATIONS


def settings_for(store, drops, declared):
    return Settings(store=str(store), drops=str(drops), vendors=str(declared), shard_rows=40, threads=1)


def run_one(night, settings):
    uri = plan_night(night, settings)
    return uri, run_night(uri, NullProgress)


def published_bytes(store):
    """Return key -> sha256 of everything below ``published/``."""
    root = Path(store) / "published"
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="session")
def three_nights(tmp_path_factory, drops, declared):
    """A store in which all three nights ran undisturbed; read only."""
    store = tmp_path_factory.mktemp("nights")
    settings = settings_for(store, drops, declared)
    return settings, [run_one(night, settings) for night in NIGHTS]
