"""Reports, and keeping out of each other's way: what players can do about players. cases.py goes on from there."""

from django.db import transaction

from accounts import services
from accounts.models import Player
from accounts.refusals import Refused
from duels import cases
from duels.models import Duel, Entry, Report
from duels.refusals import Refusal


def must_have_played(player: Player, duel: Duel) -> None:
    if not duel.entries.filter(player=player).exists():
        raise Refused(Refusal.NOT_YOUR_DUEL)


@transaction.atomic
def report(player: Player, duel: Duel, whose: str, reason: Report.Reason) -> Report:
    """Of what the player of that public id showed. The first report stands: another is not added."""
    entry = opponents(player, duel, whose)
    if duel.running:
        raise Refused(Refusal.DUEL_NOT_OVER)
    found, new = Report.objects.get_or_create(entry=entry, reporter=player, defaults={"reason": reason})
    if new:
        cases.opened(entry)
    return found


def block(player: Player, duel: Duel, whose: str) -> None:
    services.block(player, opponents(player, duel, whose).player)


def opponents(player: Player, duel: Duel, whose: str) -> Entry:
    must_have_played(player, duel)
    entries = duel.entries.exclude(player=player).select_related("player")
    entry = entries.filter(player__public_id=whose).first()
    if entry is None:
        raise Refused(Refusal.NOT_YOUR_DUEL)
    return entry
