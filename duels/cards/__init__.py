"""The result picture, for Telegram and the web: from a finished duel and the photos that its reader may see.

Words are in the language that is active. Whoever draws needs no torch: faces are cropped by their stored place.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from io import BytesIO

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from PIL import Image

from duels.cards.faces import face_of
from duels.cards.layout import FACES, Card, Side, draw
from duels.models import Duel, Entry
from duels.rules.rating import Skill
from duels.rules.verdict import Outcome, shown
from duels.words import MINUS
from scoring import PhotoError

QUALITY = 88
Faces = Mapping[int, Image.Image | None]  # by entry


def result_card(duel: Duel, faces: Faces, hidden: Container[int] = frozenset()) -> bytes:
    """A JPEG. `duel` as queries.seen loads it; `faces`, as faces_on cuts them, only of players whom its reader may see;
    `hidden`: entries whose player stays unnamed.
    """
    card = without_faces(duel, hidden)
    pairs = zip(card.sides, duel.entries.all(), strict=True)
    sides = tuple(replace(side, face=faces.get(entry.pk)) for side, entry in pairs)
    return saved(draw(replace(card, sides=sides)))


def faces_on(duel: Duel, photos: Mapping[int, bytes]) -> Faces:
    """`photos` by entry."""
    entries = list(duel.entries.all())
    size = FACES[min(len(entries), 4)]
    return {entry.pk: face(entry, photos[entry.pk], size) for entry in entries if entry.pk in photos}


def without_faces(duel: Duel, hidden: Container[int] = frozenset()) -> Card:
    """All that is written on it. Nothing goes by who reads it, but the language: a picture serves all its readers."""
    prompt = duel.prompt.text(get_language() or "en") if duel.prompt else duel.wording
    sides = tuple(side(duel, entry, entry.pk in hidden) for entry in duel.entries.all())
    return Card(_("“{prompt}”").format(prompt=prompt), _("Practice") if duel.practice else headline(sides), sides)


def saved(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def face(entry: Entry, photo: bytes, size: int) -> Image.Image | None:
    """None, and initials in its place, where the photo cannot be had any more, too."""
    if not entry.box:
        return None
    try:
        return face_of(photo, tuple(entry.box), entry.tilt or 0.0, size, film_at=moment(entry))
    except PhotoError:
        return None


def moment(entry: Entry) -> int | None:
    return entry.frame_ms or 0 if entry.media == Entry.Media.VIDEO_NOTE else None


def side(duel: Duel, entry: Entry, hidden: bool) -> Side:
    match = None if entry.match is None else shown(entry.match)
    return Side(
        name=_("Someone") if hidden else entry.player.name or _("Gone"),
        face=None,
        match=match,
        figure="" if match is None else f"{match:.1f}",
        note="" if match is not None else missing(entry),
        rating="" if hidden else rating(entry),
        change="" if hidden else change(entry),
        wins=entry.outcome == Outcome.WIN,
        shares_first=entry.outcome == Outcome.DRAW,
        place=entry.place if len(duel.entries.all()) > 2 and not duel.practice else None,
    )


def missing(entry: Entry) -> str:
    if entry.status == Entry.Status.LEFT:
        return _("Gave up")
    if entry.status in {Entry.Status.COPIED, Entry.Status.BARRED}:
        return _("Old picture")
    return _("No face") if entry.attempt else _("No photo")


def rating(entry: Entry) -> str:
    if entry.mu_after is None or entry.sigma_after is None:
        return ""
    return str(Skill(entry.mu_after, entry.sigma_after))


def change(entry: Entry) -> str:
    """In whole points, as the rating is shown."""
    if entry.mu_before is None or entry.mu_after is None:
        return ""
    points = Skill(entry.mu_after).rating - Skill(entry.mu_before).rating
    return f"+{points}" if points > 0 else f"{MINUS}{-points}" if points < 0 else "±0"


def headline(sides: Sequence[Side]) -> str:
    """As of a match: the same for whoever won, lost or looks on."""
    if any(side.shares_first for side in sides):
        return _("Draw")
    winner = next((side.name for side in sides if side.wins), "")
    return _("%(name)s wins!") % {"name": winner} if winner else _("Result")
