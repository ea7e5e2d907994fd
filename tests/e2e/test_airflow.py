"""The DAG does what `enrich run` does: one night through Airflow publishes the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import NIGHTS, published_bytes

pytestmark = [pytest.mark.slow, pytest.mark.dag]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(tmp_path, drops, declared):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "ENRICH_MODEL_CACHE") if name in os.environ}
    return kept | {
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "GX_ANALYTICS_ENABLED": "false",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT),
        "ENRICH_STORE": str(tmp_path / "store"),
        "ENRICH_DROPS": str(drops),
        "ENRICH_VENDORS": str(declared),
        "ENRICH_SHARD_ROWS": "40",
        "ENRICH_THREADS": "1",
        "ENRICH_SETTLE_SECONDS": "0",
    }


def airflow(environment, *words):
    command = [str(Path(sys.executable).with_name("airflow")), *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


def test_a_night_through_airflow_publishes_the_same_bytes(environment, three_nights, tmp_path):
    airflow(environment, "db", "migrate")
    airflow(environment, "dags", "test", "nightly_enrichment", NIGHTS[0].isoformat())
    night = f"v=1/run_date={NIGHTS[0].isoformat()}/"
    expected = {key: sha for key, sha in published_bytes(three_nights[0].store).items() if key.startswith(night)}
    found = {key: sha for key, sha in published_bytes(tmp_path / "store").items() if key.startswith(night)}
    assert found == expected
