"""Of a photo nothing but the face is ever shown to others."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from accounts.models import Player
from duels import queries
from duels.arena import Sitter, open_duel
from duels.cards import faces_on, result_card
from duels.cards.arena import arena_card
from duels.models import ArenaDuel, Prompt
from duels.tests.world import entry_of, public_duel
from tests.faces import film_bytes, photo_bytes
from tests.test_imports import found

BOX = [0.4, 0.3, 0.6, 0.6]
SECRET = (255, 0, 255)


def photo_with_a_secret() -> Image.Image:
    """Everything further away than a face is wide is of a colour that the cards have nowhere."""
    image = Image.new("RGB", (800, 600), SECRET)
    ImageDraw.Draw(image).rectangle((220, 60, 580, 480), fill=(200, 160, 130))
    ImageDraw.Draw(image).ellipse((320, 180, 480, 360), fill=(230, 190, 160))
    return image


def secret_part(card: bytes | Image.Image) -> float:
    image = Image.open(BytesIO(card)) if isinstance(card, bytes) else card
    red, green, blue = np.moveaxis(np.asarray(image.convert("RGB"), np.int16), 2, 0)
    return float(((red > 170) & (green < 90) & (blue > 170)).mean())


def test_the_secret_can_be_seen_in_the_photo_itself() -> None:
    assert secret_part(photo_bytes(photo_with_a_secret())) > 0.5


@pytest.mark.parametrize("tilt", [0.0, 12.0, -30.0])
def test_cards_show_the_face_alone(ann: Player, bob: Player, tilt: float) -> None:
    """The same picture goes with the message, to the pages and into previews of links."""
    duel = public_duel(ann, 80, bob, 40)
    photo = photo_bytes(photo_with_a_secret())
    duel.entries.update(box=BOX, tilt=tilt)
    entries = [entry_of(player, duel).pk for player in (ann, bob)]
    seen = queries.seen(duel.pk)
    card = result_card(seen, faces_on(seen, dict.fromkeys(entries, photo)))
    assert secret_part(card) == 0
    assert result_card(seen, {}) != card


def test_so_do_cards_of_video_notes(ann: Player, bob: Player) -> None:
    duel = public_duel(ann, 80, bob, 40)
    duel.entries.update(box=BOX, tilt=5.0, media="video_note", frame_ms=0)
    film = film_bytes(*[photo_with_a_secret()] * 2)
    seen = queries.seen(duel.pk)
    assert secret_part(result_card(seen, faces_on(seen, {entry_of(ann, duel).pk: film}))) == 0


def test_so_do_the_arenas(prompt: Prompt) -> None:
    duel: ArenaDuel = open_duel([Sitter("Ann"), Sitter("Bob")], "en", prompt)
    judged = {
        "scorer": "test",
        "scorer_version": "1",
        "match": 50.0,
        "box": BOX,
        "tilt": 0.0,
        "shares": {"happiness": 1.0},
        "valence": 0.5,
        "arousal": 0.1,
    }
    duel.entries.update(status="judged", place=1, outcome="draw", seen=judged)
    entries = list(duel.entries.all())
    card = arena_card(duel, entries, {each.pk: photo_bytes(photo_with_a_secret()) for each in entries})
    assert secret_part(card) == 0


@pytest.mark.parametrize("package", ["duels/views", "duels/api"])
def test_pages_never_fetch_a_photo_themselves(package: str) -> None:
    assert found(package, "duels.telegram.files", "duels.telegram.bot.download") == []
