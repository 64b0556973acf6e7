"""Who acts, and since when without a pause: one row a name, kept alive by beats."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread

from django.conf import settings
from django.db import Error, IntegrityError, close_old_connections, transaction
from django.db.models import Q
from django.utils import timezone

from duels.models import Turn

log = logging.getLogger(__name__)

AWAY = 3  # beats missed: then whoever beat was away
DOOR = "door"  # beaten by whoever takes updates in
DOOR_GONE = timedelta(days=1)  # a door shut for longer is no fault but somebody's will


def take(name: str, holder: str) -> datetime | None:
    """Since when beats have followed each other closely; None where another process holds the turn."""
    now = timezone.now()
    end = now + timedelta(seconds=settings.RECONCILE_SECONDS + 1)
    close = Turn.objects.filter(name=name, beat_at__gte=now - away())
    free = Q(holder=holder) | Q(held_until__lt=now)
    if close.filter(free).update(holder=holder, held_until=end, beat_at=now):
        return Turn.objects.get(name=name).since
    fresh = {"holder": holder, "held_until": end, "beat_at": now, "since": now}
    if Turn.objects.filter(free, name=name, beat_at__lt=now - away()).update(**fresh):
        return now
    return now if not Turn.objects.filter(name=name).exists() and first(name, fresh) else None


def give(name: str, holder: str) -> None:
    """To whoever comes next, at once."""
    Turn.objects.filter(name=name, holder=holder).update(held_until=timezone.now())


def beat(name: str) -> None:
    """Any number of processes may: the name lives while one of them does."""
    now = timezone.now()
    turns = Turn.objects.filter(name=name)
    fresh = {"holder": "", "held_until": now, "beat_at": now, "since": now}
    alive = turns.filter(beat_at__gte=now - away()).update(beat_at=now)
    _ = alive or turns.filter(beat_at__lt=now - away()).update(**fresh) or first(name, fresh)


def keep_beating(name: str, stop: Event | None = None, able: Callable[[], bool] = lambda: True) -> Thread:
    """From a thread of its own, while the process lives and is able to do what its name says."""
    thread = Thread(target=beat_on, args=[name, stop or Event(), able], name=name, daemon=True)
    thread.start()
    return thread


def beat_on(name: str, stop: Event, able: Callable[[], bool]) -> None:
    while not stop.is_set():
        try:
            if able():
                beat(name)
        except Error as error:
            log.warning("The database is away: %s", type(error).__name__)
        close_old_connections()
        stop.wait(settings.RECONCILE_SECONDS)


def first(name: str, fresh: dict[str, object]) -> bool:
    try:
        with transaction.atomic():
            Turn.objects.create(name=name, **fresh)
    except IntegrityError:
        return False
    return True


def away() -> timedelta:
    return timedelta(seconds=AWAY * settings.RECONCILE_SECONDS)


def silent_for() -> dict[str, float]:
    """By name, seconds since the last beat."""
    now = timezone.now()
    return {name: (now - at).total_seconds() for name, at in Turn.objects.values_list("name", "beat_at")}


def door_open_since() -> datetime | None:
    """Since when updates can come in; None while they cannot. Where no door was ever, nothing is on its way."""
    now = timezone.now()
    door = Turn.objects.filter(name=DOOR, beat_at__gte=now - DOOR_GONE).first()
    if door is None:
        return datetime.min.replace(tzinfo=now.tzinfo)
    return door.since if door.beat_at >= now - away() else None
