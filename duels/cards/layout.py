"""How a result looks: dark, large, and read at arm's length on a phone. Knows no models."""

from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

from PIL import Image, ImageDraw

from duels.cards import brush, words
from duels.cards.brush import Colour

WIDTH = 1080
EDGE, GAP = 56, 40
BRAND = 190  # how wide our name is, in the corner
FACES = {1: 560, 2: 464, 3: 296, 4: 464}  # pixels of a face, by the number of players
COLUMNS = {1: 1, 2: 2, 3: 3, 4: 2}
NAME, MATCH, RATING = 88, 104, 68  # what stands under a face, and how high it is

NIGHT, DUSK = (15, 15, 26), (35, 25, 56)
WHITE, PALE, DIM, LINE = (247, 246, 252), (203, 200, 220), (146, 143, 170), (58, 54, 82)
GOLD, GOLD_DEEP = (255, 205, 87), (255, 148, 66)
VIOLET, VIOLET_DEEP = (167, 139, 250), (124, 92, 246)
GREEN, RED = (98, 217, 155), (255, 125, 125)
FACELESS: tuple[tuple[Colour, Colour], ...] = (
    ((94, 82, 168), (52, 44, 104)),
    ((42, 120, 142), (22, 66, 92)),
    ((150, 74, 116), (86, 38, 76)),
    ((70, 128, 96), (34, 74, 66)),
    ((168, 104, 66), (96, 54, 48)),
)


@dataclass(frozen=True)
class Side:
    name: str
    face: Image.Image | None  # square
    match: float | None
    figure: str  # the match as the words beside the picture write it
    note: str  # why there is none
    rating: str = ""
    change: str = ""
    wins: bool = False
    shares_first: bool = False
    place: int | None = None


@dataclass(frozen=True)
class Card:
    prompt: str
    headline: str
    sides: tuple[Side, ...]


