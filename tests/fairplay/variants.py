"""What people do to a picture that they send again, and what differs between two pictures of the same face."""

from collections.abc import Callable
from io import BytesIO
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from scoring.faces import Box

Size = tuple[int, int]
Copy = Callable[[Random, Image.Image, Box], Image.Image]

MOVING = ((0.32, 0.33), (0.68, 0.33), (0.36, 0.75), (0.64, 0.75), (0.5, 0.8))  # brows and mouth, in an upright face


def saved(image: Image.Image, quality: int) -> Image.Image:
    file = BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(BytesIO(file.getvalue())).convert("RGB")


def compressed(chance: Random, image: Image.Image, box: Box) -> Image.Image:
    return saved(image, chance.randint(30, 75))


def smaller(chance: Random, image: Image.Image, box: Box) -> Image.Image:
    scale = chance.uniform(0.5, 0.9)
    size = round(image.width * scale), round(image.height * scale)
    return saved(image.resize(size, Image.Resampling.BICUBIC), chance.randint(50, 85))


def mirrored(chance: Random, image: Image.Image, box: Box) -> Image.Image:
    return saved(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 80)


def cropped(chance: Random, image: Image.Image, box: Box) -> Image.Image:
    """As closely as leaves a fifth of the face around it."""
    width, height = image.size
    room = 0.2 * (box[2] - box[0]) * width
    left, top = (chance.uniform(0, max(edge - room, 0)) for edge in (box[0] * width, box[1] * height))
    right = chance.uniform(min(box[2] * width + room, width), width)
    bottom = chance.uniform(min(box[3] * height + room, height), height)
    return saved(image.crop((round(left), round(top), round(right), round(bottom))), 80)


