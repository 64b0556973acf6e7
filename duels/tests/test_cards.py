import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.utils import translation
from PIL import Image, ImageDraw
from pytest_django import DjangoAssertNumQueries

from accounts.models import Player
from duels import cards, deadlines, lobby, queries
from duels.cards import layout, words
from duels.cards.faces import face_of, widened
from duels.cards.layout import Card, Side
from duels.models import Duel, Entry, Prompt
from duels.rules.rating import Skill
from duels.tests.world import entry_of, played, random_duel, reread, room_duel, shows, time_is_up
from duels.words import MINUS
from tests.faces import draw_face, photo_bytes

BOX = (0.36, 0.22, 0.64, 0.78)  # of a drawn face
LONG = "Show anger and joy at once, as if somebody had just eaten the last slice of your cake before your very eyes"
NAMES = ("Необыкновенный Крокодил", "Bo", "An Extraordinarily Long N", "გიორგი")


def a_photo(person: int = 0) -> bytes:
    return photo_bytes(draw_face(person, "happiness", (1280, 960)))


def sides(count: int) -> tuple[Side, ...]:
    size = layout.FACES[count]
    faces = [face_of(a_photo(number), BOX, 5.0, size) for number in range(count)]
    return tuple(
        Side(name, face, 80.0 - place, "80.0%", "", "1500?", "+7", wins=place == 0, place=place + 1)
        for place, (name, face) in enumerate(zip(NAMES, faces, strict=False))
    )


def opened(card: bytes) -> Image.Image:
    image = Image.open(BytesIO(card))
    image.load()
    return image


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_card_is_quick_and_small(count: int) -> None:
    card = Card(LONG, "Побеждает ХИТРЫЙ ЖУРАВЛЬ!", sides(count))
    began = time.thread_time()
    data = cards.saved(layout.draw(card))
    assert time.thread_time() - began < 0.3
    assert len(data) < 300_000
    image = opened(data)
    assert (image.format, image.width, image.height < 2000) == ("JPEG", 1080, True)


def test_long_words_wrap_and_stay_inside() -> None:
    page = ImageDraw.Draw(Image.new("L", (1, 1)))
    for text in (LONG, "Продемонстрируй удивление и спокойствие одновременно", "a" * 120):
        lines, font = words.fitted(page, text, 968, range(62, 37, -4), 3)
        assert len(lines) <= 3
        assert all(page.textlength(line, font) <= 968 for line in lines)
    assert words.fitted(page, "Bo", 968, range(40, 23, -2), 1)[0] == ["Bo"]


def test_a_headline_is_cut_at_its_end_alone() -> None:
    page, sizes = ImageDraw.Draw(Image.new("L", (1, 1))), range(40, 23, -2)
    short, large = words.one_line(page, "Побеждает Ёж!", 588, sizes)
    long, small = words.one_line(page, f"Побеждает {'Ш' * 40}!", 588, sizes)
    assert (short, large.size, small.size) == ("Побеждает Ёж!", 40, 24)
    assert long.startswith("Побеждает ШШШШШШ")
    assert long.endswith("…")
    assert page.textlength(long, small) <= 588


def test_every_name_can_be_written() -> None:
    assert words.font_for("Хитрая Лисица Ёж", 40).path == words.FONTS / words.HEAVY
    for name in ("Ғалым", "გიორგი", "שלום", "سلام"):
        assert words.font_for(name, 40).path == words.FONTS / words.ANY
        assert all(words.writes(words.ANY, sign) for sign in words.initials(name))


@pytest.mark.parametrize(
    ("name", "letters"), [("Хитрая Лисица", "ХЛ"), ("Fox 12", "F"), ("ann", "A"), ("a-b c", "AB"), ("", "?")]
)
def test_initials(name: str, letters: str) -> None:
    assert words.initials(name) == letters


def test_a_wider_crop_ends_where_the_photo_does() -> None:
    assert widened((0.4, 0.4, 0.6, 0.6)) == pytest.approx((0.35, 0.35, 0.65, 0.65))
    assert widened((0.02, 0.4, 0.22, 0.6)) == pytest.approx((0.0, 0.38, 0.24, 0.62))
    assert widened((-0.05, 0.4, 0.2, 0.6)) == pytest.approx((-0.05, 0.4, 0.2, 0.6))


