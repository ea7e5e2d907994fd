"""The picture of product ``i``: backdrop, wearer or flat lay, cloth, camera, sensor noise, JPEG bytes."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

from enrichment.sample.accessories import glasses, hat, jewelry, scarf, watch
from enrichment.sample.backdrop import BACKDROPS, backdrop
from enrichment.sample.bags import bag
from enrichment.sample.canvas import Canvas, Pixels
from enrichment.sample.fabric import Rng, folds, weave
from enrichment.sample.figure import body
from enrichment.sample.footwear import shoes
from enrichment.sample.framing import framed, is_worn
from enrichment.sample.garments import bottom, dress, formal_set, jacket, skirt, top
from enrichment.sample.look import Look
from enrichment.sample.palette import contrast, shade
from enrichment.sample.scene import Scene
from enrichment.sample.streams import PICTURE, stream
from enrichment.sample.things import other

# Widths x heights at which catalogues send pictures; portrait, as garments are.
SIZES = ((240, 320), (270, 360), (300, 400), (360, 480))
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


def picture(what: Look, seed: int, i: int, size: tuple[int, int] | None = None, view: int = 0) -> Image.Image:
    """Return the drawn picture of product ``i``, RGB; ``size`` is width, height (default: a catalogue size).

    Another ``view`` shows the same product in another take.
    """
    rng = stream(seed, i, PICTURE, view)
    width, height = size or SIZES[int(rng.integers(len(SIZES)))]
    kinds = list(BACKDROPS)
    ground = backdrop(str(rng.choice(kinds, p=list(BACKDROPS.values()))), height, width, rng)
    worn = is_worn(what, rng)
    canvas = Canvas(ground, framed(what, worn, height, width, rng), folds(height, width, rng))
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


def _exposed(pixels: Pixels, rng: Rng) -> Image.Image:
    pixels *= np.float32(rng.uniform(0.94, 1.05) if rng.random() < 0.4 else 1.0)
    noise = rng.standard_normal(pixels.shape[:2], dtype=np.float32)
    pixels += (noise * np.float32(rng.uniform(0.3, 2.5)))[..., None]
    drawn = Image.fromarray(np.clip(pixels, 0, 255, out=pixels).astype(np.uint8))
    return drawn.filter(ImageFilter.BoxBlur(0.5)) if rng.random() < 0.25 else drawn
