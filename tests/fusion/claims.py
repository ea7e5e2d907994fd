from __future__ import annotations

from enrichment.fusion.fuse import Fused
from schemas.records import AttributeClaim, AttributeDecision, Evidence, EvidenceKind, Source


def claim(attribute: str, value: str, source: str = "text", sure: float = 0.9, where: str = "name") -> AttributeClaim:
    kind = {"text": EvidenceKind.RULE, "image": EvidenceKind.IMAGE, "vendor": EvidenceKind.COLUMN}[source]
    return AttributeClaim("v", "1", attribute, value, Source(source), "test@1", sure, Evidence(kind, where))


def decision(fused: Fused, attribute: str) -> AttributeDecision:
    (found,) = (one for one in fused.decisions if one.attribute == attribute)
    return found
