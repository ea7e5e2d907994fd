"""Write a trained network as a version folder: weights, labels, preprocessing, calibration, figures, card, hash."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from enrichment.models.version import METRICS, Kind, ModelVersion, seal
from enrichment.vision.backbones import Preprocessing
from enrichment.vision.bands import BANDS
from enrichment.vision.engine import CALIBRATION, INPUTS, LABELS, WEIGHTS
from enrichment.vision.net import LookNet
from enrichment.vision.vocabulary import Vocabulary

CARD = "README.md"
NAME = "look"


def write_parts(folder: Path, net: LookNet, vocabulary: Vocabulary, backbone: str, inputs: Preprocessing) -> None:
    """Write weights (float16), labels and preprocessing."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous().cpu()
        for name, tensor in net.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    save_file(state, str(folder / WEIGHTS))
    write_json(folder / LABELS, vocabulary.to_json())
    write_json(folder / INPUTS, {"backbone": backbone, "bands": BANDS, "letterbox": "edge colour", **asdict(inputs)})


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write JSON with sorted keys and one line break a value, so that two versions can be compared."""
    path.write_text(json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def finish(folder: Path, version: str, calibration: dict[str, Any], figures: dict[str, Any], card: str) -> ModelVersion:
    """Write what is known after measuring, then seal the folder."""
    write_json(folder / CALIBRATION, calibration)
    write_json(folder / METRICS, figures)
    (folder / CARD).write_text(card, encoding="utf-8")
    return seal(folder, Kind.VISION, NAME, version)


def learned_state(checkpoint: Path) -> dict[str, torch.Tensor]:
    """Return the network's tensors of a Lightning checkpoint."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)["state_dict"]
    return {name.removeprefix("net."): tensor for name, tensor in state.items() if name.startswith("net.")}
