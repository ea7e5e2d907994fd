#!/usr/bin/env bash
# The nightly job through Airflow on drawn drops: two nights, SQLite and a local folder, no service.
# Usage: demo.sh <bin folder of the environment> <folder for drops and outputs>
set -euo pipefail
bin=$1
home=$2
drops=$home/drops
export ENRICH_STORE="$PWD/$home/store" ENRICH_DROPS="$PWD/$drops" ENRICH_VENDORS="$PWD/$drops/vendors"
export ENRICH_SETTLE_SECONDS=0
export AIRFLOW__CORE__LOAD_EXAMPLES=False AIRFLOW__CORE__DAGS_FOLDER="$PWD/dags"
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False AIRFLOW__LOGGING__LOGGING_LEVEL=WARNING
rm -rf "$home" && mkdir -p "$home" "$AIRFLOW_HOME"

"$bin/enrich" sample --out "$drops" --products 400 --seed 7 --nights 2026-11-17,2026-11-18
"$bin/airflow" db migrate > "$home/airflow-db.log" 2>&1
for night in 2026-11-17 2026-11-18; do
  echo "night $night through Airflow ..."
  # An unusual night waits for a person, whom a demo has not: it must not wait for ever.
  if ! timeout 1200 "$bin/airflow" dags test nightly_enrichment "$night" > "$home/airflow-$night.log" 2>&1; then
    tail -n 40 "$home/airflow-$night.log" >&2
    echo "night $night failed; the whole log: $home/airflow-$night.log" >&2
    exit 1
  fi
done
"$bin/enrich" report --store "$ENRICH_STORE"
