"""The figures of one split: accuracy with intervals, confusions, calibration, coverage, and what does not apply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from enrichment.vision.answer import answers, best, merge_matrix, merged_names
from enrichment.vision.calibrate import calibration_error, softmax, threshold_for
from enrichment.vision.intervals import bootstrap, counted, macro_f1
from enrichment.vision.measured import Measured, known
from enrichment.vision.training_rows import DRAWN, UNTAUGHT
from enrichment.vision.vocabulary import GATED, GROUP, MISSING, Vocabulary
from enrichment.wilson import wilson

AUTO_PRECISION = 0.98
_FEW = 20


def share(right: NDArray[np.bool_]) -> dict[str, Any]:
    """Return n, accuracy and its 95 % interval."""
    low, high = wilson(int(right.sum()), len(right))
    accuracy = float(right.mean()) if len(right) else 0.0
    return {"n": len(right), "accuracy": round(accuracy, 4), "low": round(low, 4), "high": round(high, 4)}


def group_figures(measured: Measured, vocabulary: Vocabulary, fitted: Mapping[str, float]) -> dict[str, Any]:
    """Return the group head's figures: overall, by group, confusions, calibration, share accepted at 98 % precision."""
    rows = known(measured, GROUP, vocabulary)
    true = measured.codes[GROUP][rows]
    shares = softmax(measured.raw.group[rows], fitted.get(GROUP, 1.0))
    got, sure = shares.argmax(axis=1), shares.max(axis=1)
    right = got == true
    names = vocabulary.groups
    by_group = {names[g]: share(right[true == g]) for g in np.unique(true)}
    recalls = [row["accuracy"] for row in by_group.values() if row["n"] >= _FEW]
    return {
        **share(right),
        "smallest_recall": min(recalls, default=0.0),
        "by_group": by_group,
        "confusions": confusions([names[t] for t in true], [names[g] for g in got]),
        "calibration_error": round(calibration_error(sure, right), 4),
        "auto_accepted": threshold_for(sure, right, AUTO_PRECISION).to_json(),
    }


def accepted(measured: Measured, vocabulary: Vocabulary, calibration: Mapping[str, Any]) -> dict[str, float]:
    """Return how many groups the version's own threshold accepts, and how many of those are right."""
    rows = known(measured, GROUP, vocabulary)
    shares = softmax(measured.raw.group[rows], calibration["temperatures"].get(GROUP, 1.0))
    threshold = float(calibration["thresholds"][GROUP]["*"]["threshold"])
    sure = shares.max(axis=1) >= threshold
    right = (shares.argmax(axis=1) == measured.codes[GROUP][rows])[sure]
    precision = float(right.mean()) if len(right) else 0.0
    return {"threshold": threshold, "coverage": round(float(sure.mean()), 4), "precision": round(precision, 4)}


def tag_figures(measured: Measured, name: str, vocabulary: Vocabulary, fitted: Mapping[str, float]) -> dict[str, Any]:
    """Return a tag's figures within the true group, near-equal values counted as one, and end to end as claimed.

    ``weak`` of the ``n`` labels were mined from words or drawn: they may be wrong themselves. ``among`` tells how often
    further rows, whose label leaves the value open, get one of those it leaves.
    """
    rows = known(measured, name, vocabulary)
    values = vocabulary.tags[name]
    merge = merge_matrix(name, values)
    family = merge.argmax(axis=1)
    codes = measured.codes[name][rows]
    shares = _within_group(measured, name, vocabulary, fitted, rows)
    place, sure = best(name, values, shares)
    true, got = family[codes], family[place]
    right = got == true
    order = np.argsort(-(shares @ merge), axis=1, kind="stable")
    named = merged_names(name, values)
    claimed = answers(measured.raw, vocabulary, fitted).tags[name][rows]
    return {
        **share(right),
        "among": _among(measured, name, vocabulary, fitted),
        "weak": sum(name in row.weak for row, mine in zip(measured.rows, rows, strict=True) if mine),
        "exact": round(float((place == codes).mean()), 4) if len(codes) else 0.0,
        "top2": round(float((order[:, :2] == true[:, None]).any(axis=1).mean()), 4) if len(codes) else 0.0,
        **_macro(true, got),
        "as_claimed": share(family[best(name, values, claimed)[0]] == true),
        "by_value": {named[v]: share(right[true == v]) for v in np.unique(true)},
        "calibration_error": round(calibration_error(sure, place == codes), 4),
        "auto_accepted": threshold_for(sure, right, 0.95).to_json(),
        "confusions": confusions([named[t] for t in true], [named[g] for g in got]),
        "not_applicable": not_applicable(measured, name, vocabulary, fitted),
    }


