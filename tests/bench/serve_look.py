"""What each choice of serving costs and buys: ``python -m tests.bench.serve_look`` (nothing is trained).

The packaged version answers the validation rows (never test rows) in float32 and with one thing changed: the
precision of its arithmetic, its side in pixels, how a picture becomes a square. Rows are compared one by one; speed
is the trunk's and heads' own, in pictures a second of processor time, the median of several rounds that take turns.
Quantised integers are calibrated on training pictures. Then: what fitted temperatures and thresholds buy; thresholds
were set on these same rows.
"""

from __future__ import annotations

import argparse
import copy
import json
import logging
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from enrichment.desk.mine_labels import claims_of
from enrichment.models.registry import Kind, starter
from enrichment.models.version import read_json
from enrichment.progress.log import LogProgress
from enrichment.progress.port import Progress
from enrichment.vision.answer import answers
from enrichment.vision.engine import CALIBRATION, Engine, read_net
from enrichment.vision.letterbox import Pixels, letterbox
from enrichment.vision.measured import Decoder, Measured, known, measure
from enrichment.vision.net import Scores
from enrichment.vision.picture_cache import decode_trusted
from enrichment.vision.splits import TRAIN, VALIDATION, fraction
from enrichment.vision.training_rows import TrainingRow, read_rows
from enrichment.vision.vocabulary import GROUP, Vocabulary
from enrichment.vision.weak_labels import claims_by_row, weakly_labelled
from tests.bench.ablate_look import COLUMNS, SHARED, squeezed
from tests.bench.look_rights import Difference, Rights, difference, errors, rights, table

SIDE, BATCH, ROUNDS, CALIBRATING = 192, 32, 3, 256
_OLD = "float32, 192, letterboxed"


class Maps(torch.nn.Module):
    """A trunk up to its map of channels: what can be traced as a graph."""

    def __init__(self, trunk: torch.nn.Module) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        maps: torch.Tensor = self.trunk.forward_features(pictures)  # type: ignore[operator]
        return maps


