"""What a photo's bytes say before anything is decoded, and the same photo without its metadata.

Pillow reads EXIF, text, profiles and animations on its own while opening a file, and some of that costs far more
memory than the picture (an EXIF table whose thousand entries all point at one large block, say). So Pillow is handed
the pixels alone, and the one thing we want from the metadata, the orientation, is read here.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# First column, first row, column step and row step of the seven passes of an interlaced PNG.
PNG_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
MAX_SEGMENTS = 100_000  # a camera writes tens; millions of tiny ones would cost more than the picture
JPEG_SCAN = re.compile(rb"\xff\xda\x00(?:\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")


class Truncated(Exception):
    """The file ends before the picture does."""


class Unreadable(Exception):
    """The file breaks its own format, or is of a kind that we do not read."""


@dataclass(frozen=True)
class Header:
    kind: str
    width: int
    height: int
    orientation: int  # 1 to 8, as in EXIF
    held: int  # bytes the decoder keeps beside the pixels, however far it shrinks
    pixel: int  # bytes of one decoded pixel, the decoder's own copies counted
    plain: bool  # decodes straight to RGB
    scans: int  # passes over the whole picture that a progressive JPEG makes
    data: bytes  # what may be given to Pillow
    stream: tuple[int, int] = (0, 0)  # where a PNG's compressed rows lie within data
    inflated: int = 0  # and how long they must be


def is_heif(data: bytes) -> bool:
    if data[4:8] != b"ftyp":
        return False
    end = min(struct.unpack(">I", data[:4])[0], 256)
    brands = data[8:12] + data[16:end]  # bytes 12-15 are the major brand's version
    return any(brands[at : at + 4] in HEIF_BRANDS for at in range(0, len(brands), 4))


def read_header(data: bytes) -> Header | None:
    """None where the bytes begin like none of the three formats."""
    if data.startswith(b"\xff\xd8\xff"):
        return _read_jpeg(data)
    if data.startswith(PNG_MAGIC):
        return _read_png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _read_webp(data)
    return None


def read_orientation(exif: bytes) -> int:
    """The orientation tag of a TIFF block; 1 (upright) where there is none or it makes no sense."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        table = struct.unpack_from(order + "I", exif, 4)[0]
        count = struct.unpack_from(order + "H", exif, table)[0]
        for at in range(table + 2, table + 2 + 12 * count, 12):
            tag, kind = struct.unpack_from(order + "HH", exif, at)
            if tag == 0x0112:
                value = struct.unpack_from(order + ("I" if kind == 4 else "H"), exif, at + 8)[0]
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass  # a table that points outside itself says nothing
    return 1


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment, up to and with the first scan's header."""
    at = 2
    for _ in range(MAX_SEGMENTS):
        at = data.find(b"\xff", at)
        if at < 0 or at + 4 > len(data):
            raise Truncated
        marker = data[at + 1]
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if end > len(data) or marker == 0xD9:
            raise Truncated
        yield marker, at, end
        if marker == 0xDA:
            return
        at = end
    raise Unreadable


def _read_jpeg(data: bytes) -> Header:
    kept, frame, orientation = [b"\xff\xd8"], b"", 0
    for marker, start, end in _jpeg_segments(data):
        body = data[start + 4 : end]
        if marker == 0xDA:
            break
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            orientation = orientation or read_orientation(body[6:])
        # Of the application segments, JFIF's and Adobe's tell how the colours are stored.
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or body.startswith((b"JFIF", b"Adobe")):
            kept.append(data[start:end])
        if marker in (0xC0, 0xC1, 0xC2) and not frame:
            frame, progressive = body, marker == 0xC2
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xCC):
            raise Unreadable  # lossless, arithmetic, hierarchical, or a second frame
    if len(frame) < 6 or len(frame) < 6 + 3 * frame[5] or not body:
        raise Unreadable
    height, width, components = struct.unpack_from(">HHB", frame, 1)
    split = progressive or body[0] < components  # several scans: libjpeg keeps every coefficient
    return Header(
        "JPEG",
        width,
        height,
        orientation or 1,
        held=_jpeg_coefficients(frame) if split else 0,
        pixel=1 if components == 1 else 4,
        plain=components == 3,
        scans=len(JPEG_SCAN.findall(data, start)),
        data=b"".join([*kept, data[start:]]),
    )


