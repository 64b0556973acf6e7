"""Damage, bombs and sizes: nothing but a PhotoError comes of them, and never 400 MB."""

import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from scoring import photos
from scoring.photo_headers import PNG_MAGIC
from scoring.photos import MAX_BYTES, MAX_PIXELS, open_photo
from scoring.tests.test_photos import assert_alike, chunk, corners, opened_or_refused, png, reason, samples
from tests.faces import photo_bytes

ROOT = Path(__file__).resolve().parents[2]


@given(name=st.sampled_from(sorted(samples())), share=st.floats(0, 1, exclude_max=True))
def test_a_photo_whose_end_is_missing_is_named_so(name: str, share: float) -> None:
    data = samples()[name]
    part = opened_or_refused(data[: int(share * len(data))])
    if isinstance(part, Image.Image):  # what follows the pixels may be missing
        assert data.startswith(PNG_MAGIC)
        assert part.tobytes() == open_photo(data).tobytes()
    else:
        assert part in {"truncated", "empty", "not_a_photo"}


@given(
    name=st.sampled_from(sorted(samples())),
    seed=st.integers(0, 2**32),
    blows=st.integers(1, 12),
    shortest=st.sampled_from([0, 8]),
)
@settings(max_examples=400)
def test_random_damage_never_raises_anything_but_a_photo_error(name: str, seed: int, blows: int, shortest: int) -> None:
    chance, data = random.Random(seed), bytearray(samples()[name])
    for _ in range(blows):
        at = chance.choice([chance.randrange(len(data)), chance.randrange(min(len(data), 64))])
        data[at : at + chance.choice([0, 1, 4])] = chance.randbytes(chance.choice([0, 1, 1, 4]))
    opened_or_refused(bytes(data), shortest)


def repaired(data: bytes) -> bytes:
    """A PNG with right checksums: what lies behind them must stand the damage too."""
    fixed, at = bytearray(PNG_MAGIC), len(PNG_MAGIC)
    while at + 12 <= len(data):
        size = min(struct.unpack_from(">I", data, at)[0], len(data) - at - 12)
        fixed += chunk(data[at + 4 : at + 8], data[at + 8 : at + 8 + size])
        at += 12 + size
    return bytes(fixed)


@given(
    name=st.sampled_from(["png", "palette", "png with alpha", "one bit", "16 bit"]),
    places=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
    header=st.lists(st.tuples(st.integers(16, 28), st.integers(0, 16)), max_size=3),
)
def test_a_damaged_png_with_right_checksums_raises_nothing_else_either(name: str, places: list, header: list) -> None:
    data = bytearray(samples()[name])
    for at, value in [(int(share * len(data)), value) for share, value in places] + header:
        data[at] = value
    opened_or_refused(repaired(bytes(data)))


