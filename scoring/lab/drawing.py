"""Draws what was read into a picture: a box around each face, its emotion, and bars of all seven."""

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from scoring.lab.plots import COLORS
from scoring.lab.reading import ReadFace

INK, PAPER = (255, 255, 255), (20, 22, 28)


def annotated(image: Image.Image, faces: Sequence[ReadFace], corner: str = "") -> Image.Image:
    canvas = image.convert("RGB").copy()
    draw = ImageDraw.Draw(canvas)
    size = max(11, round(min(canvas.size) / 36))
    font = ImageFont.load_default(size)
    for face in faces:
        _box(draw, face, font, size)
    if faces:
        _bars(draw, canvas, faces[0], font, size)
    if corner:
        _label(draw, (size // 2, size // 2), corner, font, PAPER)
    return canvas


def _box(
    draw: ImageDraw.ImageDraw, face: ReadFace, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, size: int
) -> None:
    left, top, right, bottom = face.box
    color = COLORS[face.emotion]
    draw.rectangle((left, top, max(right, left + 1), max(bottom, top + 1)), outline=color, width=max(2, size // 6))
    text = f"{face.emotion} {face.shares[face.emotion]:.0%}"
    _label(draw, (left, max(0, top - round(1.5 * size))), text, font, color)


def _label(
    draw: ImageDraw.ImageDraw,
    place: tuple[int, int],
    text: str,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    color: object,
) -> None:
    left, top, right, bottom = draw.textbbox(place, text, font=font)
    draw.rectangle((left - 3, top - 2, right + 3, bottom + 2), fill=color)  # type: ignore[arg-type]
    draw.text(place, text, fill=INK, font=font)


def _bars(
    draw: ImageDraw.ImageDraw,
    canvas: Image.Image,
    face: ReadFace,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    size: int,
) -> None:
    """The largest face's seven shares, in the lower left corner."""
    step, wide = round(1.4 * size), canvas.width // 4
    top = canvas.height - step * len(face.shares) - size // 2
    names = round(max(draw.textlength(name, font=font) for name in face.shares)) + size
    draw.rectangle((0, top - size // 2, names + wide + size // 2, canvas.height), fill=PAPER)
    for row, (name, share) in enumerate(face.shares.items()):
        y = top + row * step
        draw.text((size // 2, y), name, fill=INK, font=font)
        draw.rectangle((names, y + 2, names + max(1, round(wide * share)), y + size), fill=COLORS[name])
