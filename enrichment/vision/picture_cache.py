"""Decode every training picture once and keep it as letterboxed pixels in one memory-mapped file."""

from __future__ import annotations

import hashlib
import io
import json
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from enrichment.images.decode import draft_size
from enrichment.progress.port import Progress
from enrichment.stores.atomic import atomic_file
from enrichment.vision.foreground import foreground
from enrichment.vision.frame import Decoder, Frame
from enrichment.vision.letterbox import Pixels

LOG = logging.getLogger(__name__)


def decode_trusted(data: bytes, side: int) -> Pixels:
    """Decode a picture of a local training set to ``[H, W, 3]``, at a reduced JPEG size where that suffices."""
    with Image.open(io.BytesIO(data)) as picture:
        picture.draft("RGB", draft_size(picture.size, side))
        return np.asarray(picture.convert("RGB"))


def cached_pictures(
    pictures: Sequence[bytes], frame: Frame, folder: Path, progress: Progress, decode: Decoder = decode_trusted
) -> NDArray[np.uint8]:
    """Return RGB + foreground mask ``[N, S, S, 4]`` of ``pictures``, decoded once per content and ``frame``."""
    digest = hashlib.sha256(repr(frame).encode())
    for data in pictures:
        digest.update(hashlib.sha256(data).digest())
    path = folder / f"pictures-{digest.hexdigest()[:16]}.npy"
    if not path.exists():
        _fill(path, pictures, frame, decode, progress)
    cached: NDArray[np.uint8] = np.load(path, mmap_mode="r")
    return cached


def _fill(path: Path, pictures: Sequence[bytes], frame: Frame, decode: Decoder, progress: Progress) -> None:
    shape = (len(pictures), frame.side, frame.side, 4)
    with atomic_file(path) as file:
        out = np.lib.format.open_memmap(file.name, mode="w+", dtype=np.uint8, shape=shape)
        progress.start(len(pictures), "decode")
        for at, data in enumerate(pictures):
            square = frame.square(data, decode)
            out[at, ..., :3] = square
            out[at, ..., 3] = foreground(square)
            progress.advance()
        progress.close()
        out.flush()
    LOG.info("decoded %s", json.dumps({"pictures": len(pictures), "side": frame.side, "file": path.name}))