def captioned(chance: Random, image: Image.Image, box: Box) -> Image.Image:
    """A bar with words over its upper or lower part."""
    height = round(image.height * chance.uniform(0.08, 0.15))
    top = chance.choice((0, image.height - height))
    result = image.copy()
    pen = ImageDraw.Draw(result)
    pen.rectangle((0, top, image.width, top + height), fill=chance.choice(("white", "black")))
    pen.text((height // 2, top + height // 4), "When the bill comes", fill="grey", font_size=height // 2)
    return saved(result, 80)


def with_a_bar(chance: Random, image: Image.Image, box: Box) -> Image.Image:
    """Added above or below."""
    height = round(image.height * chance.uniform(0.1, 0.25))
    result = Image.new("RGB", (image.width, image.height + height), chance.choice(("white", "black")))
    result.paste(image, (0, chance.choice((0, height))))
    return saved(result, 80)


def toned(chance: Random, image: Image.Image, box: Box) -> Image.Image:
    image = ImageEnhance.Brightness(image).enhance(chance.uniform(0.8, 1.2))
    image = ImageEnhance.Contrast(image).enhance(chance.uniform(0.8, 1.2))
    return saved(ImageEnhance.Color(image).enhance(chance.uniform(0, 1.5)), 80)


def all_at_once(chance: Random, image: Image.Image, box: Box) -> Image.Image:
    image = mirrored(chance, toned(chance, cropped(chance, image, box), box), box)
    return smaller(chance, with_a_bar(chance, image, box), box)


COPIES: dict[str, Copy] = {
    "compressed anew": compressed,
    "made smaller": smaller,
    "mirrored": mirrored,
    "cropped": cropped,
    "with a caption over it": captioned,
    "with a caption bar added": with_a_bar,
    "other light and colours": toned,
    "all of these at once": all_at_once,
}


def another_moment(chance: Random, face: Image.Image) -> Image.Image:
    """The same face a moment later: the head turns by a few degrees, so that the nose moves before the cheeks; brows
    and mouth move; the light is another.
    """
    width, near = face.width, nearness(face.size)
    yaw, pitch = chance.choice((-1, 1)) * chance.uniform(0.02, 0.05), chance.uniform(-0.04, 0.04)
    moves = [wave(chance, face.size, 4, chance.uniform(0.006, 0.015) * width) for _ in range(2)]
    turned = warped(face, yaw * width * near + moves[0], pitch * width * near + moves[1])
    return grainy(chance, lit(chance, turned))


def half_a_second_later(chance: Random, face: Image.Image) -> Image.Image:
    """Of a series: the head turns by a degree or two, and only brows and mouth move, by 1 to 3 hundredths of the face's
    width each.
    """
    width, height = face.size
    down, across = np.mgrid[:height, :width].astype(np.float32)
    right, below = (chance.uniform(-0.015, 0.015) * width * nearness(face.size) for _ in range(2))
    for x, y in MOVING:
        there = np.exp(-((across - x * width) ** 2 + (down - y * height) ** 2) / (2 * (0.09 * width) ** 2))
        moved = chance.choice((-1, 1)) * chance.uniform(0.01, 0.03) * width * there
        right, below = right + chance.uniform(-0.4, 0.4) * moved, below + moved
    return grainy(chance, lit(chance, warped(face, right, below)))


def nearness(size: Size) -> np.ndarray:
    """How far a face stands out, from 0 to 1: so much more its middle moves when the head turns."""
    width, height = size
    down, across = np.mgrid[:height, :width].astype(np.float32)
    return np.exp(-(((across - width / 2) / (0.28 * width)) ** 2) - ((down - 0.55 * height) / (0.32 * height)) ** 2)


def wave(chance: Random, size: Size, hills: int, height: float) -> np.ndarray:
    rough = np.array([[chance.gauss(0, 1) for _ in range(hills + 2)] for _ in range(hills + 2)], np.float32)
    smooth = np.asarray(Image.fromarray(rough).resize(size, Image.Resampling.BICUBIC))
    return smooth / max(float(smooth.std()), 1e-6) * height


def warped(image: Image.Image, right: np.ndarray, below: np.ndarray) -> Image.Image:
    pixels = np.asarray(image, np.float32)
    height, width = pixels.shape[:2]
    down, across = np.mgrid[:height, :width].astype(np.float32)
    x, y = np.clip(across + right, 0, width - 1.001), np.clip(down + below, 0, height - 1.001)
    left, top = x.astype(int), y.astype(int)
    u, v = (x - left)[..., None], (y - top)[..., None]
    upper = pixels[top, left] * (1 - u) + pixels[top, left + 1] * u
    lower = pixels[top + 1, left] * (1 - u) + pixels[top + 1, left + 1] * u
    return Image.fromarray((upper * (1 - v) + lower * v).clip(0, 255).astype(np.uint8))


def lit(chance: Random, image: Image.Image) -> Image.Image:
    pixels = np.asarray(image, np.float32)
    down, across = np.mgrid[-1 : 1 : pixels.shape[0] * 1j, -1 : 1 : pixels.shape[1] * 1j]
    light = 1 + 0.15 * (chance.uniform(-1, 1) * across + chance.uniform(-1, 1) * down + chance.uniform(-0.7, 0.7))
    return Image.fromarray((pixels * light[..., None]).clip(0, 255).astype(np.uint8))


def grainy(chance: Random, image: Image.Image, sigma: float = 2.0) -> Image.Image:
    noise = np.random.default_rng(chance.randrange(2**32)).normal(0, sigma, (*image.size[::-1], 3))
    return Image.fromarray((np.asarray(image, np.float32) + noise).clip(0, 255).astype(np.uint8))


def on_a_screen(chance: Random, image: Image.Image) -> Image.Image:
    """Photographed from a screen: stripes of red, green and blue, each pixel parted from the next, met by a camera's
    own grid at another scale and angle.
    """
    scale = 4
    large = np.asarray(image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST), np.float32)
    grid = np.zeros((scale, scale, 3), np.float32)
    for colour in range(3):
        grid[: scale - 1, colour % scale, colour] = 3.2
    large *= np.tile(grid, (image.height, image.width, 1)) * chance.uniform(0.7, 1.0) + chance.uniform(0.1, 0.3)
    screen = Image.fromarray(large.clip(0, 255).astype(np.uint8))
    return photographed(chance, screen, image.size, chance.uniform(0.8, 0.97))


def printed(chance: Random, image: Image.Image) -> Image.Image:
    """Photographed from paper: dots of a halftone, turned as printers turn them."""
    scale = 3
    grey = np.asarray(image.resize((image.width * scale, image.height * scale), Image.Resampling.BICUBIC), np.float32)
    angle, size = np.radians(chance.uniform(15, 75)), chance.uniform(5.5, 9)
    down, across = np.mgrid[: grey.shape[0], : grey.shape[1]]
    u, v = across * np.cos(angle) + down * np.sin(angle), down * np.cos(angle) - across * np.sin(angle)
    dots = (np.cos(2 * np.pi * u / size) + np.cos(2 * np.pi * v / size)) * 64 * chance.uniform(0.5, 1)
    paper = Image.fromarray((grey + dots[..., None]).clip(20, 235).astype(np.uint8))
    return photographed(chance, paper, image.size, chance.uniform(0.8, 0.97))


def photographed(chance: Random, flat: Image.Image, size: Size, part: float) -> Image.Image:
    turned = flat.rotate(chance.uniform(-4, 4), Image.Resampling.BICUBIC)
    width, height = round(turned.width * part), round(turned.height * part)
    left, top = (turned.width - width) // 2, (turned.height - height) // 2
    seen = turned.crop((left, top, left + width, top + height)).resize(size, Image.Resampling.BILINEAR)
    return saved(grainy(chance, seen.filter(ImageFilter.GaussianBlur(chance.uniform(0.2, 0.6)))), 85)
