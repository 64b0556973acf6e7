"""The same picture for a duel of the arena, which has no players and no ratings."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from PIL import Image

from duels.cards import headline, saved
from duels.cards.faces import face_of
from duels.cards.layout import FACES, Card, Side, draw
from duels.models import ArenaDuel, ArenaEntry
from duels.play import Seen
from duels.rules.verdict import Outcome, shown
from scoring import PhotoError


def arena_card(duel: ArenaDuel, entries: Sequence[ArenaEntry], photos: Mapping[int, bytes]) -> bytes:
    """A JPEG, in the language that is active. `photos` by entry; where one is gone, initials stand."""
    size = FACES[len(entries)]
    best_first = sorted(entries, key=lambda entry: (entry.place or 0, entry.seat))
    sides = [side(entry, photos.get(entry.pk), size, len(entries)) for entry in best_first]
    return saved(draw(Card(_("“{prompt}”").format(prompt=duel.task(duel.language)), headline(sides), tuple(sides))))


def side(entry: ArenaEntry, photo: bytes | None, size: int, count: int) -> Side:
    seen = Seen(**(entry.seen or {}))
    match = shown(seen.match or 0.0)
    return Side(
        name=entry.name,
        face=face(seen, photo, size),
        match=match,
        figure=f"{match:.1f}",
        note="",
        wins=entry.outcome == Outcome.WIN,
        shares_first=entry.outcome == Outcome.DRAW,
        place=entry.place if count > 2 else None,
    )


def face(seen: Seen, photo: bytes | None, size: int) -> Image.Image | None:
    if not photo or not seen.box:
        return None
    left, top, right, bottom = seen.box
    try:
        return face_of(photo, (left, top, right, bottom), seen.tilt or 0.0, size)
    except PhotoError:
        return None
