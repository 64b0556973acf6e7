"""Who won, and the picture of it."""

from django.db import transaction
from django.utils import timezone

from duels import wake
from duels.models import ArenaDuel, ArenaEntry
from duels.rules import verdict
from duels.rules.verdict import Showing


def finish_if_complete(duel: ArenaDuel) -> None:
    """The caller holds the duel's lock. Every face is in, so there is always a verdict."""
    entries = list(duel.entries.defer("photo").order_by("seat"))
    if any(entry.status != ArenaEntry.Status.JUDGED for entry in entries):
        return
    found = verdict.decide([Showing(sent=True, match=entry.match) for entry in entries])
    for entry, place, outcome in zip(entries, found.places, found.outcomes, strict=True):
        entry.place, entry.outcome = place, outcome.value
    ArenaEntry.objects.bulk_update(entries, ["place", "outcome"])
    ArenaDuel.objects.filter(pk=duel.pk).update(status=ArenaDuel.Status.JUDGED)
    wake.arena_card(duel.pk)


@transaction.atomic
def keep_card(duel: int, sealed: bytes | None) -> bool:
    """With the picture, or without one where it cannot be drawn, the photos go."""
    judged = ArenaDuel.objects.filter(pk=duel, status=ArenaDuel.Status.JUDGED)
    kept = judged.update(
        status=ArenaDuel.Status.DONE, card=sealed, touched=timezone.now(), lease_until=None, lease_holder=""
    )
    if kept:
        ArenaEntry.objects.filter(duel=duel).update(photo=None)
    return bool(kept)
