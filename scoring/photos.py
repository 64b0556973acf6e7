"""The door for photos: untrusted bytes in, an upright RGB picture out, or a PhotoError with a reason. Films have one of
their own, films.py.
"""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from scoring.photo_headers import Header, Truncated, Unreadable, has_every_row, is_heif, read_header

MAX_BYTES = 20_000_000
MAX_PIXELS = 50_000_000
# A decoder may take 400 MB above idle. The estimate below leaves out what small things take, so stay under it.
MAX_MEMORY = 380_000_000
# Every scan of a progressive JPEG passes over the whole picture and may be a few bytes long: this bounds the time.
# Cameras and re-compressors write 10 to 20.
MAX_SCANS = 64
BAND = 128  # rows converted at a time
BACKGROUND = "white"

MESSAGES = {
    "empty": "The file is empty.",
    "too_large": "The file is larger than 20 MB.",
    "too_many_pixels": "The photo has more than 50 megapixels.",
    "too_heavy": "The photo is too large to open. Send it smaller, or as a JPEG.",
    "heic": "HEIC and AVIF photos cannot be opened. Send the photo as a JPEG.",
    "not_a_photo": "This is not a photo. Send a JPEG, PNG or WebP picture.",
    "truncated": "The photo is incomplete: its end is missing. Send it again.",
    "damaged": "The photo is damaged and cannot be opened.",
}

# The plugins themselves, not Image.open: it would try others (MPO) and warn of bombs before we could look.
PLUGINS: dict[str, Callable[[BytesIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
}
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


# Everything that Python and the decoders can say of bytes that a stranger wrote. Not Exception: a worker's time limit
# is one too, and no fault of the photo's.
DECODER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    SystemError,
    TypeError,
    ValueError,
    Warning,
    struct.error,
    zlib.error,
    Unreadable,
)


class PhotoError(Exception):
    """`reason` is a key of MESSAGES, for whoever words it in the reader's language."""

    def __init__(self, reason: str) -> None:
        super().__init__(MESSAGES[reason])
        self.reason = reason

    def __reduce__(self) -> tuple[type["PhotoError"], tuple[str]]:
        return PhotoError, (self.reason,)


def read_file(path: Path) -> bytes:
    """No more of it than shows that it is too large."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def open_photo(data: bytes, shortest: int | None = None, pixels: int = MAX_PIXELS) -> Image.Image:
    """The picture, upright, in RGB. With `shortest` it may come smaller, its shorter side at least that long."""
    try:
        header = _admitted(data, shortest, pixels)
        image = _decoded(header, shortest)
        turn = TURNS.get(header.orientation)
        return image if turn is None else image.transpose(turn)
    except Truncated:
        raise PhotoError("truncated") from None
    except MemoryError:
        raise PhotoError("too_heavy") from None
    except DECODER_ERRORS as error:
        raise PhotoError("truncated" if "truncated" in str(error) else "damaged") from error


def _admitted(data: bytes, shortest: int | None, pixels: int) -> Header:
    """The photo's header, where it is small enough to decode."""
    if not data:
        raise PhotoError("empty")
    if len(data) > MAX_BYTES:
        raise PhotoError("too_large")
    header = read_header(data)
    if header is None:
        raise PhotoError("heic" if is_heif(data) else "not_a_photo")
    if header.width * header.height > pixels:
        raise PhotoError("too_many_pixels")
    if header.scans > MAX_SCANS or _memory(header, shortest, len(data)) > MAX_MEMORY:
        raise PhotoError("too_heavy")
    if header.inflated and not has_every_row(header):
        raise PhotoError("truncated")
    return header


def _memory(header: Header, shortest: int | None, size: int) -> int:
    """Bytes that decoding takes at its peak, the file's own copies counted."""
    draft = _draft(header, shortest)
    width, height = -(-header.width // draft), -(-header.height // draft)
    factor = _factor(width, height, shortest)
    finished = 4 * -(-width // factor) * -(-height // factor)
    decoded = header.pixel * width * height
    copied = decoded if header.plain and factor == 1 else decoded + finished + 16 * width * min(_rows(factor), height)
    turned = 2 * finished if header.orientation > 1 else 0
    return 3 * size + max(header.held + decoded, copied, turned)


def _draft(header: Header, shortest: int | None) -> int:
    """How many times smaller each side of a JPEG can be decoded."""
    room = min(header.width, header.height) // shortest if shortest and header.kind == "JPEG" else 1
    return next(scale for scale in (8, 4, 2, 1) if scale <= max(room, 1))


def _factor(width: int, height: int, shortest: int | None) -> int:
    return max(1, min(width, height) // shortest) if shortest else 1


def _rows(factor: int) -> int:
    return max(1, BAND // factor) * factor


def _decoded(header: Header, shortest: int | None) -> Image.Image:
    with PLUGINS[header.kind](BytesIO(header.data)) as image:
        draft = _draft(header, shortest)
        image.draft(None, (header.width // draft, header.height // draft))
        image.load()
        factor = _factor(*image.size, shortest)
        return image if header.plain and factor == 1 else _shrunk_rgb(image, factor)


def _shrunk_rgb(image: Image.Image, factor: int) -> Image.Image:
    """Band by band: a second full-size copy of a 50 megapixel picture would be 200 MB."""
    width, height = image.size
    result = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    rows = _rows(factor)
    for top in range(0, height, rows):
        band = as_rgb(image.crop((0, top, width, min(top + rows, height))))
        result.paste(band.reduce(factor) if factor > 1 else band, (0, top // factor))
    return result


def as_rgb(image: Image.Image) -> Image.Image:
    """As people see it: what is clear is white. An RGB picture is not copied: that could take 200 MB."""
    if image.mode == "I;16":  # converting would cut values off at 255
        return image.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")
    solid = Image.new("RGB", image.size, BACKGROUND)
    clear = image.convert("RGBA")
    solid.paste(clear, mask=clear)
    return solid
