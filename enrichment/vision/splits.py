"""Which rows train, which set thresholds, and which only measure: a fixed split by hash.

Product shots are held apart twice: whole brands (``test_brand``) and, among the other brands, whole clusters
(``validation``, ``test_cluster``). A cluster that touches a held-out brand follows it, or is left out. Phone and
street photos are held apart by sender. The hash depends on the name alone: new rows move no old
ones, but a row of a held-out brand draws the rest of its cluster out of training.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

TRAIN, VALIDATION, TEST_CLUSTER, TEST_BRAND, TEST_SENDER, LEFT_OUT = (
    "train",
    "validation",
    "test_cluster",
    "test_brand",
    "test_sender",
    "left_out",
)
# Chosen once, by coverage alone: with these every image group keeps most rows for training and some for measuring.
_SALT = {"brand": 22, "cluster": 22, "sender": 37}
_BRAND_SHARE, _VALIDATION_SHARE, _TEST_SHARE, _SENDER_TEST_SHARE = 0.10, 0.08, 0.12, 0.20


def fraction(kind: str, name: str) -> float:
    """Return the place of ``name`` in [0, 1), spread evenly and the same on every machine."""
    digest = hashlib.sha256(f"{_SALT.get(kind, 0)}:{kind}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def brand_of(title: str) -> str:
    """Return the brand as the titles give it: the first word, in lower case."""
    words = title.split()
    return words[0].lower() if words else ""


def product_splits(clusters: Sequence[str], brands: Sequence[str]) -> list[str]:
    """Return the split of each product shot from its cluster and brand (see the module's words)."""
    held = {name for name in set(brands) if fraction("brand", name) < _BRAND_SHARE}
    tainted = {cluster for cluster, name in zip(clusters, brands, strict=True) if name in held}
    return [_product_split(cluster, name in held, tainted) for cluster, name in zip(clusters, brands, strict=True)]


def _product_split(cluster: str, held_brand: bool, tainted: set[str]) -> str:
    if held_brand:
        return TEST_BRAND
    if cluster in tainted:
        return LEFT_OUT
    place = fraction("cluster", cluster)
    if place < _TEST_SHARE:
        return TEST_CLUSTER
    return VALIDATION if place < _TEST_SHARE + _VALIDATION_SHARE else TRAIN


def sender_splits(senders: Iterable[str]) -> list[str]:
    """Return the split of each phone or street photo from who sent it."""
    places = (fraction("sender", name) for name in senders)
    return [
        TEST_SENDER
        if place < _SENDER_TEST_SHARE
        else VALIDATION
        if place < _SENDER_TEST_SHARE + _VALIDATION_SHARE
        else TRAIN
        for place in places
    ]
