"""What a stranger's bytes become: an upright RGB picture, or a PhotoError with a reason."""

import pickle
import struct
import zlib
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from scoring.photo_headers import PNG_MAGIC, read_header, read_orientation
from scoring.photos import MESSAGES, PhotoError, open_photo
from tests.faces import photo_bytes

ROOT = Path(__file__).resolve().parents[2]
CORNERS = ((200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30))


def corners(size: tuple[int, int] = (48, 32)) -> Image.Image:
    """Four colours, so that no turn looks like another."""
    image, (width, height) = Image.new("RGB", size), size
    for index, colour in enumerate(CORNERS):
        left, top = index % 2 * width // 2, index // 2 * height // 2
        image.paste(colour, (left, top, left + width // 2, top + height // 2))
    return image


def reason(data: bytes, shortest: int | None = None) -> str:
    with pytest.raises(PhotoError) as raised:
        open_photo(data, shortest)
    return raised.value.reason


def opened_or_refused(data: bytes, shortest: int | None = None) -> Image.Image | str:
    """Any other exception fails the test."""
    try:
        image = open_photo(data, shortest)
    except PhotoError as error:
        return error.reason
    image.load()
    assert image.mode == "RGB"
    return image


def assert_alike(one: Image.Image, other: Image.Image, within: float = 12) -> None:
    assert one.size == other.size
    assert np.abs(np.asarray(one, float) - np.asarray(other.convert("RGB"), float)).mean() < within


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body), name) + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, depth: int, colour: int, rows: bytes, extra: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return PNG_MAGIC + header + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@cache
def samples() -> dict[str, bytes]:
    image, clear = corners(), corners().convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    grey16 = Image.fromarray(np.linspace(0, 65535, 48 * 32).reshape(32, 48).astype(np.uint16))
    return {
        "jpeg": photo_bytes(image, quality=90),
        "progressive": photo_bytes(image, progressive=True),
        "grey jpeg": photo_bytes(image.convert("L")),
        "cmyk": photo_bytes(image.convert("CMYK"), quality=95, subsampling=0),
        "progressive cmyk": photo_bytes(image.convert("CMYK"), progressive=True, subsampling=0),
        "png": photo_bytes(image, "PNG"),
        "palette": photo_bytes(image.quantize(16), "PNG", transparency=bytes([0, 128, 255])),
        "png with alpha": photo_bytes(clear, "PNG"),
        "one bit": photo_bytes(image.convert("1"), "PNG"),
        "16 bit": photo_bytes(grey16, "PNG"),
        "webp": photo_bytes(image, "WEBP"),
        "lossless webp": photo_bytes(clear, "WEBP", lossless=True),
        "animated webp": photo_bytes(image, "WEBP", save_all=True, append_images=[ImageOps.mirror(image)]),
    }


def everyday() -> list[tuple[str, str, dict[str, Any]]]:
    kinds: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
        ("JPEG", {"quality": 95}, ("RGB", "L", "CMYK")),
        ("JPEG", {"quality": 95, "progressive": True}, ("RGB", "L", "CMYK")),
        ("JPEG", {"keep_rgb": True}, ("RGB",)),
        ("PNG", {}, ("RGB", "L", "P", "RGBA", "LA", "1")),
        ("WEBP", {"quality": 95}, ("RGB", "L", "RGBA")),
        ("WEBP", {"lossless": True}, ("RGB", "L", "RGBA")),
    ]
    return [(mode, format, save) for format, save, modes in kinds for mode in modes]


