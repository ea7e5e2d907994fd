"""Every article type that words can claim has a place in the declared taxonomy, inside or outside."""

from __future__ import annotations

import yaml

from enrichment.fusion.belief import TypeMap
from schemas.declared import SCHEMA_DIR
from schemas.taxonomy_spec import taxonomy

WORDS = SCHEMA_DIR.parent / "nlp" / "vocabulary" / "article_types.yaml"


def test_no_type_that_words_claim_is_strange_to_the_taxonomy() -> None:
    claimed = {one["name"]: one["group"] for one in yaml.safe_load(WORDS.read_text(encoding="utf-8"))["article_types"]}
    known = TypeMap(taxonomy()).group_of
    assert {name: group for name, group in claimed.items() if known.get(name) != group} == {}
