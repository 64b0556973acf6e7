"""What nobody waits for any more goes."""

from datetime import timedelta

from django.utils import timezone

from duels.arena.ending import keep_card
from duels.arena.playing import FREE, TRIES, oldest
from duels.models import ArenaDuel, ArenaEntry, ArenaKnock

DRAW_TRIES = 3


def expire() -> int:
    """How many things went."""
    return give_up_photos() + give_up_pictures() + forget_photos() + forget_duels() + forget_knocks()


def give_up_photos() -> int:
    """Those that every judge has died on, before any could say so."""
    hopeless = ArenaEntry.objects.free().filter(status=ArenaEntry.Status.SENT, tries__gte=TRIES)
    return hopeless.update(status=ArenaEntry.Status.FAILED, **FREE)


def give_up_pictures() -> int:
    """The result stands without its picture."""
    undrawn = ArenaDuel.objects.free().filter(status=ArenaDuel.Status.JUDGED, tries__gte=DRAW_TRIES)
    return sum(keep_card(duel, None) for duel in undrawn.values_list("pk", flat=True))


def forget_photos() -> int:
    """A face that was judged stays judged; the others are awaited anew."""
    old = ArenaEntry.objects.filter(photo__isnull=False, sent_at__lt=oldest())
    unjudged = old.exclude(status=ArenaEntry.Status.JUDGED)
    return unjudged.update(photo=None, status=ArenaEntry.Status.AWAITED, **FREE) + old.update(photo=None)


def forget_duels() -> int:
    gone, _ = ArenaDuel.objects.filter(touched__lt=oldest()).delete()
    return gone


def forget_knocks() -> int:
    gone, _ = ArenaKnock.objects.filter(at__lt=timezone.now() - timedelta(minutes=1)).delete()
    return gone
