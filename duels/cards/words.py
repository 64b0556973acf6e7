"""Words in a picture: which font can write them, and how they fit."""

from functools import cache
from pathlib import Path

from django.conf import settings
from PIL import ImageDraw, ImageFont

FONTS: Path = settings.BASE_DIR / "static" / "fonts"
HEAVY, PLAIN = "Manrope-ExtraBold.ttf", "Manrope-SemiBold.ttf"
ANY = "DejaVuSans-Bold.ttf"  # for letters that Manrope lacks: Arabic, Georgian, Hebrew, Kazakh...

Font = ImageFont.FreeTypeFont


@cache
def font(name: str, size: int) -> Font:
    return ImageFont.truetype(FONTS / name, size)


@cache
def writes(name: str, sign: str) -> bool:
    """What a font lacks it draws as it draws a letter that does not exist."""
    font = ImageFont.truetype(FONTS / name, 40, layout_engine=ImageFont.Layout.BASIC)
    return bool(sign.isspace() or bytes(font.getmask(sign)) != bytes(font.getmask("\uffff")))


def font_for(text: str, size: int, name: str = HEAVY) -> Font:
    return font(name if all(writes(name, sign) for sign in set(text)) else ANY, size)


def fitted(
    draw: ImageDraw.ImageDraw, text: str, width: float, sizes: range, lines: int, name: str = HEAVY
) -> tuple[list[str], Font]:
    """In the largest of these sizes in which it takes so few lines; in the smallest, what is too long is cut."""
    for size in sizes:
        face = font_for(text, size, name)
        found = wrapped(draw, text, width, face)
        if len(found) <= lines and all(draw.textlength(line, face) <= width for line in found):
            return found, face
    cut = [shortened(draw, line, width, face) for line in found[:lines]]
    if len(found) > lines:
        cut[-1] = shortened(draw, cut[-1] + "…", width, face)
    return cut, face


def one_line(draw: ImageDraw.ImageDraw, text: str, width: float, sizes: range) -> tuple[str, Font]:
    """In the largest of these sizes that leaves it whole; in the smallest, its end is cut."""
    for size in sizes:
        face = font_for(text, size)
        if draw.textlength(text, face) <= width:
            break
    return shortened(draw, text, width, face), face


def wrapped(draw: ImageDraw.ImageDraw, text: str, width: float, face: Font) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and draw.textlength(f"{lines[-1]} {word}", face) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return balanced(draw, lines, width, face)


def balanced(draw: ImageDraw.ImageDraw, lines: list[str], width: float, face: Font) -> list[str]:
    """No last word alone in its line, where the line above can spare one."""
    if len(lines) < 2 or " " in lines[-1]:
        return lines
    above, _, spared = lines[-2].rpartition(" ")
    last = f"{spared} {lines[-1]}"
    if not above or draw.textlength(last, face) > width or draw.textlength(last, face) > draw.textlength(above, face):
        return lines
    return [*lines[:-2], above, last]


def shortened(draw: ImageDraw.ImageDraw, text: str, width: float, face: Font) -> str:
    if draw.textlength(text, face) <= width:
        return text
    text = text.removesuffix("…")
    while text and draw.textlength(text + "…", face) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def initials(name: str) -> str:
    found = "".join([word[0] for word in name.replace("-", " ").split() if word[0].isalpha()][:2])
    # Not every alphabet's fonts have its capitals: Georgian was written without any for centuries.
    large = found.upper()
    return (large if all(writes(HEAVY, sign) or writes(ANY, sign) for sign in large) else found) or "?"
