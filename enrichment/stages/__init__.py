"""The stages of a night, one file each, and the single entry that runs them.

Stages are the one place where the rooms meet: load, pure call, save. ``run(stage, run_uri, shard)`` is what
Airflow, the command line and the tests all call.
"""

from enrichment.stages.steps import ORDER, run, shards

__all__ = ["ORDER", "run", "shards"]
