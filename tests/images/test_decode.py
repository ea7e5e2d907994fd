import struct
import zipfile
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from enrichment.images.decode import Probed, decode, probe
from enrichment.images.policy import ImagePolicy
from enrichment.images.refused import PictureRefused
from schemas.errors import UsageError
from schemas.records import ProblemReason
from tests.images.pictures import (
    animated,
    encoded,
    gif_bomb,
    jpeg,
    jpeg_bomb,
    noise,
    oriented,
    png_bomb,
    quarters,
    run_length_bmp,
    scan_bomb,
    webp_bomb,
)

WIDE = ImagePolicy(formats=("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"))


def refusal(data, policy=None, call=probe):
    with pytest.raises(PictureRefused) as caught:
        call(data, *([policy] if policy else []))
    return caught.value.reason


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_allowed_formats_are_known_by_their_bytes(kind):
    assert probe(encoded(noise(64, 48), kind)) == Probed(64, 48, kind)


def test_tiff_and_avif_are_refused_unless_allowed():
    for kind in ("TIFF", "AVIF"):
        data = encoded(noise(64, 48), kind)
        assert refusal(data) is ProblemReason.PICTURE_FORMAT
        assert probe(data, WIDE) == Probed(64, 48, kind)


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7 and so on",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"\xc5\xd0\xd3\xc6" + bytes(40),
        b"<html><body>not found</body></html>",
        b"\xef\xbb\xbf<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        b"8BPS\0\1" + bytes(40),
        b"\0\0\0\x18ftypheic" + bytes(40),
        encoded(noise(32, 32), "ICO"),
    ],
)
def test_foreign_formats_are_named_as_such(data):
    assert refusal(data) is ProblemReason.PICTURE_FORMAT


def test_postscript_never_reaches_a_reader_even_under_another_name():
    data = encoded(noise(32, 32), "EPS")
    assert Image.open(BytesIO(data)).format == "EPS"
    assert refusal(data) is ProblemReason.PICTURE_FORMAT
    assert refusal(data, call=lambda d: decode(d, 16)) is ProblemReason.PICTURE_FORMAT


