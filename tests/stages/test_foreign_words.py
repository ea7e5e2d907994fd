"""A vendor whose words nobody reads is told of: once, with the number of its products by language."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from enrichment.desk.problems import problems_of
from enrichment.desk.summary import summary
from enrichment.publish.read import latest
from enrichment.stages.foreign_words import foreign_words
from schemas.records import WHOLE_DROP, ProblemReason
from schemas.vendor_spec import VendorSpec
from tests.e2e.conftest import run_one
from tests.e2e.words import NIGHTS, PRODUCTS, VENDOR, deliver, settings_in, store_of

NIGHT = date(2026, 11, 17)
COLUMNS = {"sku": "Id", "name": "Titel", "description": "Text"}
SPEC = VendorSpec.model_validate({"vendor": "acme", "format": "csv", "files": ["a.csv"], "columns": COLUMNS})


def test_one_notice_counts_all_shards_by_language() -> None:
    notes = [
        {"read": 40, "withheld:acme:de": 7, "withheld:acme:fr": 2, "claims": 90},
        {"read": 20, "withheld:acme:fr": 9, "withheld:birch:de": 50, "claims": 8},
    ]
    (notice,) = foreign_words(SPEC, notes, NIGHT)
    assert (notice.row, notice.sku, notice.column, notice.quarantined) == (WHOLE_DROP, None, "Titel, Text", False)
    assert notice.reason is ProblemReason.LANGUAGE_UNSUPPORTED
    assert notice.excerpt == "18 of 60 products worked on are not in English: fr 11, de 7"
    (many,) = foreign_words(SPEC, [{"read": 30, **{f"withheld:acme:{c}": 6 for c in "abcde"}}], NIGHT)
    assert many.excerpt.endswith("a 6, b 6, c 6, d 6, ...")


@pytest.mark.parametrize("notes", [[], [{"read": 9, "withheld:acme:de": 9}], [{"read": 200, "withheld:acme:de": 19}]])
def test_a_strange_name_or_two_is_no_other_language(notes: list[dict[str, int]]) -> None:
    assert foreign_words(SPEC, notes, NIGHT) == []


@pytest.mark.slow
def test_the_night_its_problems_and_the_page_tell_it(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    german = ((f"G{n}", "Herren Schuhe Schwarz", "", "", "", "", "Red", "") for n in range(12))
    deliver(settings, NIGHTS[0], [*PRODUCTS, *german])
    uri, _ = run_one(NIGHTS[0], settings)
    told = f"12 of {len(PRODUCTS) + 12} products worked on are not in English: de 12"
    (night,) = (row for row in summary(uri).vendors if row.vendor == VENDOR)
    (line,) = night.notices
    assert line.startswith(f"language unsupported, column Title, Note: {told}. Ask the vendor for words in English")
    assert night.reasons["language_unsupported"] == 1
    store = store_of(settings)
    first = problems_of(store, latest(store)).to_pylist()[0]
    assert (first["row"], first["stage"], first["excerpt"]) == (WHOLE_DROP, "text", told)
    page = Path(settings.store, latest(store).prefix, "report", "index.html").read_text(encoding="utf-8")
    assert json.dumps(told)[1:-1] in page
