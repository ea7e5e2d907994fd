"""Typing errors: dropped, doubled and swapped letters inside long words."""

from __future__ import annotations

from enrichment.sample.fabric import Rng

_SHORTEST = 5


def scuffed(text: str, rng: Rng, rate: float) -> str:
    """Return ``text`` with a typing error in about ``rate`` of its words of five letters and more."""
    words = text.split(" ")
    hits = rng.random(len(words)) < rate
    return " ".join(
        _slip(w, rng) if hit and len(w) >= _SHORTEST and w.isalpha() else w for w, hit in zip(words, hits, strict=True)
    )


def _slip(word: str, rng: Rng) -> str:
    at = int(rng.integers(1, len(word) - 2))
    kind = int(rng.integers(3))
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at] + word[at:]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
