"""From the first photo to the last. Each step locks the duel's row and changes what it changes in one transaction."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from accounts.refusals import Refused
from duels import wake
from duels.arena.ending import finish_if_complete
from duels.arena.refusals import ArenaRefusal
from duels.models import ArenaDuel, ArenaEntry
from duels.models.claims import ClaimQuerySet
from duels.play import Seen
from emotionduel.encryption import seal
from scoring.photos import MAX_BYTES

# Fifteen minutes are promised: the reconciler comes round in between.
KEPT = timedelta(minutes=14)
TRIES = 4  # of the judge, with ever longer pauses: a quarter of a minute, for people stand and wait
LONGEST_PAUSE = 8
PHOTOS = 256  # in all that may lie in the database: it stays small whoever comes
ATTEMPTS = 20  # of one player


def found(token: str) -> ArenaDuel | None:
    """With all that its page shows, and no photo."""
    entries = ArenaEntry.objects.defer("photo").order_by("seat")
    duels = ArenaDuel.objects.filter(touched__gt=oldest()).defer("card").select_related("prompt")
    return duels.prefetch_related(Prefetch("entries", entries)).filter(token=token).first()


def has_card(duel: ArenaDuel) -> bool:
    return ArenaDuel.objects.filter(pk=duel.pk, card__isnull=False).exists()


def oldest() -> datetime:
    return timezone.now() - KEPT


def locked(duel: int | None) -> ArenaDuel | None:
    """The duel, held until the transaction ends; None once it is decided."""
    running = ArenaDuel.objects.filter(status=ArenaDuel.Status.OPEN).select_for_update(no_key=True)
    return running.filter(pk=duel).first() if duel else None


def add_photo(duel: ArenaDuel, seat: int, photo: bytes) -> None:
    """As it came: only the judge looks into it. It takes the place of one that has not been judged."""
    if not photo:
        raise Refused(ArenaRefusal.PHOTO_EMPTY)
    if len(photo) > MAX_BYTES:
        raise Refused(ArenaRefusal.PHOTO_TOO_LARGE)
    if ArenaEntry.objects.filter(photo__isnull=False).count() >= PHOTOS:
        raise Refused(ArenaRefusal.FULL)
    keep_photo(duel, seat, seal(photo))


@transaction.atomic
def keep_photo(duel: ArenaDuel, seat: int, sealed: bytes) -> None:
    if locked(duel.pk) is None:
        raise Refused(ArenaRefusal.PHOTO_FINAL)
    entry = ArenaEntry.objects.filter(duel=duel, seat=seat).defer("photo").first()
    if entry is None or entry.status not in ArenaEntry.RETAKEABLE:
        raise Refused(ArenaRefusal.PHOTO_FINAL)
    if entry.attempt >= ATTEMPTS:
        raise Refused(ArenaRefusal.TOO_OFTEN)
    attempt = entry.attempt + 1
    change(
        entry.pk,
        status=ArenaEntry.Status.SENT,
        attempt=attempt,
        sent_at=timezone.now(),
        photo=sealed,
        seen=None,
        **FREE,
    )
    touch(duel)
    wake.arena(entry.pk, attempt, 0)


FREE: dict[str, Any] = {"tries": 0, "lease_until": None, "lease_holder": ""}


def change(entry: int, **fields: Any) -> None:
    ArenaEntry.objects.filter(pk=entry).update(**fields)


def touch(duel: ArenaDuel) -> None:
    ArenaDuel.objects.filter(pk=duel.pk).update(touched=timezone.now())


def to_judge() -> ClaimQuerySet[ArenaEntry]:
    fresh = ArenaEntry.objects.filter(status=ArenaEntry.Status.SENT, sent_at__gt=oldest())
    return fresh.select_related("duel").order_by("sent_at", "id")


def to_draw() -> ClaimQuerySet[ArenaDuel]:
    return ArenaDuel.objects.filter(status=ArenaDuel.Status.JUDGED).order_by("id")


@transaction.atomic
def record(entry_id: int, attempt: int, seen: Seen) -> bool:
    """False: another photo has come since, or the duel is gone."""
    duel = locked(ArenaEntry.objects.filter(pk=entry_id).values_list("duel", flat=True).first())
    sent = ArenaEntry.objects.filter(pk=entry_id, attempt=attempt, status=ArenaEntry.Status.SENT)
    kept = asdict(replace(seen, content_hash=""))  # a trace of the photo that nobody needs here
    if duel is None or not sent.update(status=seen.status.value, seen=kept, **FREE):
        return False
    if seen.match is None:
        change(entry_id, photo=None)  # of no use any more
    touch(duel)
    finish_if_complete(duel)
    return True


@transaction.atomic
def record_failure(entry_id: int, attempt: int, holder: str) -> None:
    """The judge failed for our reasons: again in some seconds, and in the end whoever waits is told."""
    sent = ArenaEntry.objects.filter(pk=entry_id, attempt=attempt, status=ArenaEntry.Status.SENT, lease_holder=holder)
    entry = sent.select_for_update(no_key=True).defer("photo").first()
    if entry is None:
        return
    if entry.tries >= TRIES:
        change(entry_id, status=ArenaEntry.Status.FAILED, **FREE)
    else:
        sent.release(holder, delay=min(2**entry.tries, LONGEST_PAUSE))


@transaction.atomic
def retry(duel: ArenaDuel) -> int:
    """The photos are there still: they go to the judge once more."""
    if locked(duel.pk) is None:
        return 0
    failed = ArenaEntry.objects.filter(duel=duel, status=ArenaEntry.Status.FAILED, photo__isnull=False)
    entries = list(failed.values_list("pk", "attempt"))
    for entry, attempt in entries:
        change(entry, status=ArenaEntry.Status.SENT, attempt=attempt + 1, **FREE)
        wake.arena(entry, attempt + 1, 0)
    touch(duel)
    return len(entries)
