from __future__ import annotations

from schemas.records import AttributeClaim, Evidence, EvidenceKind, Source


def claim(attribute: str, value: str, source: str = "text", sure: float = 0.9, where: str = "name") -> AttributeClaim:
    kind = {"text": EvidenceKind.RULE, "image": EvidenceKind.IMAGE, "vendor": EvidenceKind.COLUMN}[source]
    return AttributeClaim("v", "1", attribute, value, Source(source), "test@1", sure, Evidence(kind, where))
