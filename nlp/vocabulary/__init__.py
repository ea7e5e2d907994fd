"""The declared words of each language, beside ``schemas/attributes.yaml``."""