@pytest.mark.parametrize(
    "data", [b"", b"x", bytes(100), b"\xff\xd8\xff\xe0 not a jpeg", b"\x89PNG\r\n\x1a\n", b"BM", b"GIF89a"]
)
def test_what_is_no_picture_is_corrupt(data):
    assert refusal(data) is ProblemReason.PICTURE_CORRUPT


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_truncated_pictures_are_corrupt(kind):
    data = encoded(noise(128, 96), kind)
    assert refusal(data[: len(data) * 2 // 3]) is ProblemReason.PICTURE_CORRUPT


def test_a_truncated_body_under_a_good_header_needs_the_whole_decode():
    data = jpeg(128, 96)[:2_000]
    assert Image.open(BytesIO(data)).size == (128, 96)
    assert refusal(data) is ProblemReason.PICTURE_CORRUPT
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


@pytest.mark.parametrize(
    "data",
    [png_bomb(), png_bomb(9_500, 9_500), png_bomb(6_500, 6_500), jpeg_bomb(), gif_bomb(), webp_bomb(), scan_bomb()],
)
def test_bombs_are_refused_before_they_are_decoded(data):
    assert len(data) < 200_000
    assert refusal(data) is ProblemReason.PICTURE_BOMB
    assert refusal(data, call=lambda d: decode(d, 224)) is ProblemReason.PICTURE_BOMB


def test_a_bmp_packed_by_run_lengths_is_refused_unread():
    data = run_length_bmp()
    assert Image.open(BytesIO(data)).convert("RGB").getpixel((5, 5)) == (255, 0, 0)
    assert refusal(data) is ProblemReason.PICTURE_FORMAT


def test_an_honest_progressive_jpeg_is_no_bomb():
    assert probe(encoded(noise(256, 256), progressive=True)).format == "JPEG"


def test_the_pixel_limit_is_a_count_of_pixels():
    policy = ImagePolicy(max_pixels=64 * 48)
    assert probe(jpeg(64, 48), policy).width == 64
    assert refusal(jpeg(64, 49), policy) is ProblemReason.PICTURE_BOMB


def test_too_many_bytes_and_too_few_pixels():
    data = jpeg()
    assert refusal(data, ImagePolicy(max_bytes=len(data) - 1)) is ProblemReason.PICTURE_TOO_LARGE
    assert probe(data, ImagePolicy(max_bytes=len(data))).format == "JPEG"
    assert refusal(jpeg(15, 400)) is ProblemReason.PICTURE_TOO_SMALL
    assert probe(jpeg(16, 400)) == Probed(16, 400, "JPEG")


def test_png_text_that_unpacks_to_gigabytes_is_refused_or_harmless():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "x" * 2**24, zip=True)
    data = encoded(noise(), "PNG", pnginfo=info)
    assert refusal(data) is ProblemReason.PICTURE_CORRUPT


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_an_animated_picture_the_first_frame_is_taken(kind):
    data = animated(kind)
    assert Image.open(BytesIO(data)).n_frames == 3
    assert probe(data) == Probed(40, 32, kind)
    assert decode(data, 32)[16, 20].tolist() == [255, 0, 0]


def test_several_pictures_in_one_jpeg_are_a_jpeg():
    data = encoded(quarters(), "MPO", save_all=True, append_images=[noise()])
    assert Image.open(BytesIO(data)).format == "MPO"
    assert probe(data) == Probed(64, 48, "JPEG")
    assert decode(data, 48).shape == (48, 64, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("value", range(1, 9))
def test_pictures_stand_upright(value, kind):
    data = oriented(value, kind)
    assert probe(data) == Probed(64, 48, kind)
    pixels = decode(data, 48).astype(int)
    assert pixels.shape == (48, 64, 3)
    corners = [pixels[10, 10], pixels[10, 54], pixels[38, 10], pixels[38, 54]]
    wanted = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]
    assert np.abs(np.array(corners) - np.array(wanted)).max() < 12


@pytest.mark.parametrize("value", [0, 9, 255])
def test_an_odd_orientation_is_upright(value):
    assert decode(oriented(value), 48).shape == (48, 64, 3)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_exif_does_not_lose_the_picture():
    data = encoded(quarters(), exif=b"Exif\0\0" + b"II*\0\xff\xff\xff\xff" + bytes(range(200)))
    assert probe(data).format == "JPEG"
    assert decode(data, 48).shape == (48, 64, 3)


@pytest.mark.parametrize(
    ("ink", "colour"),
    [
        ((0, 255, 255, 0), (255, 0, 0)),
        ((255, 0, 255, 0), (0, 255, 0)),
        ((0, 0, 0, 255), (0, 0, 0)),
        ((0,) * 4, (255,) * 3),
    ],
)
def test_cmyk_with_adobe_marker_is_not_inverted(ink, colour):
    data = encoded(Image.new("CMYK", (32, 32), ink), quality=95)
    assert b"Adobe" in data
    assert np.abs(decode(data, 32)[16, 16].astype(int) - colour).max() < 6


def test_cmyk_without_adobe_marker_is_read_as_it_stands():
    data = encoded(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), quality=95)
    at = data.index(b"\xff\xee")
    length = struct.unpack(">H", data[at + 2 : at + 4])[0]
    plain = data[:at] + data[at + 2 + length :]
    assert probe(plain).format == "JPEG"
    assert decode(plain, 32)[16, 16].tolist() == [0, 0, 0]


@pytest.mark.parametrize("mode", ["I", "I;16", "I;16B"])
def test_sixteen_bits_of_any_storage_end_alike(mode):
    deep = Image.fromarray(np.full((32, 32), 0x8040, dtype=np.uint16)).convert("I").convert(mode)
    data = encoded(deep, "TIFF")
    assert Image.open(BytesIO(data)).mode == mode
    assert (decode(data, 32, WIDE) == 0x80).all()


def test_sixteen_bit_grey_keeps_its_high_byte():
    deep = np.linspace(0, 65_535, 64 * 64).astype(np.uint16).reshape(64, 64)
    data = encoded(Image.fromarray(deep), "PNG")
    pixels = decode(data, 64)
    assert np.array_equal(pixels[..., 0], (deep >> 8).astype(np.uint8))
    assert np.array_equal(pixels[..., 0], pixels[..., 2])


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP"])
def test_grey_black_and_white_and_palettes(mode, kind):
    pixels = decode(encoded(Image.new("RGB", (32, 32), "white").convert(mode), kind), 32)
    assert pixels.dtype == np.uint8
    assert pixels.shape == (32, 32, 3)
    assert (pixels == 255).all()


