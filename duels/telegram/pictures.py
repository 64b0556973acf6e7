"""The picture of a result: as its players get it with the message, and as the public sees it."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils import translation
from PIL import Image

from accounts.models import Player
from duels.cards import faces_on, result_card, without_faces
from duels.cards.layout import Card
from duels.models import Duel, Entry
from duels.public import Shown
from duels.telegram import bot, files
from duels.telegram.keyboards import Rows

log = logging.getLogger(__name__)


@dataclass
class AtHand:
    """What one player was shown serves the next: a picture by its file_id, a face as it was cut."""

    # By the duel, what is written on its picture, and whose faces that shows.
    pictures: dict[tuple[str, Card, tuple[int, ...]], str] = field(default_factory=dict)
    faces: dict[int, Image.Image | None] = field(default_factory=dict)


at_hand = AtHand()


@contextmanager
def kept_at_hand() -> Iterator[None]:
    """No longer than that: nobody's face is kept."""
    try:
        yield
    finally:
        at_hand.pictures.clear()
        at_hand.faces.clear()


def send_card(chat: int, duel: Duel, reader: Player, words: str, rows: Rows) -> int | None:
    """With the words below it. `duel` as queries.seen loads it. None: it could not be drawn."""
    shown = [entry for entry in duel.entries.all() if may_see(reader, entry)]
    try:
        with translation.override(reader.language):
            what = duel.public_id, without_faces(duel), tuple(entry.pk for entry in shown)
            picture = at_hand.pictures.get(what) or drawn(duel, shown)
    except Exception:
        log.exception("The picture of duel %s could not be drawn", duel.public_id)
        return None
    message, file_id = bot.send_picture(chat, picture, words, rows)
    if file_id and all(entry.pk in at_hand.faces for entry in shown):  # else the next reader may have more luck
        at_hand.pictures[what] = file_id
    return message


def drawn(duel: Duel, shown: Sequence[Entry]) -> bytes:
    lacking = [entry for entry in shown if entry.pk not in at_hand.faces]
    at_hand.faces.update(faces_on(duel, had(lacking, files.fetch_photos(lacking))))
    return result_card(duel, {entry.pk: at_hand.faces.get(entry.pk) for entry in shown})


def had(entries: Sequence[Entry], fetched: Sequence[bytes | Exception]) -> dict[int, bytes]:
    pairs = zip(entries, fetched, strict=True)
    return {entry.pk: photo for entry, photo in pairs if isinstance(photo, bytes)}


def may_see(reader: Player, entry: Entry) -> bool:
    """One's own face, and faces whose owners let opponents see them."""
    others = entry.player.face_for_opponents_at is not None and not entry.hidden
    willing = entry.player_id == reader.pk or others
    return bool(willing and entry.file_id and entry.box)


def public_card(seen: Shown) -> tuple[bytes, bool]:
    """In the language that is active. False: photos that belong on it could not be had just now."""
    shown = [entry for entry in seen.entries if seen.faces and entry.file_id and entry.box]
    photos = had(shown, files.fetch_in_time(shown))
    return result_card(seen.duel, faces_on(seen.duel, photos), seen.hidden), len(photos) == len(shown)