@pytest.mark.parametrize(("mode", "format", "save"), everyday())
def test_every_kind_of_picture_comes_out_in_rgb_and_looks_the_same(mode: str, format: str, save: dict) -> None:
    image = corners().convert(mode)
    opened = open_photo(photo_bytes(image, format, **save))
    assert opened.mode == "RGB"
    assert_alike(opened, image)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(orientation: int, format: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = photo_bytes(corners(), format, exif=exif)
    with Image.open(BytesIO(data)) as stored:
        upright = ImageOps.exif_transpose(stored)
    assert upright.size == ((48, 32) if orientation < 5 else (32, 48))
    assert_alike(open_photo(data), upright)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert_alike(open_photo(photo_bytes(corners(), exif=exif)), corners())


@given(order=st.sampled_from([b"II*\0", b"MM\0*", b""]), rest=st.binary(max_size=80))
def test_any_exif_gives_one_of_the_eight_orientations(order: bytes, rest: bytes) -> None:
    assert 1 <= read_orientation(order + rest) <= 8


@pytest.mark.parametrize(
    ("expected", "data"),
    [
        ("empty", b""),
        ("not_a_photo", b"<html>hello</html>"),
        ("not_a_photo", b"%PDF-1.7 a report"),
        ("not_a_photo", photo_bytes(corners(), "GIF")),
        ("not_a_photo", photo_bytes(corners(), "BMP")),
        ("not_a_photo", photo_bytes(corners(), "TIFF")),
        ("not_a_photo", b"\0\0\0\x18ftypisom\0\0\2\0isommp42" + bytes(64)),
        ("heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)),
        ("heic", b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf" + bytes(64)),
        ("heic", b"\0\0\0\x1cftypmsf1\0\0\0\0msf1hevcheic" + bytes(64)),
        ("heic", b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miafMA1B" + bytes(64)),
        ("damaged", png(0, 0, 8, 2, b"")),
        ("damaged", png(0, 5, 8, 2, bytes(5))),
        ("damaged", png(2, 2, 7, 3, bytes(40))),
    ],
)
def test_what_is_no_photo_of_ours_is_refused_by_name(expected: str, data: bytes) -> None:
    assert reason(data) == expected


@pytest.mark.parametrize("name", ["jpeg", "png", "webp"])
def test_of_a_polyglot_only_the_picture_remains(name: str) -> None:
    secret = b"<?php system('id'); ?>"
    data = samples()[name] + b"PK\3\4" + secret
    if name == "jpeg":
        data = data[:2] + b"\xff\xfe" + struct.pack(">H", len(secret) + 2) + secret + data[2:]
    if name == "png":
        data = data[:33] + chunk(b"tEXt", b"Comment\0" + secret) + data[33:]
    opened = open_photo(data)
    assert_alike(opened, corners())
    assert {"exif", "comment", "Comment", "icc_profile", "xmp"}.isdisjoint(opened.info)
    assert all(secret not in photo_bytes(opened, format) for format in ("JPEG", "PNG", "WEBP"))
    assert name == "webp" or secret not in read_header(data).data.partition(b"PK\3\4")[0]  # type: ignore[union-attr]


def test_pillow_is_handed_the_pixels_once() -> None:
    header = read_header(samples()["png"])
    assert header is not None
    assert header.data.count(b"IDAT") == header.data.count(b"IEND") == 1


@pytest.mark.parametrize("format", ["WEBP", "PNG", "MPO"])
def test_of_an_animation_the_first_picture_counts(format: str) -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue")]
    assert_alike(open_photo(photo_bytes(frames[0], format, save_all=True, append_images=frames[1:])), frames[0])


def test_an_interlaced_png_opens_where_complete_alone() -> None:
    # 2x2 grey: the first pass holds one pixel, the sixth another, the last the lower row.
    rows = b"\0\x10" + b"\0\x20" + b"\0\x30\x40"
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 1))
    whole, part = (
        PNG_MAGIC + header + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"") for pixels in (rows, rows[:-3])
    )
    assert np.asarray(open_photo(whole))[..., 0].tolist() == [[0x10, 0x20], [0x30, 0x40]]
    assert reason(part) == "truncated"


def test_sixteen_bits_keep_their_brightness() -> None:
    rows = b"\0" + struct.pack(">4H", 0, 0x4000, 0x8000, 0xFFFF)
    assert np.asarray(open_photo(png(4, 1, 16, 0, rows)))[0, :, 0].tolist() == [0, 0x40, 0x80, 0xFF]
    colour = open_photo(png(1, 1, 16, 2, b"\0" + struct.pack(">3H", 0x1000, 0x8000, 0xF000)))
    assert colour.getpixel((0, 0)) == (0x10, 0x80, 0xF0)
    grey16 = open_photo(samples()["16 bit"])
    assert [a <= b for a, b in pairwise(np.asarray(grey16)[..., 0].ravel().astype(int))].count(False) == 0


def test_what_is_transparent_comes_out_white() -> None:
    palette = chunk(b"PLTE", bytes([9, 9, 9, 200, 10, 20])) + chunk(b"tRNS", bytes([0, 255]))
    opened = open_photo(png(2, 1, 4, 3, b"\0\x01", palette))
    assert [opened.getpixel((x, 0)) for x in (0, 1)] == [(255, 255, 255), (200, 10, 20)]
    half = Image.new("RGBA", (4, 4), (0, 0, 0, 128))
    for format in ("PNG", "WEBP"):
        data = photo_bytes(half, format, **({"lossless": True} if format == "WEBP" else {}))
        assert open_photo(data).getpixel((2, 2)) == pytest.approx((127, 127, 127), abs=2)


@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    shortest=st.integers(1, 120),
    format=st.sampled_from(["JPEG", "PNG"]),
    mode=st.sampled_from(["RGB", "L"]),
)
def test_shrinking_keeps_the_shape_and_the_shorter_side_long_enough(
    width: int, height: int, shortest: int, format: str, mode: str
) -> None:
    small = open_photo(photo_bytes(Image.new(mode, (width, height), 90), format), shortest)
    assert min(width, height, shortest) <= min(small.size) <= max(2 * shortest, min(width, height, shortest))
    factor = width / small.width
    assert (small.width - 1) * factor < width + factor
    assert abs(small.height - height / factor) <= 1.01 + height / width
    assert set(np.asarray(small).ravel().tolist()) <= {0, 89, 90, 91}


def test_shrinking_still_shows_the_same_picture() -> None:
    large = corners((960, 640))
    for format in ("JPEG", "PNG", "WEBP"):
        small = open_photo(photo_bytes(large, format), 60)
        assert 60 <= min(small.size) < 120
        assert_alike(small, large.resize(small.size))


def test_every_reason_has_words_and_travels_between_processes() -> None:
    for key, words in MESSAGES.items():
        again = pickle.loads(pickle.dumps(PhotoError(key)))  # noqa: S301
        assert (again.reason, str(again)) == (key, words)