MAGICS = (b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xc0\0\x11", PNG_MAGIC, b"RIFF\x40\0\0\0WEBPVP8X", b"\0\0\0\x18ftyp")


@given(magic=st.sampled_from(MAGICS), rest=st.binary(max_size=120))
@settings(max_examples=300)
def test_any_bytes_at_all_are_refused_politely(magic: bytes, rest: bytes) -> None:
    assert isinstance(opened_or_refused(magic + rest), str)


def resized_jpeg(width: int, height: int, name: str = "jpeg") -> bytes:
    """A JPEG whose header claims another size."""
    data = samples()[name]
    at = next(at for at in range(len(data)) if data[at : at + 2] in (b"\xff\xc0", b"\xff\xc2"))
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def resized_webp(width: int, height: int) -> bytes:
    body = b"VP8X" + struct.pack("<II", 10, 0) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body += photo_bytes(corners(), "WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


@pytest.mark.parametrize("shortest", [None, 480])
@pytest.mark.parametrize("claim", [resized_jpeg, resized_webp, lambda w, h: png(w, h, 8, 2, b"")])
def test_fifty_megapixels_are_counted_before_anything_is_decoded(
    claim: Callable[[int, int], bytes], shortest: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        pytest.fail("decoded")

    monkeypatch.setattr(photos, "PLUGINS", dict.fromkeys(photos.PLUGINS, never))
    assert reason(claim(10_000, MAX_PIXELS // 10_000 + 1), shortest) == "too_many_pixels"
    assert reason(claim(16_000, 16_000), shortest) == "too_many_pixels"


def test_a_claim_of_fifty_megapixels_without_the_pixels_is_an_incomplete_photo() -> None:
    assert reason(png(10_000, 5_000, 8, 2, b"")) == "truncated"
    assert reason(resized_webp(4000, 4000), 480) == "damaged"
    assert reason(resized_jpeg(0, 100)) == reason(resized_jpeg(100, 0), 480) == "damaged"


def test_twenty_megabytes_are_counted_before_anything_is_read() -> None:
    data = photo_bytes(corners())
    assert_alike(open_photo(data + bytes(MAX_BYTES - len(data))), corners())
    assert reason(data + bytes(MAX_BYTES + 1 - len(data))) == "too_large"


def test_a_jpeg_of_endless_scans_is_refused_at_once() -> None:
    data = photo_bytes(corners(), progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    assert reason(data[:-2] + 64 * last + b"\xff\xd9") == "too_heavy"


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + b"\xff\xfe\0\2" * 200_000 + photo_bytes(corners())[2:],
        PNG_MAGIC + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)) + chunk(b"teXt", b"") * 200_000,
        b"RIFF" + struct.pack("<I", 1_600_004) + b"WEBP" + (b"JUNK" + bytes(4)) * 200_000,
    ],
    ids=["jpeg", "png", "webp"],
)
def test_a_photo_of_endless_tiny_parts_is_refused(data: bytes) -> None:
    assert reason(data) == "damaged"


def test_running_out_of_memory_is_the_photos_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(photos, "_decoded", full)
    assert reason(samples()["jpeg"]) == "too_heavy"


def test_a_workers_time_limit_is_no_fault_of_the_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    class OutOfTime(Exception):
        pass

    def slow(*_: object) -> None:
        raise OutOfTime

    monkeypatch.setattr(photos, "_decoded", slow)
    with pytest.raises(OutOfTime):
        open_photo(samples()["jpeg"])


# Peaks are read from /proc, for a child's ru_maxrss begins with its parent's.
MEASURE = """
import re, sys
from pathlib import Path
from scoring.photos import PhotoError, open_photo

scorer = None

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1000

if sys.argv[1] == "judge":
    from scoring import open_scorer
    scorer = open_scorer()

def look(data):
    return scorer.score(data, "joy").value if scorer else open_photo(data, int(sys.argv[1]) or None).size

for warm in sys.argv[2:5]:
    look(Path(warm).read_bytes())
Path("/proc/self/clear_refs").write_text("5")  # the peak so far is forgotten
idle = peak()
for photo in sys.argv[5:]:
    data = Path(photo).read_bytes()
    try:
        result = look(data)
    except PhotoError as error:
        result = error.reason
    print(Path(photo).name, peak() - idle, result, sep=";")
"""


def measured(folder: Path, photos: dict[str, bytes], how: int | str = 0) -> dict[str, tuple[float, str]]:
    """Megabytes above idle so far, and the outcome, photo by photo, in one child. `how`: a shorter side, or "judge"."""
    if not Path("/proc/self/status").is_file():
        pytest.skip("the peak is read from Linux's /proc")
    small = {f"small {name}": samples()[name] for name in ("jpeg", "png", "webp")}
    for name, data in (small | photos).items():
        (folder / name).write_bytes(data)
    paths = [folder / name for name in (small | photos)]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(how), *paths], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = (line.split(";") for line in done.stdout.splitlines())
    return {name: (float(above), result) for name, above, result in lines}


def flat(mode: str, megapixels: float) -> Image.Image:
    width = int((megapixels * 1e6 * 4 / 3) ** 0.5)
    return Image.new(mode, (width, int(width * 3 / 4)))


def hidden_bomb() -> bytes:
    """10x10 pixels, and 300 MB of zeros where their rows and a comment should be."""
    squeeze = zlib.compressobj(9)
    zeros = b"".join(squeeze.compress(bytes(1_000_000)) for _ in range(300)) + squeeze.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 10, 10, 8, 2, 0, 0, 0))
    return PNG_MAGIC + header + chunk(b"zTXt", b"a\0\0" + zeros) + chunk(b"IDAT", zeros) + chunk(b"IEND", b"")


