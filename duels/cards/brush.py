"""Soft shapes: PIL draws hard edges, so masks are drawn large and shrunk."""

from functools import lru_cache

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]

FINER = 4


@lru_cache(maxsize=32)
def rounded(width: int, height: int, radius: int) -> Image.Image:
    mask = Image.new("L", (width * FINER, height * FINER))
    box = (0, 0, width * FINER - 1, height * FINER - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius * FINER, fill=255)
    return mask.reduce(FINER)


@lru_cache(maxsize=32)
def slope(width: int, height: int, start: Colour, end: Colour, across: bool = False) -> Image.Image:
    """From the first colour to the second, downwards or to the right."""
    line = Image.new("RGB", (2, 1) if across else (1, 2))
    line.putpixel((0, 0), start)
    line.putpixel((1, 0) if across else (0, 1), end)
    return line.resize((width, height), Image.Resampling.BILINEAR)


def fill(image: Image.Image, at: tuple[int, int], size: tuple[int, int], radius: int, colour: Colour) -> None:
    image.paste(colour, (*at, at[0] + size[0], at[1] + size[1]), rounded(*size, radius))


def place(image: Image.Image, picture: Image.Image, at: tuple[int, int], radius: int) -> None:
    image.paste(picture, at, rounded(*picture.size, radius))


def glow(image: Image.Image, middle: tuple[int, int], reach: int, colour: Colour, strength: float) -> None:
    left, top = middle[0] - reach, middle[1] - reach
    image.paste(colour, (left, top, left + 2 * reach, top + 2 * reach), light(reach, strength))


@lru_cache(maxsize=8)
def light(reach: int, strength: float) -> Image.Image:
    found = Image.radial_gradient("L").point(lambda dark: round(max(0, 255 - 1.42 * dark) * strength))
    return found.resize((2 * reach, 2 * reach), Image.Resampling.BILINEAR)
