"""The model card of a version: what it is for, what taught it, how right it is, and what it must not be used for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from enrichment.vision.figures import mostly_weak

_SOURCES = {
    "products": "fashion-products: clean product shots from a Kaggle set listed as MIT (licence not verified); labels "
    "image group, article type, colour, gender, usage (as `occasion`) and season; further tags **as the text "
    "extractors surely read them in titles (weak labels)**",
    "phone": "clothing-photos: phone photos of clothes on real backgrounds (CC0); labels group, and type or sleeve "
    "length where the label says it",
    "drawn": "drawn sample: garments drawn by `enrich sample` (ours); sleeve, neckline, collar, length, pattern "
    "(**weak for photographs**)",
    "worn": "worn-attributes: street photos, **research use only: this version must never be shipped**",
}
_HEAD = """---
license: apache-2.0
library_name: catalog-enrichment
pipeline_tag: image-classification
tags: [image-group, attribute-tagging, visual-similarity, fashion]
---
# {version}

One pass of a `{backbone}` trunk gives the image group (14 classes), tags of that group, and a 128-dimensional
unit-norm embedding. {origin} How the first of each average was made stands in `metrics.json`.

## Use
Nightly catalogue enrichment: product pictures of clothes, shoes and accessories. Every answer carries a calibrated
confidence. Gender is a shop's *division* guessed from a product shot, never a statement about a person; pictures
of people are not what this is for.

## Training data
"""


def card(version: str, calibration: Mapping[str, Any], figures: Mapping[str, Any], evaluation: Any) -> str:
    """Return the card's Markdown; ``evaluation`` (test figures with intervals) may be None."""
    lines = [_HEAD.format(version=version, backbone=figures["backbone"], origin=_origin(figures))]
    lines += [f"- {_SOURCES.get(name, name)}: {count} training pictures" for name, count in figures["rows"].items()]
    lines += _splits(figures)
    lines += _thresholds(calibration)
    lines += _tested(evaluation)
    return "\n".join(lines) + "\n"


def _origin(figures: Mapping[str, Any]) -> str:
    """Say what the weights grew from, the latest step first."""
    steps = [figures, *figures.get("history", [])]
    averages = [
        "Averaged with `enrich train soup` from "
        + ", ".join(f"`{name}` ({share:.0%})" for name, share in step["averaged_from"].items())
        + (f", with the group head of `{step['group_from']}`." if step.get("group_from") else ".")
        for step in steps
        if step.get("averaged_from")
    ]
    grown = [f"`{step['version']}`" for step in figures.get("history", [])]
    first = steps[-1]["settings"]
    began = f"version `{first['start']}`" if first["start"] else f"the weights `{first['weights']}`"
    if not first["start"] and not first["weights"]:
        began = "the hub's weights for its backbone" if first["hub"] else "random weights"
    return "\n".join([f"Grown from {', that from '.join([*grown, began])}.", *averages])


def _splits(figures: Mapping[str, Any]) -> list[str]:
    missing = ", ".join(figures["untrained_groups"]) or "none"
    weak = ", ".join(f"{name} {count}" for name, count in sorted(figures.get("weak_labels", {}).items()))
    return [
        *(["", f"Weak labels among them: {weak}."] if weak else []),
        "",
        f"Groups without a training picture: {missing}. The class exists in the score vector; nothing taught it.",
        "",
        "## Splits",
        "Fixed by hash: whole brands (first word of a title) and whole clusters (same picture, or same title and "
        "colour) are held out of product shots, whole senders out of phone photos. `validation` set epochs, "
        "temperatures, thresholds and the shares of averages; the test splits chose nothing.",
        "",
        "Gated figures (validation): "
        + ", ".join(f"{name} {value:.3f}" for name, value in sorted(figures["gates"].items())),
    ]


def _thresholds(calibration: Mapping[str, Any]) -> list[str]:
    lines = [
        "",
        "## Thresholds",
        "Lowest confidence from which claims reach the target precision on `validation`, and the share of them.",
        "",
        "| head | target | threshold | coverage | temperature |",
        "|---|---|---|---|---|",
    ]
    for name, by_group in sorted(calibration["thresholds"].items()):
        row, target = by_group["*"], calibration["precision_targets"][name]
        warm = calibration["temperatures"].get(name, 1.0)
        lines.append(f"| {name} | {target} | {row['threshold']:.3f} | {row['coverage']:.3f} | {warm:.2f} |")
    capped = ", ".join(sorted(calibration.get("ceilings", {})))
    if capped:
        lines += ["", f"Learned from drawings or few labels, confidence capped at 0.5: {capped}."]
    return lines


def _tested(evaluation: Any) -> list[str]:
    if not evaluation:
        return []
    lines = ["", "## Test figures", "", "| split | head | n | accuracy | 95 % | macro-F1 | calibration error |"]
    lines.append("|---|---|---|---|---|---|---|")
    for split, heads in evaluation["splits"].items():
        for name, head in heads.items():
            if name != "brands":
                label = f"{name} (weak)" if mostly_weak(head) else name
                f1 = f"{head['macro_f1']:.3f}" if "macro_f1" in head else "-"
                interval = f"{head['low']:.3f}-{head['high']:.3f}"
                lines.append(
                    f"| {split} | {label} | {head['n']} | {head['accuracy']:.3f} | {interval} | {f1} | "
                    f"{head['calibration_error']:.3f} |"
                )
    lines += [
        "",
        "Tags are measured within the true group, near-equal colours counted as one. A head marked weak is measured "
        "against what titles say, as the text extractors read them: an error may be the title's.",
    ]
    return lines
