"""A person's path settles the attributes it implies, in what is published and in which claims won."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from enrichment.fusion.fuse import Fuser
from enrichment.fusion.weights import AttributeWeights, FusionWeights
from enrichment.stages import place as stage
from enrichment.stages.place import named
from enrichment.stages.rows import claims_table, decisions_table
from enrichment.stages.settled import settled_attributes
from schemas import tables
from schemas.attribute_spec import attributes
from schemas.records import (
    AttributeClaim,
    AttributeDecision,
    DecisionStatus,
    Evidence,
    EvidenceKind,
    HierarchyDecision,
    HierarchyPath,
    PlacementStatus,
    Source,
)

COLUMN = Evidence(EvidenceKind.COLUMN, "department", quote="Women")
SPAN = Evidence(EvidenceKind.SPAN, "name", 0, 5, "Men's")
PINNED = "review:correct:0123456789ab"


def _claim(
    attribute: str, value: str, source: Source, sku: str = "1", producer: str = "gender@1", sure: float = 0.97
) -> AttributeClaim:
    evidence = SPAN if source is Source.TEXT else COLUMN
    return AttributeClaim("v", sku, attribute, value, source, producer, sure, evidence)


def _decision(attribute: str, value: str, sku: str = "1") -> AttributeDecision:
    status, source = DecisionStatus.DECIDED, Source.VENDOR
    return AttributeDecision("v", sku, attribute, status, value, 0.75, source, "learned@1:vendor-text", True)


def _placed(sku: str, rule: str) -> HierarchyDecision:
    path = HierarchyPath(("Men", "Clothing", "Trousers & Jeans", "Jeans"))
    return HierarchyDecision("v", sku, PlacementStatus.DECIDED, path, (1.0,) * 4, (), (), rule)


CLAIMS = [
    _claim("gender", "women", Source.VENDOR),
    _claim("gender", "men", Source.TEXT),
    _claim("colour", "blue", Source.TEXT),
    _claim("article_type", "Shirts", Source.TEXT),
    _claim("age_group", "kids", Source.TEXT),
    _claim("gender", "women", Source.VENDOR, sku="2"),
]
OUTCOMES = ["won", "lost", "won", "won", "won", "won"]
DECISIONS = [
    _decision("gender", "women"),
    _decision("colour", "blue"),
    _decision("article_type", "Shirts"),
    _decision("age_group", "kids"),
    _decision("gender", "women", sku="2"),
]


class FakeRun:
    """One shard whose product 1 a person placed; product 2 stands as the program placed it."""

    def __init__(self, settled: pa.Table) -> None:
        self._tables = {
            ("decide", "attribute_decisions"): decisions_table(DECISIONS),
            ("decide", "judged_claims"): claims_table(CLAIMS, OUTCOMES),
            ("place", "settled"): settled,
        }

    def table(self, stage_name: str, shard: str, name: str) -> pa.Table:
        return self._tables[stage_name, name]


def _settled(*placed: HierarchyDecision) -> pa.Table:
    return decisions_table(stage._settled(list(placed), decisions_table(DECISIONS)))


def _outcome(run: Any) -> tuple[dict[tuple[str, str], Any], list[str]]:
    decisions, claims = settled_attributes(run, "s")
    assert decisions.schema == tables.ATTRIBUTE_DECISIONS
    assert claims.schema == tables.JUDGED_CLAIMS
    found = {(r["sku"], r["attribute"]): r for r in decisions.to_pylist()}
    assert len(found) == decisions.num_rows == len(DECISIONS)
    return found, claims["outcome"].to_pylist()


def test_what_the_path_implies_is_published_and_its_claims_win() -> None:
    found, outcomes = _outcome(FakeRun(_settled(_placed("1", PINNED), _placed("2", "place@1"))))
    assert (found["1", "gender"]["value"], found["1", "gender"]["rule"]) == ("men", PINNED)
    assert found["1", "article_type"]["value"] == "Jeans"
    assert (found["1", "age_group"]["value"], found["1", "age_group"]["rule"]) == ("adult", PINNED)
    assert found["1", "colour"]["value"] == "blue"
    assert found["2", "gender"]["value"] == "women"
    assert outcomes == ["lost", "won", "won", "lost", "lost", "won"]


def test_claims_on_what_was_cleared_are_ignored() -> None:
    cleared = AttributeDecision("v", "1", "gender", DecisionStatus.ABSTAINED, None, 0.0, None, PINNED)
    found, outcomes = _outcome(FakeRun(decisions_table([cleared])))
    assert (found["1", "gender"]["status"], found["1", "gender"]["value"]) == ("abstained", None)
    assert outcomes == ["ignored", "ignored", "won", "won", "won", "won"]


@pytest.mark.parametrize("rule", ["place@1", "lock", "review:reject:0123456789ab"])
def test_a_path_that_no_person_set_implies_nothing(rule: str) -> None:
    assert _settled(_placed("1", rule)).num_rows == 0
    assert _outcome(FakeRun(_settled()))[1] == OUTCOMES


def test_words_name_what_their_readers_read_not_what_is_concluded_of_them() -> None:
    weights = FusionWeights("w@1", {"gender": AttributeWeights({}, guesses=("text:tfidf",))})
    said = [
        _claim("gender", "men", Source.TEXT),
        _claim("gender", "men", Source.TEXT, sure=0.5),
        _claim("gender", "women", Source.TEXT, producer="tfidf@ab12", sure=0.999),
        _claim("gender", "women", Source.VENDOR, producer="filing@1"),
        _claim("article_type", "Jeans", Source.TEXT, producer="nouns@1", sure=0.993),
        _claim("colour", "blue", Source.TEXT),
    ]
    found = named(said, Fuser(attributes(), weights))
    at_rest = _claim("gender", "boys", Source.TEXT, sure=0.8999999761581421)
    assert named([at_rest], Fuser(attributes(), weights)).genders == {"boys": 0.9}
    assert (found.genders, found.types) == ({"men": 0.97}, {"Jeans": 0.993})