def _within_group(
    measured: Measured, name: str, vocabulary: Vocabulary, fitted: Mapping[str, float], rows: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the probabilities ``[N, V]`` of a tag's values, for ``rows`` and within their true group."""
    allowed = vocabulary.mask(name)[measured.codes[GROUP][rows]]
    return softmax(measured.raw.tags[name][rows], fitted.get(name, 1.0), allowed)


def _among(measured: Measured, name: str, vocabulary: Vocabulary, fitted: Mapping[str, float]) -> dict[str, Any]:
    rows = np.array([name in row.among for row in measured.rows], dtype=bool) & (measured.codes[GROUP] != MISSING)
    shares = _within_group(measured, name, vocabulary, fitted, rows)
    got = [vocabulary.tags[name][at] for at in best(name, vocabulary.tags[name], shares)[0]]
    open_to = [row.among[name] for row, mine in zip(measured.rows, rows, strict=True) if mine]
    return share(np.array([value in one for value, one in zip(got, open_to, strict=True)], dtype=bool))


def _macro(true: NDArray[Any], got: NDArray[Any]) -> dict[str, float]:
    """Return macro-F1 with its interval, nothing where no value has rows enough to be counted."""
    values = counted(true)
    if not len(values):
        return {}
    low, high = bootstrap(lambda at: macro_f1(true[at], got[at], values), len(true))
    found = {"macro_f1": macro_f1(true, got, values), "macro_f1_low": low, "macro_f1_high": high}
    return {name: round(value, 4) for name, value in found.items()}


def not_applicable(
    measured: Measured, name: str, vocabulary: Vocabulary, fitted: Mapping[str, float]
) -> dict[str, Any]:
    """Return how often a tag is rightly not claimed where the picture's true group cannot have it."""
    can = np.asarray(vocabulary.mask(name).any(axis=1))
    group = measured.codes[GROUP]
    rows = (group != MISSING) & ~can[np.maximum(group, 0)]
    silent = answers(measured.raw, vocabulary, fitted).tags[name][rows].sum(axis=1) == 0
    return share(silent)


def mostly_weak(figures: Mapping[str, Any]) -> bool:
    """Tell whether most labels behind a head's figures are weak."""
    return int(figures.get("weak", 0)) * 2 > int(figures["n"])


def confusions(true: list[str], got: list[str], most: int = 8) -> list[list[Any]]:
    """Return the commonest pairs [true, taken for, how often], most first."""
    pairs = Counter((t, g) for t, g in zip(true, got, strict=True) if t != g)
    return [[t, g, n] for (t, g), n in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[:most]]


def brand_figures(measured: Measured, brands: list[str]) -> dict[str, Any]:
    """Return the group accuracy of each brand with 20 or more rows."""
    right = measured.raw.group.argmax(axis=1) == measured.codes[GROUP]
    where = np.array(brands, dtype=object)
    return {
        str(brand): share(right[where == brand])
        for brand in sorted(set(brands))
        if brand and int((where == brand).sum()) >= _FEW
    }


def gates(measured: Measured, vocabulary: Vocabulary, fitted: Mapping[str, float]) -> dict[str, float]:
    """Return what a successor must not fall below: accuracy of group and tags by source, higher is better.

    A row whose label leaves a tag's value open is right where the answer is one of those it leaves.
    """
    out: dict[str, float] = {}
    for source in sorted({row.source for row in measured.rows} - {DRAWN}):
        part = measured.only(np.array([row.source == source for row in measured.rows], dtype=bool))
        if source not in UNTAUGHT and known(part, GROUP, vocabulary).any():
            out[f"{source}/{GROUP}"] = group_figures(part, vocabulary, fitted)["accuracy"]
        for name in GATED:
            if name in vocabulary.tags and int(known(part, name, vocabulary).sum()) >= _FEW:
                told = tag_figures(part, name, vocabulary, fitted)
                parts = (told, told["among"])
                right = sum(p["accuracy"] * p["n"] for p in parts)
                out[f"{source}/{name}"] = round(right / sum(p["n"] for p in parts), 4)
    return out
