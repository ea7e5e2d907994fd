"""The `enrich` command line: thin commands over the stages and rooms."""
