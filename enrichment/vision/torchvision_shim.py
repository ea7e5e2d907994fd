"""Make ``import torchvision`` (and so timm) work beside a CPU build of torch.

The torchvision wheels of the public index are CUDA builds: beside a CPU torch their compiled part does not load
and the import fails on operators that nobody registered. Import this module before torchvision or timm; where the
compiled part loads it changes nothing.
"""

from __future__ import annotations

import ctypes
import importlib.util
from pathlib import Path
from typing import Any

import torch

_KEEP: list[Any] = []  # a torch.library.Library forgets its operators when it is collected


def compiled_part_loads() -> bool:
    """Tell whether torchvision's own compiled operators can be loaded into this process."""
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        return False
    candidates = sorted(Path(spec.origin).parent.glob("_C*.so"))
    try:
        return bool(candidates) and bool(ctypes.CDLL(str(candidates[0])))
    except OSError:
        return False


def greedy_nms(boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Return the indices kept by greedy non-maximum suppression, best score first.

    ``boxes`` ``[N, 4]`` as (x1, y1, x2, y2), ``scores`` ``[N]``; the definition is that of
    https://pytorch.org/vision/stable/generated/torchvision.ops.nms.html.
    """
    order = scores.sort(descending=True, stable=True).indices
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept: list[torch.Tensor] = []
    while order.numel():
        best, order = order[0], order[1:]
        kept.append(best)
        low = torch.maximum(boxes[order, :2], boxes[best, :2])
        high = torch.minimum(boxes[order, 2:], boxes[best, 2:])
        shared = (high - low).clamp(min=0).prod(dim=1)
        order = order[shared / (area[order] + area[best] - shared) <= iou_threshold]
    return torch.stack(kept) if kept else order


def install() -> bool:
    """Register the operators that torchvision asks for at import; False where nothing had to be done."""
    if _KEEP or compiled_part_loads() or hasattr(torch.ops.torchvision, "nms"):
        return False
    library: Any = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.impl("nms", greedy_nms, "CPU")
    _KEEP.append(library)
    extension: Any = importlib.import_module("torchvision.extension")
    extension._has_ops = lambda: True
    return True


install()
