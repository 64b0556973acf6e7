"""What the pages of players and of duels show alike."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Player
from duels import public
from duels.cards import change
from duels.models import Duel, Entry
from duels.rules.verdict import Outcome
from duels.words import MINUS


@dataclass(frozen=True)
class Person:
    name: str
    url: str = ""


def person(player: Player, hidden: bool = False) -> Person:
    """A link only to a page that everybody may see."""
    if hidden:
        return Person(_("someone"))
    if not player.name:
        return Person(_("someone who has left"))
    url = reverse("player", args=[player.public_id]) if public.is_public(player) else ""
    return Person(player.name, url)


def way(change: str) -> str:
    """How a rating did, as a style."""
    return {"+": "up", MINUS: "down"}.get(change[:1], "dim")


def task(duel: Duel) -> str:
    return duel.prompt.text(get_language() or "en") if duel.prompt else duel.wording


class Counted:
    """A player's part in a duel, and what it did to their rating."""

    entry: Entry
    change: str

    @property
    def wins(self) -> bool:
        return self.entry.outcome == Outcome.WIN

    @property
    def way(self) -> str:
        return way(self.change)


@dataclass(frozen=True)
class Row(Counted):
    """A duel in a player's history."""

    entry: Entry
    task: str
    others: tuple[Person, ...]
    change: str

    @property
    def url(self) -> str:
        return reverse("duel", args=[self.entry.duel.public_id])


def row(entry: Entry) -> Row:
    others = [each.player for each in entry.duel.entries.all() if each.pk != entry.pk]
    return Row(entry, task(entry.duel), tuple(person(other) for other in others), change(entry))
