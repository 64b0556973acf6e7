"""The picture of a result: as its players get it with the message, and as the public sees it."""

import logging

from django.utils import translation

from accounts.models import Player
from duels.cards import result_card
from duels.models import Duel, Entry
from duels.public import Shown
from duels.telegram import files

log = logging.getLogger(__name__)


def card(duel: Duel, reader: Player) -> bytes | None:
    """`duel` as queries.seen loads it. None: the words go without it, rather than late."""
    shown = [entry for entry in duel.entries.all() if may_see(reader, entry)]
    fetched = zip(shown, files.fetch_photos(shown), strict=True)
    photos = {entry.pk: photo for entry, photo in fetched if isinstance(photo, bytes)}
    try:
        with translation.override(reader.language):
            return result_card(duel, reader, photos)
    except Exception:
        log.exception("The picture of duel %s could not be drawn", duel.public_id)
        return None


def may_see(reader: Player, entry: Entry) -> bool:
    """One's own face, and faces whose owners let opponents see them."""
    others = entry.player.face_for_opponents_at is not None and not entry.hidden
    willing = entry.player_id == reader.pk or others
    return bool(willing and entry.file_id and entry.box)


def public_card(seen: Shown) -> tuple[bytes, bool]:
    """In the language that is active. False: photos that belong on it could not be had just now."""
    shown = [entry for entry in seen.entries if seen.faces and entry.file_id and entry.box]
    fetched = zip(shown, files.fetch_in_time(shown), strict=True)
    photos = {entry.pk: photo for entry, photo in fetched if isinstance(photo, bytes)}
    return result_card(seen.duel, None, photos, seen.hidden), len(photos) == len(shown)
