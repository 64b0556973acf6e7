"""What time alone brings a duel: its clock's start, a reminder, its end. The reconciler looks for each.

As in play.py each duel is held, and changed, in a transaction of its own.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from duels import ending, play
from duels.models import Duel, Entry, Update
from duels.notices import Kind, tell_all

DELIVERY_SECONDS = 30  # the clock starts then, though a prompt was not delivered
GRACE_SECONDS = 5  # after the deadline: a photo sent in time may still be on its way
JUDGE_SECONDS = 600  # after the deadline: then the judge is broken, and the duel void


def start_late() -> int:
    """Clocks of duels whose prompts did not all arrive."""
    late = timezone.now() - timedelta(seconds=DELIVERY_SECONDS)
    return sum(play.start_clock(duel) for duel in Duel.objects.filter(status=Duel.Status.DEALT, created__lt=late))


def remind() -> int:
    now = timezone.now()
    soon = now + timedelta(seconds=settings.REMINDER_SECONDS)
    if settings.REMINDER_SECONDS >= settings.DUEL_SECONDS:
        return 0
    due = Duel.objects.filter(status=Duel.Status.OPEN, reminded=False, deadline__gt=now, deadline__lte=soon)
    return sum(map(remind_one, due.exclude(origin=Duel.Origin.PRACTICE)))


@transaction.atomic
def remind_one(duel: Duel) -> bool:
    if not Duel.objects.filter(pk=duel.pk, status=Duel.Status.OPEN, reminded=False).update(reminded=True):
        return False
    late = duel.entries.filter(status__in=play.UNJUDGED).select_related("player")
    tell_all((entry.player for entry in late), Kind.REMINDER, duel)
    return True


def expire(back_since: datetime) -> int:
    """Ends duels whose time is over. `back_since`: the site was away before, and photos may be on their way."""
    now = timezone.now()
    if now < back_since + timedelta(seconds=GRACE_SECONDS):
        return 0
    due = Duel.objects.filter(status=Duel.Status.OPEN, deadline__lt=now - timedelta(seconds=GRACE_SECONDS))
    return sum(expire_one(duel) for duel in due.exclude(open_ends()).values_list("pk", flat=True))


def open_ends() -> Q:
    """A photo waits for the judge, or the inbox holds something of a player's that may be one."""
    entries = Entry.objects.filter(duel=OuterRef("pk"))
    unread = Update.objects.filter(status=Update.Status.WAITING, sender=OuterRef("player__telegram_id"))
    mail = entries.filter(status__in=play.UNJUDGED).filter(Exists(unread))
    return Q(Exists(entries.filter(status=Entry.Status.SENT))) | Q(Exists(mail))


@transaction.atomic
def expire_one(duel_id: int) -> bool:
    duel = play.locked(duel_id)
    if duel is None or Duel.objects.filter(open_ends(), pk=duel_id).exists():
        return False
    ending.finish(duel)
    return True


def void_unjudgeable(back_since: datetime) -> int:
    """Photos that every judge has failed or died on, and photos that no judge has looked at for long."""
    hopeless = Entry.objects.free().filter(status=Entry.Status.SENT, tries__gte=play.JUDGE_TRIES)
    late = timezone.now() - timedelta(seconds=JUDGE_SECONDS)
    forgotten = Entry.objects.filter(status=Entry.Status.SENT, duel__deadline__lt=late)
    found = hopeless if back_since > late else hopeless | forgotten
    duels = set(found.filter(duel__status__in=Duel.RUNNING).values_list("duel", flat=True))
    return sum(play.void(duel, "judge") for duel in sorted(duels))
