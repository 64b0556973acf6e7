"""What the catalogues share: the message itself, names, times, figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import bidirectional

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Player
from duels import queries
from duels.models import Duel, Entry, Notice
from duels.telegram.keyboards import Rows
from duels.words import emotion

LEAST_SHARE = 0.1  # of an emotion, for it to be worth a word


@dataclass(frozen=True)
class Message:
    text: str  # Telegram's HTML
    rows: Rows = ()
    card: Duel | None = None  # as queries.seen loads it: the picture of its result goes with it
    picture: bytes | None = None
    document: tuple[str, bytes] | None = None  # a file's name, and what is in it
    loud: bool = False  # sent anew, for an edited message makes no sound
    only_edits: bool = False  # where there is no message to change, nothing is said


Write = Callable[[Notice], Message | None]


def who(player: Player | None) -> str:
    return apart(escape(player.name)) if player and player.name else _("someone who has left")


def apart(name: str) -> str:
    """Written from right to left, it would else turn the figures and signs that stand beside it."""
    turns = any(bidirectional(sign) in {"R", "AL", "AN"} for sign in name)
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}" if turns else name


def called(public_id: str) -> str:
    return who(queries.player_of(public_id))


def task(duel: Duel | None) -> str:
    prompt = duel.prompt if duel else None
    return escape(prompt.text(get_language() or "en")) if prompt else ""


def duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if minutes and not rest:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}


def duel_time() -> str:
    return duration(settings.DUEL_SECONDS)


def match(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"


def judge_saw(entry: Entry) -> str:
    """The one or two emotions that the face shows most."""
    shares = entry.shares or {}
    first, *rest = sorted(shares, key=lambda name: -shares[name]) or [""]
    if not first:
        return ""
    if rest and shares[rest[0]] >= LEAST_SHARE:
        return _("mostly %(first)s, some %(second)s") % {"first": emotion(first), "second": emotion(rest[0])}
    return _("pure %(first)s") % {"first": emotion(first)}


def opponents(duel: Duel, reader: Player) -> Sequence[Player]:
    entries = duel.entries.select_related("player").order_by("id")
    return [entry.player for entry in entries if entry.player_id != reader.pk]


def listed(names: Sequence[str]) -> str:
    return ", ".join(names)
