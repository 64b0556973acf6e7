"""Previews of links. Telegram is the double, for photos are fetched from it anew."""

import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from PIL import Image

from accounts import services
from accounts.models import Player
from duels.cards import players as cards
from duels.models import Duel, Entry
from duels.telegram import files
from duels.tests.world import entry_of, public_duel, reread
from duels.views import pictures
from tests.botapi import BotApi
from tests.faces import draw_face, photo_bytes

BOX = [0.36, 0.22, 0.64, 0.78]  # of a drawn face


@pytest.fixture(autouse=True)
def _memory(settings: Any) -> Iterator[None]:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    yield
    cache.clear()


@pytest.fixture
def api(settings: Any) -> Iterator[BotApi]:
    with BotApi() as api:
        settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = api.url, api.token
        yield api


def shows_face(player: Player, duel: Duel, api: BotApi | None = None) -> None:
    services.change_setting(reread(player), services.Setting.FACE_FOR_PUBLIC, True)
    photo = photo_bytes(draw_face(0, "happiness", (800, 600)))
    file_id = api.chats.files.add(photo).file_id if api else "gone"
    Entry.objects.filter(pk=entry_of(player, duel).pk).update(file_id=file_id, box=BOX, tilt=0.0)


def card_of(client: Client, duel: Duel, query: str = "", **headers: str) -> Any:
    return client.get(f"/duels/{duel.public_id}/card.jpg{query}", headers=headers)


def opened(answer: Any) -> Image.Image:
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    return Image.open(BytesIO(answer.content))


def test_a_result_is_a_picture_that_browsers_keep_for_a_while(client: Client, ann: Player, bob: Player) -> None:
    duel = public_duel(ann, 87.4, bob, 61.2)
    answer = card_of(client, duel)
    assert opened(answer).width == 1080
    assert answer["Cache-Control"] == "public, max-age=300"
    again = card_of(client, duel, **{"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_each_language_has_its_own(client: Client, ann: Player, bob: Player) -> None:
    duel = public_duel(ann, 87.4, bob, 61.2)
    english, russian = card_of(client, duel), card_of(client, duel, "?language=ru")
    assert english["ETag"] != russian["ETag"]
    assert english.content != russian.content
    assert card_of(client, duel, "?language=xx")["ETag"] == english["ETag"]
    assert card_of(client, duel, **{"accept-language": "ru"})["ETag"] == english["ETag"]


def test_faces_are_on_it_only_where_all_let_the_public_see_them(
    client: Client, api: BotApi, ann: Player, bob: Player
) -> None:
    duel = public_duel(ann, 87.4, bob, 61.2)
    faceless = card_of(client, duel)
    shows_face(ann, duel, api)
    assert card_of(client, duel).content == faceless.content
    shows_face(bob, duel, api)
    with_faces = card_of(client, duel)
    assert opened(with_faces).size == opened(faceless).size
    assert with_faces["ETag"] != faceless["ETag"]
    assert is_skin(opened(with_faces).getpixel((288, 500)))
    assert (
        f'src="/duels/{duel.public_id}/card.jpg?language=en"'
        in client.get(f"/duels/{duel.public_id}/").content.decode()
    )
    services.change_setting(reread(bob), services.Setting.FACE_FOR_PUBLIC, False)
    assert card_of(client, duel).content == faceless.content


def is_skin(colour: Any) -> bool:
    red, _, blue = colour
    return red > blue + 20


def test_no_face_is_kept_by_us(client: Client, api: BotApi, ann: Player, bob: Player) -> None:
    duel = public_duel(ann, 87.4, bob, 61.2)
    shows_face(ann, duel, api)
    shows_face(bob, duel, api)
    card_of(client, duel)
    card_of(client, duel)
    assert len(api.called("getFile")) == 4


def test_a_silent_telegram_holds_nobody_up(
    client: Client, api: BotApi, ann: Player, bob: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "IN_TIME", 0.3)
    duel = public_duel(ann, 87.4, bob, 61.2)
    shows_face(ann, duel, api)
    shows_face(bob, duel, api)
    api.fail("getFile", slow=20.0, times=-1)
    began = time.monotonic()
    answer = card_of(client, duel)
    assert time.monotonic() - began < 18
    assert opened(answer).width == 1080
    assert "ETag" not in answer
    assert answer["Cache-Control"] == "public, max-age=30"


def test_photos_that_are_gone_leave_initials(client: Client, ann: Player, bob: Player) -> None:
    duel = public_duel(ann, 87.4, bob, 61.2)
    shows_face(ann, duel)
    shows_face(bob, duel)
    assert opened(card_of(client, duel)).width == 1080


def test_who_left_the_leaderboard_is_not_named_on_it(client: Client, ann: Player, bob: Player) -> None:
    duel = public_duel(ann, 87.4, bob, 61.2)
    named = card_of(client, duel)
    services.change_setting(bob, services.Setting.ON_LEADERBOARD, False)
    unnamed = card_of(client, duel)
    assert unnamed["ETag"] != named["ETag"]
    assert unnamed["X-Robots-Tag"] == "noindex"


def test_whoever_asks_for_ever_more_pictures_waits(
    client: Client, ann: Player, bob: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "DRAWN_A_MINUTE", 1)
    duel = public_duel(ann, 87.4, bob, 61.2)
    assert card_of(client, duel).status_code == 200
    assert card_of(client, duel).status_code == 200  # drawn already
    refused = card_of(client, duel, "?language=ru")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 61


def test_a_player_has_one_too(client: Client, ann: Player, bob: Player) -> None:
    address = f"/players/{ann.public_id}/card.jpg"
    before = client.get(address)
    assert opened(before).size == (1200, 630)
    public_duel(ann, 87.4, bob, 61.2)
    after = client.get(address + "?language=ru")
    assert opened(after).size == (1200, 630)
    assert after["ETag"] != before["ETag"]
    assert client.get(address, headers={"if-none-match": client.get(address)["ETag"]}).status_code == 304


@pytest.mark.parametrize("name", ["Необыкновенный Крокодил", "An Extraordinarily Long N", "გიორგი", "Bo"])
@pytest.mark.parametrize("streak", [0, 7, -12])
def test_every_name_fits_a_players_picture(name: str, streak: int) -> None:
    picture = cards.player_card(Player(name=name, streak=streak, wins=123, losses=45, draws=6), rank=1234567)
    assert len(picture) < 200_000
