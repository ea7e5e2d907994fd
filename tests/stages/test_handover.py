"""What other systems are handed: a vendor's proposals come from its own products and cost no more than these."""

import tracemalloc

import pyarrow as pa
import pytest

from enrichment.stages.handover import _proposals
from schemas.records import LEVELS
from tests.vendors import golden

OTHERS = 20_000


@pytest.fixture
def products():
    """Nine products of ``acme`` under a value that means nothing, and very many of another vendor."""
    vendors = ["acme"] * 9 + ["other"] * OTHERS
    filed = dict.fromkeys((f"vendor_{level}" for level in LEVELS), [None] * len(vendors))
    filed |= {"vendor_division": ["Women"] * len(vendors), "vendor_department": ["WEBSHOP"] * 9 + ["Shoes"] * OTHERS}
    texts = {name: pa.array(values, pa.string()) for name, values in filed.items()}
    groups = ["dress", "shoes", "watch"] * 3 + ["shoes"] * OTHERS
    return pa.table({"vendor": vendors, "image_group": groups, **texts})


def test_a_vendors_proposals_are_about_its_own_products_and_take_no_memory_for_others(products):
    specs = {"acme": golden.spec("csv", vendor="acme")}
    _proposals(products.slice(0, 9), "acme", specs)
    tracemalloc.start()
    found = _proposals(products, "acme", specs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert {(proposal.vendor, proposal.value) for proposal in found} == {("acme", "WEBSHOP")}
    assert peak < 100 * OTHERS
