"""From a fused distribution to a verdict: the value, or abstained, with who spoke for and against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from schemas.records import AttributeDecision, DecisionStatus, Source

# A source contradicts when it names another value at least this surely.
_AUDIBLE = 0.25


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one attribute ended; ``values`` most probable first, ``rule`` names the sources for and against."""

    status: DecisionStatus
    values: tuple[str, ...]
    confidence: float
    source: Source | None
    rule: str
    conflict: bool

    def decision(self, vendor: str, sku: str, attribute: str, version: str) -> AttributeDecision:
        """Return the record; several values stand joined by ``|``, the most probable first."""
        value = "|".join(self.values) if self.values else None
        rule = f"{version}:{self.rule}"
        return AttributeDecision(
            vendor, sku, attribute, self.status, value, self.confidence, self.source, rule, self.conflict
        )

    def with_values(self, values: tuple[str, ...]) -> Verdict:
        """Return the same verdict with companions of the winner."""
        return replace(self, values=values)


def abstained(rule: str) -> Verdict:
    """Return the verdict of an attribute about which nothing can be said."""
    return Verdict(DecisionStatus.ABSTAINED, (), 0.0, None, rule, False)


def judge(fused: Mapping[str, float], heard: Mapping[Source, Mapping[str, float]], threshold: float) -> Verdict:
    """Decide for the most probable value where it reaches ``threshold``, else abstain.

    The rule reads "text+image-vendor": words and picture for the value, the vendor against it.
    """
    best = min(fused, key=lambda value: (-fused[value], value))
    sure = min(1.0, fused[best])
    backers = {source: voice[best] for source, voice in heard.items() if voice.get(best, 0.0) >= _top(voice)}
    against = [s for s, voice in heard.items() if s not in backers and _top(voice) >= _AUDIBLE]
    rule = "+".join(sorted(backers)) + "".join(f"-{source}" for source in sorted(against))
    source = min(backers, key=lambda s: (-backers[s], s)) if backers else None
    if sure < threshold:
        return Verdict(DecisionStatus.ABSTAINED, (), sure, None, f"{rule or 'prior'}<{threshold:g}", bool(against))
    return Verdict(DecisionStatus.DECIDED, (best,), sure, source, rule or "prior", bool(against))


def _top(voice: Mapping[str, float]) -> float:
    return max(voice.values(), default=0.0)
