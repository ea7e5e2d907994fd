"""Products that a full delivery leaves out."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.errors import DropError
from schemas.vendor_spec import VendorSpec


def absent_products(spec: VendorSpec, known: Iterable[str], sent: Iterable[str]) -> list[tuple[str, tuple[int, ...]]]:
    """Return the ``known`` skus that were not ``sent``, each with no rows, sorted; none for a delta delivery.

    ``sent`` are the skus of products, problems and withdrawals: a product whose row was refused is not withdrawn.

    Raises:
        DropError: less than the declared ``full_share`` of the known products came, as in a delta sent by mistake.

    """
    if spec.delivery == "delta":
        return []
    # An empty catalogue cannot shrink: the first full delivery always passes.
    before = set(known)
    left = before - set(sent)
    if before and 1 - len(left) / len(before) < spec.full_share:
        raise DropError(
            f"drop {spec.vendor}: a full delivery with {len(before) - len(left)} of {len(before)} known products, "
            f"under the declared full_share {spec.full_share}. Ask the vendor, or lower it in {spec.file}."
        )
    return [(sku, ()) for sku in sorted(left)]
