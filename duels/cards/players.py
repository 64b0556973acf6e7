"""A player's picture, for those who are sent a link to the page: no face on it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image, ImageDraw

from accounts.models import Player
from duels.cards import brush, saved, words
from duels.cards.layout import DIM, GOLD, GOLD_DEEP, GREEN, PALE, RED, WHITE, lit, stand_in
from duels.rules.rating import Skill

WIDTH, HEIGHT = 1200, 630  # what previews of links are shown at
EDGE, TILE = 84, 320


@dataclass(frozen=True)
class Portrait:
    name: str
    rating: str
    place: str
    tally: str
    streak: str
    lost: bool  # the streak is one of losses


def player_card(player: Player, rank: int | None) -> bytes:
    """A JPEG, in the language that is active."""
    rating = str(Skill(player.mu, player.sigma))
    return saved(draw(Portrait(player.name, rating, f"#{rank}" if rank else "", tally(player), *streak(player))))


def tally(player: Player) -> str:
    counts = (
        ngettext("%(n)d win", "%(n)d wins", player.wins) % {"n": player.wins},
        ngettext("%(n)d loss", "%(n)d losses", player.losses) % {"n": player.losses},
        ngettext("%(n)d draw", "%(n)d draws", player.draws) % {"n": player.draws},
    )
    return " · ".join(counts) if player.duels else _("The first duel is still to come")


def streak(player: Player) -> tuple[str, bool]:
    now = player.streak
    if now > 0:
        return ngettext("%(n)d win in a row", "%(n)d wins in a row", now) % {"n": now}, False
    if now < 0:
        return ngettext("%(n)d loss in a row", "%(n)d losses in a row", -now) % {"n": -now}, True
    return "", False


def draw(portrait: Portrait) -> Image.Image:
    image = lit(WIDTH, HEIGHT).copy()
    draw_tile(image, portrait.name)
    page, left = ImageDraw.Draw(image), EDGE + TILE + 64
    room = WIDTH - EDGE - left
    page.text((EDGE, 44), "EmotionDuel", DIM, words.font(words.PLAIN, 30), anchor="lt")
    lines, font = words.fitted(page, portrait.name, room, range(68, 39, -4), 2)
    top = 170 if len(lines) == 1 else 140
    for number, line in enumerate(lines):
        page.text((left, top + number * round(1.15 * font.size)), line, WHITE, font, anchor="la")
    top += len(lines) * round(1.15 * font.size) + 20
    write_rating(page, portrait, (left, top))
    for number, (text, colour) in enumerate(below(portrait)):
        fitting, font = words.fitted(page, text, room, range(36, 23, -2), 1, words.PLAIN)
        page.text((left, top + 124 + 54 * number), fitting[0], colour, font, anchor="la")
    return image


def draw_tile(image: Image.Image, name: str) -> None:
    at, rim = (EDGE, (HEIGHT - TILE) // 2 + 20), 8
    ring = brush.slope(TILE + 2 * rim, TILE + 2 * rim, GOLD, GOLD_DEEP)
    brush.glow(image, (at[0] + TILE // 2, at[1] + TILE // 2), round(0.86 * TILE), GOLD_DEEP, 0.3)
    brush.place(image, ring, (at[0] - rim, at[1] - rim), TILE // 9 + rim)
    brush.place(image, stand_in(name, TILE), at, TILE // 9)


def write_rating(page: ImageDraw.ImageDraw, portrait: Portrait, at: tuple[int, int]) -> None:
    font = words.font(words.HEAVY, 92)
    page.text(at, portrait.rating, GOLD, font, anchor="la")
    after = at[0] + page.textlength(portrait.rating, font) + 28
    page.text((after, at[1] + 92), portrait.place, DIM, words.font(words.PLAIN, 44), anchor="ls")


def below(portrait: Portrait) -> list[tuple[str, brush.Colour]]:
    lines = [(portrait.tally, PALE)]
    return [*lines, (portrait.streak, RED if portrait.lost else GREEN)] if portrait.streak else lines
