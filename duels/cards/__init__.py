"""The result picture, for Telegram and the web: from a finished duel and the photos that its reader may see.

Words are in the language that is active. Whoever draws needs no torch: faces are cropped by their stored place.
"""

from collections.abc import Container, Mapping
from io import BytesIO

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from PIL import Image

from accounts.models import Player
from duels.cards.faces import face_of
from duels.cards.layout import FACES, Card, Side, draw
from duels.models import Duel, Entry
from duels.rules.rating import Skill
from duels.rules.verdict import Outcome, shown
from duels.words import MINUS
from scoring import PhotoError

QUALITY = 88


def result_card(
    duel: Duel, reader: Player | None, photos: Mapping[int, bytes], hidden: Container[int] = frozenset()
) -> bytes:
    """A JPEG. `duel` as queries.seen loads it; `photos` by entry, only of players whose face this reader may see;
    `hidden`: entries whose player stays unnamed.
    """
    entries = list(duel.entries.all())
    size = FACES[min(len(entries), 4)]
    sides = [side(duel, entry, face(entry, photos.get(entry.pk), size), entry.pk in hidden) for entry in entries]
    prompt = duel.prompt.text(get_language() or "en") if duel.prompt else duel.wording
    return saved(draw(Card(_("“{prompt}”").format(prompt=prompt), headline(duel, entries, reader), tuple(sides))))


def saved(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def face(entry: Entry, photo: bytes | None, size: int) -> Image.Image | None:
    """None, and initials in its place, where the photo cannot be had any more, too."""
    if not photo or not entry.box:
        return None
    try:
        return face_of(photo, tuple(entry.box), entry.tilt or 0.0, size, film_at=moment(entry))
    except PhotoError:
        return None


def moment(entry: Entry) -> int | None:
    return entry.frame_ms or 0 if entry.media == Entry.Media.VIDEO_NOTE else None


def side(duel: Duel, entry: Entry, face: Image.Image | None, hidden: bool = False) -> Side:
    match = None if entry.match is None else shown(entry.match)
    return Side(
        name=_("Someone") if hidden else entry.player.name or _("Gone"),
        face=face,
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


def headline(duel: Duel, entries: list[Entry], reader: Player | None) -> str:
    if duel.practice:
        return _("Practice")
    outcomes = {entry.player_id: entry.outcome for entry in entries}
    mine = outcomes.get(reader.pk) if reader else None
    if mine == Outcome.WIN:
        return _("Victory!")
    if mine == Outcome.DRAW or (reader is None and Outcome.DRAW in outcomes.values()):
        return _("Draw")
    return _("Defeat") if mine else _("Result")
