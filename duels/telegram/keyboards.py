"""Buttons under a message. What a press carries back is a verb of presses.py and its words, 64 bytes at most."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duels.models import Duel

DATA_BYTES = 64


@dataclass(frozen=True)
class Button:
    """Exactly one of these beside the text: pressed, it tells us, opens an address, or copies."""

    text: str
    data: str = ""
    url: str = ""
    copy: str = ""
    login: str = ""  # an address that Telegram tells who comes
    app: str = ""  # an address that opens inside Telegram


Row = tuple[Button, ...]
Rows = tuple[Row, ...]


def press(text: str, verb: str, *words: object) -> Button:
    data = ":".join([verb, *map(str, words)])
    assert len(data.encode()) <= DATA_BYTES, data  # noqa: S101
    return Button(text, data=data)


def column(*buttons: Button | None) -> Rows:
    return tuple((button,) for button in buttons if button)


def in_rows(buttons: Iterable[Button], width: int = 2) -> Rows:
    buttons = list(buttons)
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))


def duel() -> Button:
    return press(_("⚔️ Random opponent"), "duel")


def room() -> Button:
    return press(_("🔑 Room with a friend"), "room")


def practice() -> Button:
    return press(_("🪞 Practice"), "practice")


def stop() -> Button:
    return press(_("✖️ Stop searching"), "cancel")


def menu() -> Rows:
    """Every way to play."""
    profile = (press(_("👤 Me"), "me"), press(_("🏆 Top"), "top", "rating"))
    return (*column(duel(), room(), practice()), profile)


def play_again() -> Rows:
    return column(duel(), practice())


def share(text: str, link: str, words: str) -> Button:
    """Telegram's own choice of whom to send it to."""
    return Button(text, url="https://t.me/share/url?" + urlencode({"url": link, "text": words}))


def secure() -> bool:
    """Telegram signs in, and opens pages in itself, over https alone."""
    return str(settings.BASE_URL).startswith("https://")


def duel_link(duel: Duel) -> str:
    """Where anybody may look at it; empty while the site has no address."""
    if not settings.BASE_URL:
        return ""
    return f"{settings.BASE_URL}/duels/{duel.public_id}/?language={get_language() or 'en'}"