def test_alpha_is_laid_on_white_and_not_on_what_hides_under_it():
    image = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 16, 32))
    image.paste((0, 0, 255, 128), (16, 0, 32, 16))
    for kind in ("PNG", "WEBP"):
        pixels = decode(encoded(image, kind, **({"lossless": True} if kind == "WEBP" else {})), 32).astype(int)
        assert pixels[8, 4].tolist() == [255, 0, 0]
        assert np.abs(pixels[8, 24] - [127, 127, 255]).max() <= 1
        assert pixels[24, 24].tolist() == [255, 255, 255]


@pytest.mark.parametrize("mode", ["P", "L", "LA", "RGB"])
def test_transparency_of_every_kind_is_white(mode):
    if mode == "LA":
        data = encoded(Image.new("LA", (32, 32), (0, 0)), "PNG")
    else:
        key = (0, 0, 0) if mode == "RGB" else 0
        data = encoded(Image.new(mode, (32, 32), 0), "PNG", transparency=key)
    assert (decode(data, 32) == 255).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(1_000, 800), (800, 1_001), (129, 4_000), (450, 450), (224, 300), (64, 48)])
def test_large_pictures_come_reduced_but_never_below_the_side(kind, size):
    image = quarters(*size)
    pixels = decode(encoded(image, kind), 100)
    height, width = pixels.shape[:2]
    assert 100 <= max(width, height) < 200 or (width, height) == size
    assert abs(width * size[1] - height * size[0]) <= max(*size)
    assert pixels[height // 4, width // 4].argmax() == 0
    assert pixels[height // 4, width * 3 // 4].argmax() == 1
    assert pixels[height * 3 // 4, width // 4].argmax() == 2


def test_a_reduced_picture_looks_like_the_whole_one_made_small():
    smooth = Image.fromarray(np.random.default_rng(1).integers(0, 256, (6, 8, 3), dtype=np.uint8)).resize(
        (1_600, 1_200)
    )
    for kind in ("JPEG", "PNG"):
        pixels = decode(encoded(smooth, kind), 100)
        oracle = np.asarray(smooth.resize(pixels.shape[1::-1], Image.Resampling.BOX)).astype(int)
        assert np.abs(pixels.astype(int) - oracle).mean() < 2.0


def test_pixels_are_the_same_every_time_and_owned_by_the_caller():
    data = jpeg(300, 200)
    one, two = decode(data, 64), decode(data, 64)
    assert np.array_equal(one, two)
    assert one.flags["C_CONTIGUOUS"]
    assert one.flags["WRITEABLE"]


def test_a_side_of_nothing_is_a_usage_error():
    with pytest.raises(UsageError, match="side=0"):
        decode(jpeg(), 0)


def test_a_polyglot_is_only_ever_its_picture():
    hidden = BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("../../escape.txt", "x")
    data = jpeg() + hidden.getvalue()
    assert zipfile.is_zipfile(BytesIO(data))
    assert probe(data) == Probed(64, 48, "JPEG")
    assert np.array_equal(decode(data, 48), decode(jpeg(), 48))
    assert refusal(b"GIF89a=1;alert(1);//" + bytes(50)) in {ProblemReason.PICTURE_CORRUPT, ProblemReason.PICTURE_BOMB}


BASES = [encoded(noise(24, 20), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP")] + [
    animated("WEBP"),
    oriented(6),
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(BASES), st.data())
def test_mangled_pictures_end_as_pixels_or_as_a_refusal(base, draw):
    data = bytearray(base)
    for _ in range(draw.draw(st.integers(1, 8))):
        data[draw.draw(st.integers(0, min(len(data) - 1, 400)))] = draw.draw(st.integers(0, 255))
    policy = ImagePolicy(max_pixels=1_000_000)
    try:
        probed = probe(bytes(data), policy)
        pixels = decode(bytes(data), 16, policy)
    except PictureRefused:
        return
    assert probed.width * probed.height <= 1_000_000
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
