from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image, ImageDraw

from enrichment.models.registry import Kind, starter
from enrichment.vision.look import Looker, Picture

TINY = "mobilenetv3_small_050"
_SHAPES = {"shoes": "ellipse", "bag": "rectangle", "hat": "triangle"}
_COLOURS = {"Red": (200, 30, 30), "Blue": (30, 40, 200), "Black": (20, 20, 20)}


def draw(group: str, colour: str, at: int, size: tuple[int, int] = (60, 80)) -> bytes:
    """A shape a group on white, moved a little by its number."""
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    left, top = 8 + at % 5, 14 + at % 7
    box = (left, top, left + 38, top + 44)
    if _SHAPES[group] == "triangle":
        pen.polygon([(left, top + 44), (left + 19, top), (left + 38, top + 44)], fill=_COLOURS[colour])
    else:
        getattr(pen, _SHAPES[group])(box, fill=_COLOURS[colour])
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def product_rows(count: int) -> pd.DataFrame:
    groups, colours = sorted(_SHAPES), sorted(_COLOURS)
    types = {"shoes": "Casual Shoes", "bag": "Handbags", "hat": "Caps"}
    rows = []
    for at in range(count):
        group, colour = groups[at % 3], colours[(at // 3) % 3]
        rows.append(
            {
                "id": at,
                "title": f"Brand{at % 20} Men {colour} {types[group]}",
                "gender": "Men" if at % 2 else "Women",
                "article_type": types[group],
                "colour": colour,
                "season": "Fall",
                "usage": "Casual",
                "image_group": group,
                "cluster": at,
                "image": draw(group, colour, at),
            }
        )
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def products(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "products.parquet"
    product_rows(240).to_parquet(path)
    return path


@pytest.fixture(scope="session")
def looker() -> Looker:
    return Looker(starter(Kind.VISION), threads=1)


@pytest.fixture(scope="session")
def pictures() -> list[Picture]:
    rng = np.random.default_rng(4)
    made = []
    for at in range(40):
        data = draw(sorted(_SHAPES)[at % 3], sorted(_COLOURS)[at % 2], int(rng.integers(50)), (60 + at, 90))
        made.append(Picture("acme", f"sku-{at}", hashlib.sha256(data).hexdigest(), data))
    return made


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def drawn_square() -> Callable[[tuple[int, int, int], int], np.ndarray]:
    def make(colour: tuple[int, int, int], side: int = 48) -> np.ndarray:
        square = np.full((side, side, 3), 255, dtype=np.uint8)
        square[side // 4 : -side // 4, side // 4 : -side // 4] = colour
        return square

    return make