def exif_bomb() -> bytes:
    """A thousand entries that all point at the same 50 KB."""
    entries = b"".join(struct.pack("<HHII", 0x9000 + i, 7, 50_000, 8) for i in range(1000))
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1000) + entries + bytes(40_000)
    data = photo_bytes(corners())
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]


def test_bombs_never_take_400_mb(tmp_path: Path) -> None:
    bombs = {"hidden": hidden_bomb(), "exif": exif_bomb(), "one bit": photo_bytes(flat("1", 49), "PNG")}
    results = measured(tmp_path, bombs)
    assert max(above for above, _ in results.values()) < 400
    assert results["hidden"][1] == "(10, 10)"
    assert results["exif"][1] == "(48, 32)"


def test_big_photos_never_take_400_mb_above_idle(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    big = {
        "webp": photo_bytes(flat("RGB", 18), "WEBP", method=0),
        "cmyk": photo_bytes(flat("CMYK", 30), exif=exif),
        "progressive cmyk": photo_bytes(flat("CMYK", 22), progressive=True),
        "progressive": photo_bytes(flat("RGB", 45), progressive=True, exif=exif),
    }
    results = measured(tmp_path, big, 480)
    assert max(above for above, _ in results.values()) < 400
    assert all(result.startswith("(") for _, result in results.values()), results


@pytest.mark.slow
def test_judging_a_big_photo_never_takes_400_mb_either(tmp_path: Path) -> None:
    """A strip is decoded in full, for its shorter side is short already; the face is looked for without a copy."""
    results = measured(tmp_path, {"strip": photo_bytes(Image.new("RGB", (52_000, 959)))}, "judge")
    assert results["strip"][0] < 300
    assert results["strip"][1] == "-inf"


def test_what_would_take_more_is_refused_by_its_header() -> None:
    assert reason(resized_webp(6400, 4800), 480) == "too_heavy"
    assert reason(resized_jpeg(8000, 6200, "progressive cmyk"), 480) == "too_heavy"
    assert reason(resized_jpeg(8000, 6200, "cmyk")) == "too_heavy"


@pytest.mark.slow
@pytest.mark.parametrize("megapixels", [16, 23, 49.9])
def test_photos_opened_in_full_never_take_400_mb_above_idle(megapixels: float, tmp_path: Path) -> None:
    noise = Image.effect_noise((64, 48), 90)
    kinds: dict[str, tuple[str, str, dict]] = {
        "jpeg": ("RGB", "JPEG", {}),
        "progressive": ("RGB", "JPEG", {"progressive": True, "subsampling": 0}),
        "cmyk": ("CMYK", "JPEG", {"progressive": True}),
        "png": ("RGBA", "PNG", {"compress_level": 1}),
        "grey png": ("LA", "PNG", {"compress_level": 1}),
        "webp": ("RGBA", "WEBP", {"method": 0}),
        "lossless webp": ("RGB", "WEBP", {"method": 0, "lossless": True, "quality": 0}),
    }
    size = flat("1", megapixels).size
    big = {
        name: photo_bytes(noise.convert(mode).resize(size, Image.Resampling.NEAREST), format, **save)
        for name, (mode, format, save) in kinds.items()
    }
    results = measured(tmp_path, big)
    assert max(above for above, _ in results.values()) < 400, results
    assert results["jpeg"][1].startswith("(")
    assert {result for _, result in results.values() if not result.startswith("(")} <= {"too_heavy", "too_large"}