def test_fonts_come_with_their_licences() -> None:
    folder = words.FONTS
    assert "SIL Open Font License" in (folder / "Manrope-OFL.txt").read_text(encoding="utf-8")
    assert "Bitstream" in (folder / "DejaVu-LICENSE.txt").read_text(encoding="utf-8")


# From duels.


def drawn(duel: Duel, photos: dict[int, bytes] | None = None) -> Card:
    """What stands on the card, and that it can be drawn."""
    kept: list[Card] = []

    def draw(card: Card) -> Image.Image:
        kept.append(card)
        return layout.draw(card)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cards, "draw", draw)
        seen = queries.seen(duel.pk)
        opened(cards.result_card(seen, cards.faces_on(seen, photos or {})))
    return kept[0]


def with_place(player: Player, duel: Duel) -> int:
    entry = entry_of(player, duel)
    Entry.objects.filter(pk=entry.pk).update(box=list(BOX), tilt=3.0)
    return entry.pk


def test_all_read_who_wins(ann: Player, bob: Player) -> None:
    duel = played(ann, 87.4, bob, 61.2)
    with translation.override("en"):
        card = drawn(duel)
    assert card.headline == "Ann wins!"
    best, other = card.sides
    assert (best.name, best.figure, best.wins, other.name, other.wins) == ("Ann", "87.4", True, "Bob", False)
    assert best.change.startswith("+")
    assert other.change.startswith(MINUS)
    assert (best.rating, best.place) == (f"{Skill(reread(ann).mu).rating}?", None)


def test_the_prompt_is_in_the_readers_language(ann: Player, bob: Player) -> None:
    duel = played(ann, 87.4, bob, 61.2)
    with translation.override("ru"):
        card = drawn(duel)
    assert "Покажи joy" in card.prompt


def test_a_face_only_where_its_photo_was_given(ann: Player, bob: Player) -> None:
    duel = played(ann, 87.4, bob, 61.2)
    mine, hers = with_place(ann, duel), with_place(bob, duel)
    best, other = drawn(duel, {mine: a_photo()}).sides
    assert best.face is not None
    assert best.face.size == (464, 464)
    assert other.face is None
    assert all(side.face for side in drawn(duel, {mine: a_photo(), hers: a_photo(1)}).sides)
    assert drawn(duel, {mine: b"no photo any more"}).sides[0].face is None


def test_a_draw_and_places(ann: Player, bob: Player, cat: Player) -> None:
    duel = room_duel(ann, bob, cat)
    for player, match in ((ann, 70.0), (bob, 70.0), (cat, 20.0)):
        shows(player, duel, match)
    card = drawn(duel)
    assert [(side.place, side.shares_first, side.wins) for side in card.sides] == [
        (1, True, False),
        (1, True, False),
        (3, False, False),
    ]
    with translation.override("en"):
        assert drawn(duel).headline == "Draw"


def test_who_showed_no_face(ann: Player, bob: Player, cat: Player, dan: Player) -> None:
    duel = room_duel(ann, bob, cat, dan)
    shows(ann, duel, 40.0)
    shows(bob, duel, None)
    lobby.leave(cat)
    time_is_up(duel)
    deadlines.expire(datetime(2000, 1, 1, tzinfo=UTC))
    with translation.override("en"):
        sides = {side.name: side for side in drawn(duel).sides}
    assert [sides[name].note for name in ("Ann", "Bob", "Cat", "Dan")] == ["", "No face", "Gave up", "No photo"]


def test_practice_has_no_rating(ann: Player, prompt: Prompt) -> None:
    duel = lobby.practise(ann)
    shows(ann, duel, 66.0)
    with translation.override("en"):
        card = drawn(duel)
    assert (card.headline, card.sides[0].rating, card.sides[0].wins) == ("Practice", "", False)


def test_drawing_asks_the_database_little(
    ann: Player, bob: Player, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    duel = queries.seen(played(ann, 87.4, bob, 61.2).pk)
    with django_assert_max_num_queries(0):
        cards.result_card(duel, {})


def test_drawing_loads_no_torch() -> None:
    code = "import django; django.setup(); import duels.cards, sys; print('torch' in sys.modules)"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "emotionduel.settings"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "False"


def test_random_duels_can_be_drawn_before_anybody_sent(ann: Player, bob: Player) -> None:
    assert len(drawn(random_duel(ann, bob)).sides) == 2