def _jpeg_coefficients(frame: bytes) -> int:
    height, width, components = struct.unpack_from(">HHB", frame, 1)
    sampling = [(frame[at] >> 4, frame[at] & 15) for at in range(7, 6 + 3 * components, 3)]
    across, down = max(h for h, _ in sampling) or 1, max(v for _, v in sampling) or 1
    mcus = -(-width // (8 * across)) * -(-height // (8 * down))
    return sum(128 * mcus * h * v for h, v in sampling)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG_MAGIC)
    for _ in range(MAX_SEGMENTS):
        if at + 12 > len(data):
            return
        size, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + size
        if end > len(data):
            raise Truncated
        read = name[:1].isupper() or name == b"tRNS"
        # Pillow itself does not check the pixels' chunks.
        if read and zlib.crc32(data[at + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            raise Unreadable
        yield name, data[at + 8 : end - 4]
        if name == b"IEND":
            return
        at = end
    raise Unreadable


def _read_png(data: bytes) -> Header:
    kept: dict[bytes, bytes] = {}
    pixels, orientation = [], 1
    for name, body in _png_chunks(data):
        if not kept and name != b"IHDR":
            raise Unreadable
        if name == b"IDAT":
            pixels.append(body)
        elif name in (b"IHDR", b"PLTE", b"tRNS"):
            kept.setdefault(name, body[:768])  # the longest palette
        elif name == b"eXIf":
            orientation = read_orientation(body)
    if not kept:
        raise Truncated
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", kept[b"IHDR"])
    if colour not in PNG_CHANNELS:
        raise Unreadable
    rows = b"".join(pixels)
    head = PNG_MAGIC + b"".join(_png_chunk(name, body) for name, body in kept.items())
    bits = depth * PNG_CHANNELS[colour]
    return Header(
        "PNG",
        width,
        height,
        orientation,
        held=0,
        pixel=4 if colour in (2, 4, 6) else 2 if depth == 16 else 1,
        plain=colour == 2 and b"tRNS" not in kept,
        scans=1,
        data=head + _png_chunk(b"IDAT", rows) + _png_chunk(b"IEND", b""),
        stream=(len(head) + 8, len(head) + 8 + len(rows)),
        inflated=sum(_png_pass_size(width, height, bits, step) for step in PNG_PASSES)
        if interlaced
        else height * (1 + -(-width * bits // 8)),
    )


def _png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body), name) + body + struct.pack(">I", zlib.crc32(body, zlib.crc32(name)))


def _png_pass_size(width: int, height: int, bits: int, step: tuple[int, int, int, int]) -> int:
    columns, rows = -(-(width - step[0]) // step[2]), -(-(height - step[1]) // step[3])
    return rows * (1 + -(-columns * bits // 8)) if columns > 0 and rows > 0 else 0


def has_every_row(header: Header) -> bool:
    """Pillow leaves the rows black that a PNG's stream ends before, and says nothing."""
    stream, inflate, total = memoryview(header.data)[slice(*header.stream)], zlib.decompressobj(), 0
    for at in range(0, len(stream), 16384):
        total += len(inflate.decompress(stream[at : at + 16384]))
        if total >= header.inflated:
            break
    return total >= header.inflated


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = 12
    for _ in range(MAX_SEGMENTS):
        if at + 8 > len(data):
            return
        name, size = struct.unpack_from("<4sI", data, at)
        yield name, at + 8, at + 8 + size
        at += 8 + size + (size & 1)
    raise Unreadable


def _read_webp(data: bytes) -> Header:
    chunks = {name: data[start : min(end, start + 1_000_000)] for name, start, end in _webp_chunks(data)}
    if len(data) < max(30, 8 + struct.unpack_from("<I", data, 4)[0]):
        raise Truncated
    orientation = read_orientation(chunks.get(b"EXIF", b"").removeprefix(b"Exif\0\0"))
    # libwebp keeps two canvases as if for an animation, and Pillow makes two more copies.
    return Header("WEBP", *_webp_size(data), orientation, held=0, pixel=16, plain=False, scans=1, data=data)


def _webp_size(data: bytes) -> tuple[int, int]:
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise Unreadable
