"""The trained parts that ship with the package: plain arrays and names, made by ``enrich train text``."""
