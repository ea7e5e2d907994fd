"""The picture of product ``i``: backdrop, wearer or flat lay, cloth, camera, sensor noise, JPEG bytes."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

from enrichment.sample.accessories import glasses, hat, jewelry, scarf, watch
from enrichment.sample.backdrop import BACKDROPS, backdrop
from enrichment.sample.bags import bag
from enrichment.sample.canvas import Camera, Canvas, Pixels
from enrichment.sample.fabric import Rng, folds, weave
from enrichment.sample.figure import body
from enrichment.sample.footwear import shoes
from enrichment.sample.garments import BODY_HEMS, HEMS, LEGS, bottom, dress, formal_set, jacket, skirt, top
from enrichment.sample.look import Look
from enrichment.sample.palette import contrast, shade
from enrichment.sample.scene import Scene
from enrichment.sample.streams import PICTURE, stream
from enrichment.sample.things import other

# Widths x heights at which catalogues send pictures; portrait, as garments are.
SIZES = ((300, 400), (360, 480), (384, 512), (330, 440))
# What the frame shows of the body, top and bottom, worn and laid flat.
_FRAMES = {
    "dress": ((-0.02, 1.02), (0.1, 1.02)),
    "top": ((-0.02, 0.66), (0.1, 0.66)),
    "jacket": ((-0.02, 0.7), (0.06, 0.66)),
    "skirt": ((0.14, 1.02), (0.34, 1.0)),
    "bottom": ((0.28, 1.03), (0.36, 1.0)),
    "formal_set": ((-0.02, 1.02), (0.1, 1.0)),
    "scarf": ((-0.02, 0.7), (0.0, 1.0)),
}
_DRAWN: dict[str, Callable[[Scene], None]] = {
    "dress": dress,
    "top": top,
    "bottom": bottom,
    "jacket": jacket,
    "skirt": skirt,
    "scarf": scarf,
    "shoes": shoes,
    "hat": hat,
    "bag": bag,
    "formal_set": formal_set,
    "glasses": glasses,
    "watch": watch,
    "jewelry": jewelry,
    "other": other,
}
_WORN = {"Bra": 1.0, "Sarees": 1.0, "Suits": 1.0}


def picture(what: Look, seed: int, i: int, size: tuple[int, int] | None = None, view: int = 0) -> Image.Image:
    """Return the drawn picture of product ``i``, RGB; ``size`` is width, height (default: a catalogue size).

    Another ``view`` shows the same product in another take.
    """
    rng = stream(seed, i, PICTURE, view)
    width, height = size or SIZES[int(rng.integers(len(SIZES)))]
    kinds = list(BACKDROPS)
    ground = backdrop(str(rng.choice(kinds, p=list(BACKDROPS.values()))), height, width, rng)
    worn = rng.random() < _WORN.get(what.article_type, 0.55 if what.group in _FRAMES else 0.0)
    canvas = Canvas(ground, _camera(what, worn, height, width, rng), folds(height, width, rng))
    accent = contrast(what.colour, rng)[1]
    colour = shade(what.colour, rng)
    pattern = "denim" if what.article_type == "Jeans" else what.values.get("pattern", "solid")
    cloth = weave(pattern, height, width, colour, accent, rng)
    scene = Scene(
        canvas, cloth, colour, accent, what.values, what.article_type, body(what.gender, rng, worn), worn, rng
    )
    _DRAWN[what.group](scene)
    return _exposed(canvas.pixels, rng)


def jpeg(drawn: Image.Image, rng: Rng) -> bytes:
    """Return JPEG bytes of catalogue quality."""
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=int(rng.integers(78, 93)))
    return out.getvalue()


def _camera(what: Look, worn: bool, height: int, width: int, rng: Rng) -> Camera:
    frames = (
        (_FRAMES["formal_set"][0],) * 2 if what.article_type == "Sarees" else _FRAMES.get(what.group, ((0.0, 1.0),) * 2)
    )
    if what.article_type == "Bra":
        frames = (_FRAMES["top"][0],) * 2
    top_, bottom_ = frames[0] if worn else (frames[1][0], _hem(what, frames[1][1]))
    scale = height / (bottom_ - top_) * rng.uniform(0.88, 1.0)
    if frames == ((0.0, 1.0),) * 2:
        scale = min(scale, width / 0.76) * rng.uniform(0.92, 1.08)
    middle = (top_ + bottom_) / 2
    lean = float(rng.normal(0, 0.02 if worn else 0.04))
    x, y = width * (0.5 + rng.normal(0, 0.02)), height * (0.5 + rng.normal(0, 0.012)) - middle * scale
    return Camera(float(scale), float(x), float(y), lean)


def _hem(what: Look, otherwise: float) -> float:
    """Return where a garment laid flat ends, so that a short one fills the frame as a long one does."""
    hems = {"dress": HEMS, "skirt": HEMS, "bottom": LEGS, "top": BODY_HEMS, "jacket": BODY_HEMS}.get(what.group, {})
    length = what.values.get("length", "")
    return max(hems[length] + 0.06, 0.58 if what.group != "bottom" else 0.7) if length in hems else otherwise


def _exposed(pixels: Pixels, rng: Rng) -> Image.Image:
    pixels *= np.float32(rng.uniform(0.94, 1.05) if rng.random() < 0.4 else 1.0)
    noise = rng.standard_normal(pixels.shape[:2], dtype=np.float32)
    pixels += (noise * np.float32(rng.uniform(0.3, 2.5)))[..., None]
    drawn = Image.fromarray(np.clip(pixels, 0, 255, out=pixels).astype(np.uint8))
    return drawn.filter(ImageFilter.BoxBlur(0.5)) if rng.random() < 0.25 else drawn
