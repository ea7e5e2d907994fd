"""A run is a folder: a plan, then one table and one done marker a stage and shard."""
