"""Pictures built for the tests, honest and hostile."""

import struct
import zlib
from io import BytesIO

import numpy as np
from PIL import Image


def encoded(image, kind="JPEG", **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(width=64, height=48, seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def jpeg(width=64, height=48, seed=0):
    return encoded(noise(width, height, seed))


def quarters(width=64, height=48):
    """Red top left, green top right, blue bottom left, white bottom right."""
    image = Image.new("RGB", (width, height), "white")
    image.paste((255, 0, 0), (0, 0, width // 2, height // 2))
    image.paste((0, 255, 0), (width // 2, 0, width, height // 2))
    image.paste((0, 0, 255), (0, height // 2, width // 2, height))
    return image


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb(width=30_000, height=30_000):
    """A PNG of a few hundred bytes that declares ``width`` x ``height`` pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg_bomb():
    """A JPEG whose frame header claims 65,000 x 65,000 pixels."""
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    return bytes(data)


def gif_bomb():
    """A GIF of 32 x 32 whose first frame claims 65,000 x 65,000."""
    data = bytearray(encoded(Image.new("P", (32, 32)), "GIF"))
    at = data.rindex(b"\x2c", 0, len(data) - 12)
    while struct.unpack("<HHHH", data[at + 1 : at + 9])[2:] != (32, 32):
        at = data.rindex(b"\x2c", 0, at)
    data[at + 5 : at + 9] = struct.pack("<HH", 65_000, 65_000)
    return bytes(data)


def webp_bomb():
    """An animated WebP whose canvas claims 65,535 x 65,535."""
    data = animated("WEBP")
    return data[:24] + struct.pack("<I", 65_534)[:3] * 2 + data[30:]


def run_length_bmp(width=64, height=48):
    """A BMP packed by run lengths, all of one colour."""
    rows = b"".join(bytes([width, 1, 0, 0]) for _ in range(height)) + b"\0\1"
    palette = bytes([0, 0, 0, 0, 0, 0, 255, 0])
    start = 14 + 40 + len(palette)
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(rows), 0, 0, 2, 2)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + info + palette + rows


def scan_bomb(scans=200):
    """A progressive JPEG whose last scan is repeated."""
    data = encoded(noise(), progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * scans + data[-2:]


def animated(kind, frames=3):
    images = [Image.new("RGB", (40, 32), colour) for colour in ("red", "lime", "blue")[:frames]]
    options = {"lossless": True} if kind == "WEBP" else {}
    return encoded(images[0], kind, save_all=True, append_images=images[1:], duration=50, **options)


def oriented(value, kind="JPEG"):
    """Quarters as a camera would store them under EXIF orientation ``value``: upright they are quarters again."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = quarters()
    if value in undo:
        image = image.transpose(undo[value])
    exif = Image.Exif()
    exif[0x0112] = value
    options = {"quality": 95} if kind == "JPEG" else {"lossless": True} if kind == "WEBP" else {}
    return encoded(image, kind, exif=exif, **options)