def draw(card: Card) -> Image.Image:
    sides = card.sides[:4]
    size, columns = FACES[len(sides)], COLUMNS[len(sides)]
    lines, font = words.fitted(pen(), card.prompt, WIDTH - 2 * EDGE, range(62, 37, -4), 3)
    top = EDGE + 86 + len(lines) * round(1.25 * font.size) + (84 if any(side.wins for side in sides) else 48)
    spare = 40 * (max(len(named(side, size)[0]) for side in sides) - 1)
    height = size + NAME + spare + MATCH + (RATING if any(side.rating for side in sides) else 0)
    rows = -(-len(sides) // columns)
    image = lit(WIDTH, top + rows * height + (rows - 1) * GAP + EDGE).copy()
    write_head(image, card.headline, lines, font)
    for number, side in enumerate(sides):
        row, column = divmod(number, columns)
        draw_side(image, side, (column_at(column, columns, size), top + row * (height + GAP)), size, spare)
    return image


def column_at(column: int, columns: int, size: int) -> int:
    if columns == 1:
        return (WIDTH - size) // 2
    return EDGE + column * (size + (WIDTH - 2 * EDGE - columns * size) // (columns - 1))


def pen() -> ImageDraw.ImageDraw:
    return ImageDraw.Draw(Image.new("L", (1, 1)))


@lru_cache(maxsize=8)
def lit(width: int, height: int) -> Image.Image:
    image = brush.slope(width, height, NIGHT, DUSK).copy()
    brush.glow(image, (width // 2, 0), 760, VIOLET_DEEP, 0.22)
    brush.glow(image, (width, height), 620, GOLD_DEEP, 0.10)
    return image


def write_head(image: Image.Image, headline: str, lines: list[str], font: words.Font) -> None:
    page = ImageDraw.Draw(image)
    page.text((EDGE, EDGE + 4), "EmotionDuel", DIM, words.font(words.PLAIN, 28), anchor="lt")
    line, large = words.one_line(page, headline, WIDTH - 2 * (EDGE + BRAND), range(40, 23, -2))
    page.text((WIDTH / 2, EDGE), line, GOLD, large, anchor="mt")
    for number, line in enumerate(lines):
        place = WIDTH / 2, EDGE + 86 + number * round(1.25 * font.size)
        page.text(place, line, WHITE, font, anchor="ma")


def named(side: Side, size: int) -> tuple[list[str], words.Font]:
    """Beside two others the faces are narrow: there a long name takes two lines."""
    narrow = size < 400
    return words.fitted(pen(), side.name, size, range(34 if narrow else 40, 23, -2), 2 if narrow else 1)


def draw_side(image: Image.Image, side: Side, at: tuple[int, int], size: int, spare: int) -> None:
    left, top = at
    draw_face(image, side, at, size)
    page, middle = ImageDraw.Draw(image), left + size / 2
    lines, font = named(side, size)
    for number, line in enumerate(lines):
        page.text((middle, top + size + 24 + 42 * number), line, GOLD if side.wins else WHITE, font, anchor="ma")
    under = top + size + NAME + spare
    draw_match(image, side, (left, under), size)
    draw_rating(page, side, (left + size // 2, under + MATCH + 18))


def draw_face(image: Image.Image, side: Side, at: tuple[int, int], size: int) -> None:
    rim, radius = 8, size // 9
    if side.wins or side.shares_first:
        place = at[0] - rim, at[1] - rim
        ring = brush.slope(size + 2 * rim, size + 2 * rim, GOLD, GOLD_DEEP)
        brush.glow(image, (at[0] + size // 2, at[1] + size // 2), round(0.86 * size), GOLD_DEEP, 0.35)
        brush.place(image, ring, place, radius + rim)
    face = side.face.resize((size, size)) if side.face else stand_in(side.name, size)
    brush.place(image, face, at, radius)
    if side.wins:
        draw_crown(image, (at[0] + size // 2, at[1] - rim), size // 7)
    elif side.place:
        draw_place(image, str(side.place), (at[0] + 18, at[1] + 18), size // 6)


def stand_in(name: str, size: int) -> Image.Image:
    """Initials, in a colour of the name's own."""
    start, end = FACELESS[crc32(name.encode()) % len(FACELESS)]
    image = brush.slope(size, size, start, end).copy()
    text = words.initials(name)
    ImageDraw.Draw(image).text((size / 2, size / 2), text, WHITE, words.font_for(text, round(0.36 * size)), anchor="mm")
    return image


def draw_crown(image: Image.Image, middle: tuple[int, int], half: int) -> None:
    """On the upper rim of the winner's face: known without words, and without colours."""
    wide, high, finer = 2 * half, round(1.3 * half), brush.FINER
    mask = Image.new("L", (wide * finer, high * finer))
    points = [(0.06, 0.3), (0.28, 0.58), (0.5, 0.1), (0.72, 0.58), (0.94, 0.3), (0.84, 0.9), (0.16, 0.9)]
    page = ImageDraw.Draw(mask)
    page.polygon([(x * wide * finer, y * high * finer) for x, y in points], fill=255)
    for x, y in ((0.06, 0.28), (0.5, 0.1), (0.94, 0.28)):
        reach = 0.09 * high * finer
        at = x * wide * finer * 0.94 + 0.03 * wide * finer, y * high * finer
        page.ellipse((at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach), fill=255)
    mask = mask.reduce(finer)
    place = middle[0] - half, middle[1] - round(0.72 * high)
    image.paste(NIGHT, (place[0], place[1] + 4), mask)
    image.paste(brush.slope(wide, high, (255, 226, 140), GOLD_DEEP), place, mask)


def draw_place(image: Image.Image, text: str, at: tuple[int, int], size: int) -> None:
    brush.fill(image, at, (size, size), size // 2, NIGHT)
    font = words.font(words.HEAVY, round(0.56 * size))
    ImageDraw.Draw(image).text((at[0] + size / 2, at[1] + size / 2), text, PALE, font, anchor="mm")


def draw_match(image: Image.Image, side: Side, at: tuple[int, int], size: int) -> None:
    """The figure, and under it how far the bar goes."""
    left, top = at
    page, middle = ImageDraw.Draw(image), left + size / 2
    if side.match is None:
        lines, font = words.fitted(page, side.note, size, range(44, 23, -2), 1)
        page.text((middle, top + 30), lines[0], DIM, font, anchor="mm")
    else:
        page.text((middle, top + 30), side.figure, WHITE, words.font(words.HEAVY, 60), anchor="mm")
    brush.fill(image, (left, top + 84), (size, 20), 10, LINE)
    if side.match is not None and (full := round(size * min(max(side.match, 0.0), 100.0) / 100)) >= 20:
        first, last = (GOLD, GOLD_DEEP) if side.wins or side.shares_first else (VIOLET, VIOLET_DEEP)
        brush.place(image, brush.slope(full, 20, last, first, across=True), (left, top + 84), 10)


def draw_rating(page: ImageDraw.ImageDraw, side: Side, middle: tuple[int, int]) -> None:
    if not side.rating:
        return
    font, space = words.font(words.PLAIN, 36), 16
    width = page.textlength(side.rating, font) + (space + page.textlength(side.change, font) if side.change else 0)
    left = middle[0] - width / 2
    page.text((left, middle[1]), side.rating, PALE, font, anchor="la")
    colour = GREEN if side.change.startswith("+") else RED if side.change.startswith("−") else DIM
    left += page.textlength(side.rating, font) + space
    page.text((left, middle[1]), side.change, colour, font, anchor="la")