class WithMaps(torch.nn.Module):
    """A trunk whose map of channels comes from another module."""

    def __init__(self, trunk: torch.nn.Module, maps: torch.nn.Module) -> None:
        super().__init__()
        self.trunk, self.maps, self.num_features = trunk, maps, trunk.num_features

    def forward_features(self, pictures: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.maps(pictures)
        return found

    def forward_head(self, maps: torch.Tensor, pre_logits: bool) -> torch.Tensor:
        pooled: torch.Tensor = self.trunk.forward_head(maps, pre_logits=pre_logits)  # type: ignore[operator]
        return pooled


class InFloat(torch.nn.Module):
    """A network whose heads answer in float32: 8-bit layers take no float64."""

    def __init__(self, net: torch.nn.Module) -> None:
        super().__init__()
        self.net = net

    def heads(self, features: torch.Tensor, colours: torch.Tensor) -> Scores:
        found: Scores = self.net.heads(features.float(), colours.float())  # type: ignore[operator]
        return found


@torch.no_grad()
def with_fixed_pads(trunk: torch.nn.Module, batch: torch.Tensor) -> torch.nn.Module:
    """Return a copy whose convolutions pad as they do for pictures of this batch's side: a graph cannot ask sizes."""
    made = copy.deepcopy(trunk)
    asking = {name: module for name, module in made.named_modules() if type(module).__name__ == "Conv2dSame"}
    seen: dict[str, tuple[int, int]] = {}
    for name, module in asking.items():
        module.register_forward_pre_hook(lambda _, given, name=name: seen.update({name: tuple(given[0].shape[-2:])}))
    made(batch[:1])
    for name, module in asking.items():
        module._forward_pre_hooks.clear()
        pads = [
            max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
            for size, stride, kernel, dilation in zip(
                reversed(seen[name]), module.stride, module.kernel_size, module.dilation, strict=True
            )
        ]
        plain = torch.nn.Conv2d(
            module.in_channels,
            module.out_channels,
            module.kernel_size,
            module.stride,
            0,
            module.dilation,
            module.groups,
            module.bias is not None,
        )
        plain.load_state_dict(module.state_dict())
        width, height = pads
        pad = torch.nn.ZeroPad2d((width // 2, width - width // 2, height // 2, height - height // 2))
        made.set_submodule(name, torch.nn.Sequential(pad, plain))
    return made.eval()


def static_integers(trunk: torch.nn.Module, batches: list[torch.Tensor]) -> torch.nn.Module:
    """Return the trunk with 8-bit weights and activations, their ranges taken from ``batches``."""
    from torch.ao.quantization import get_default_qconfig_mapping
    from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx

    engine = torch.backends.quantized.engine
    maps = Maps(with_fixed_pads(trunk, batches[0]))
    watched = prepare_fx(maps, get_default_qconfig_mapping(engine), (batches[0],))
    with torch.inference_mode():
        for batch in batches:
            watched(batch)
    return WithMaps(trunk, convert_fx(watched))


def dynamic_integers(net: torch.nn.Module) -> torch.nn.Module:
    """Return the network with 8-bit weights in its linear layers, activations quantised as they come."""
    made: torch.nn.Module = torch.ao.quantization.quantize_dynamic(net.float(), {torch.nn.Linear}, dtype=torch.qint8)
    return InFloat(made)


class Serving:
    """The packaged version, and the rows that it answers in each way of serving."""

    def __init__(self, rows: list[TrainingRow], calibrating: list[TrainingRow], progress: Progress) -> None:
        self.version, self.progress, self.rows = starter(Kind.VISION), progress, rows
        self.vocabulary: Vocabulary = read_net(self.version.folder)[1]
        self.calibration = read_json(self.version.folder / CALIBRATION)
        self.calibrating = calibrating

    def engine(self, precision: str = "fp32", side: int | None = None) -> Engine:
        net, _, inputs = read_net(self.version.folder)
        return Engine(net, replace(inputs, side=side or inputs.side), precision, BATCH)

    def static(self) -> Engine:
        made = self.engine()
        batches = []
        for start in range(0, len(self.calibrating), BATCH):
            squares = [square(row, made.inputs.side) for row in self.calibrating[start : start + BATCH]]
            plain = torch.from_numpy(np.stack(squares)).permute(0, 3, 1, 2).float() / 255
            batches.append(((plain * made._scale) + made._shift).contiguous(memory_format=torch.channels_last))
        made._trunk = static_integers(made._trunk, batches)
        return made

    def dynamic(self) -> Engine:
        made = self.engine()
        made._net = dynamic_integers(made._net)  # type: ignore[assignment]
        return made

    def measured(self, engine: Engine, decode: Decoder = decode_trusted) -> Measured:
        return measure(self.rows, engine, self.vocabulary, decode, self.progress)

    def rights(self, measured: Measured) -> Rights:
        return rights(measured, self.vocabulary, self.calibration["temperatures"])


def square(row: TrainingRow, side: int) -> Pixels:
    """Return a row's picture as it is served."""
    return letterbox(decode_trusted(row.picture, side), side)


def speeds(engines: Mapping[str, Engine], squares: list[Pixels]) -> dict[str, float]:
    """Return pictures a second of processor time, the median of rounds in which the engines take turns."""
    found: dict[str, list[float]] = {name: [] for name in engines}
    ready = {name: resized(squares, engine.inputs.side) for name, engine in engines.items()}
    for turn in range(ROUNDS + 1):
        for name, engine in engines.items():
            start = time.process_time()
            list(engine.stream(ready[name]))
            if turn:
                found[name].append(len(squares) / (time.process_time() - start))
    return {name: round(statistics.median(rates), 1) for name, rates in found.items()}


def resized(squares: list[Pixels], side: int) -> list[Pixels]:
    """Return squares of another side."""
    return [letterbox(one, side) for one in squares]


def ways(serving: Serving, only: list[str] | None) -> dict[str, tuple[Callable[[], Engine], Decoder]]:
    """Return every way of serving by name: how to build its engine, and how it decodes."""
    found: dict[str, tuple[Callable[[], Engine], Decoder]] = {
        _OLD: (serving.engine, decode_trusted),
        "bfloat16": (lambda: serving.engine("bf16"), decode_trusted),
        "8-bit trunk (static)": (serving.static, decode_trusted),
        "8-bit heads (dynamic)": (serving.dynamic, decode_trusted),
        "side 160": (lambda: serving.engine(side=160), decode_trusted),
        "side 224": (lambda: serving.engine(side=224), decode_trusted),
        "squeezed, not letterboxed": (serving.engine, squeezed(SIDE)),
    }
    return {name: way for name, way in found.items() if name == _OLD or not only or name in only}


def accepted(serving: Serving, measured: Measured) -> dict[str, dict[str, float]]:
    """Return coverage and precision of each head's claims at the version's threshold, beside claiming everything."""
    found = answers(measured.raw, serving.vocabulary, serving.calibration["temperatures"])
    out = {}
    for name in (GROUP, *serving.vocabulary.tags):
        shares = found.group if name == GROUP else found.tags[name]
        rows = known(measured, name, serving.vocabulary)
        sure, right = shares[rows].max(axis=1), shares[rows].argmax(axis=1) == measured.codes[name][rows]
        taken = sure >= serving.calibration["thresholds"][name]["*"]["threshold"]
        if len(right):
            out[name] = {"all_right": _share(right), "taken": _share(taken), "taken_right": _share(right[taken])}
    return out


def _share(values: NDArray[np.bool_]) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0


def rows_of(data: Path, most: int, progress: Progress) -> tuple[list[TrainingRow], list[TrainingRow]]:
    """Return validation rows with their weak labels, at most ``most``, and training rows to calibrate integers on."""
    sources = {"products": "fashion-products", "phone": "clothing-photos"}
    rows = [row for name, folder in sources.items() for row in read_rows(name, data / folder / "train.parquet")]
    rows.sort(key=lambda row: fraction("serving", f"{row.source}-{row.key}"))
    held = [row for row in rows if row.split == VALIDATION][:most]
    calibrating = [row for row in rows if row.split == TRAIN][:CALIBRATING]
    return weakly_labelled(held, claims_by_row(claims_of(held, progress))), calibrating


def main(arguments: list[str] | None = None) -> None:
    """Measure what is asked for; a table on standard output, the same as JSON in ``--out``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    parser.add_argument("--held", type=int, default=100_000, help="validation rows at most")
    parser.add_argument("--timed", type=int, default=128, help="pictures a round of the speed measurement")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", nargs="*", help="ways of serving; all by default")
    asked = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    # torch announces that its quantisation moves to a package of its own.
    warnings.simplefilter("ignore")
    torch.set_num_threads(asked.threads)
    progress = LogProgress()
    held, calibrating = rows_of(asked.data, asked.held, progress)
    serving = Serving(held, calibrating, progress)
    chosen = ways(serving, asked.only)
    engines = {name: build() for name, (build, _) in chosen.items()}
    seen = {name: serving.measured(engines[name], decode) for name, (_, decode) in chosen.items()}
    words, figures = report(serving, seen)
    timed = {n: e for n, e in engines.items() if n != "squeezed, not letterboxed"}
    rates = speeds(timed, [square(row, SIDE) for row in held[: asked.timed]])
    if asked.out:
        asked.out.write_text(json.dumps({**figures, "pictures_a_second": rates}, indent=1), encoding="utf-8")
    sys.stdout.write(f"{words}\nPictures a second of processor time, {asked.threads} thread(s): {rates}\n")


def report(serving: Serving, seen: Mapping[str, Measured]) -> tuple[str, dict[str, Any]]:
    """Return the tables and the same figures for machines."""
    right = {name: serving.rights(measured) for name, measured in seen.items()}
    changes: dict[str, dict[str, Difference]] = {
        name: {c: difference(right[_OLD][c], mine[c]) for c in COLUMNS if c in mine and c in right[_OLD]}
        for name, mine in right.items()
        if name != _OLD
    }
    base = seen[_OLD]
    told = {way: errors(base, serving.vocabulary, fit) for way, fit in (("fitted", True), ("unfitted", False))}
    taken = accepted(serving, base)
    lines = [
        table(changes, COLUMNS),
        "",
        "| head | error, temperature fitted | error, none | right of all | |",
        "|---" * 5 + "|",
    ]
    for name, row in taken.items():
        fitted, none = (f"{told[way][name]:.3f}" if name in told[way] else "-" for way in ("fitted", "unfitted"))
        claimed = f"{row['taken_right']:.3f} of the {row['taken']:.3f} over the threshold"
        lines.append(f"| {name} | {fitted} | {none} | {row['all_right']:.3f} | {claimed} |")
    figures = {name: {c: asdict(d) for c, d in cells.items()} for name, cells in changes.items()}
    return "\n".join(lines) + "\n", {"changes": figures, "calibration_error": told, "thresholds": taken}


if __name__ == "__main__":
    main()
