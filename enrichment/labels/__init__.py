"""The labels room: find likely label errors, unequal near-duplicates, and how far annotators agree."""
