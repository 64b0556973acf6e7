"""Work that several processes may find: one conditional UPDATE claims a row, under a lease that runs out by itself."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import copy_context
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any, Self, TypeVar

from django.db import Error, connection, models
from django.db.models import F, Q
from django.utils import timezone

from duels import stopping

# With a reconciler that looks every 5 s, what a killed process held goes on within 15 s. Holders renew in time.
LEASE_SECONDS = 6.0
RENEW_SECONDS = 1.5

log = logging.getLogger(__name__)

Row = TypeVar("Row", bound="Claimable")


class ClaimQuerySet(models.QuerySet[Row]):
    def free(self) -> Self:
        return self.filter(Q(lease_until=None) | Q(lease_until__lt=timezone.now()))

    def claim(self, most: int, status: str, **only: Any) -> list[Row]:
        """Up to so many of these rows, from now on the caller's: each carries the caller's lease_holder. What `only`
        narrows by may change with the claim itself, as its tries do.
        """
        if stopping.asked.is_set():
            return []
        ids = list(self.free().filter(status=status, **only).values_list("pk", flat=True)[:most])
        # No joins here: having waited for another's UPDATE, PostgreSQL looks again at the row alone.
        mine: ClaimQuerySet[Row] = ClaimQuerySet(self.model).free().filter(pk__in=ids, status=status)
        holder = secrets.token_hex(8)
        if not ids or not mine.update(lease_holder=holder, lease_until=lease_end(), tries=F("tries") + 1):
            return []
        return list(self.filter(pk__in=ids, lease_holder=holder))

    def renew(self, holder: str) -> int:
        """None left: the work is another's by now."""
        return self.filter(lease_holder=holder).update(lease_until=lease_end())

    def release(self, holder: str, delay: float = 0.0) -> int:
        """Anybody may claim them again, after the delay."""
        until = timezone.now() + timedelta(seconds=delay) if delay else None
        return self.filter(lease_holder=holder).update(lease_holder="", lease_until=until)

    def hand_back(self, holder: str) -> int:
        """In the middle of the work. Where a try leaves no trace, this one does not count."""
        mine = self.filter(lease_holder=holder)
        tries = F("tries") if self.model.leaves_traces else F("tries") - 1
        return mine.update(lease_holder="", lease_until=None, tries=tries)


class Claimable(models.Model):
    leaves_traces = False  # a try that was cut off may have done something that others see

    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_holder = models.CharField(max_length=16, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    def take(self, status: str) -> bool:
        """Claims this very row as it was read. Whoever has had it since has counted a try: then it is not ours."""
        now = timezone.now()
        if stopping.asked.is_set() or (self.lease_until and self.lease_until >= now):
            return False
        free: ClaimQuerySet[Any] = ClaimQuerySet(type(self)).free()
        mine = {"lease_holder": secrets.token_hex(8), "lease_until": lease_end(), "tries": self.tries + 1}
        if not free.filter(pk=self.pk, status=status, tries=self.tries).update(**mine):
            return False
        for name, value in mine.items():
            setattr(self, name, value)
        return True


def lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=LEASE_SECONDS)


def handed_back(model: type[Claimable], holder: str) -> AbstractContextManager[None]:
    """Should the process have to stop meanwhile."""
    return stopping.handed_back_by(lambda: ClaimQuerySet(model).hand_back(holder))


@contextmanager
def kept(model: type[Claimable], holder: str) -> Iterator[None]:
    """Renews the lease from a thread of its own while slow work goes on."""
    done = Event()

    def renew() -> None:
        try:
            while not done.wait(RENEW_SECONDS):
                try:
                    ClaimQuerySet(model).renew(holder)
                except Error:  # the database may be back before the lease runs out
                    log.exception("A lease was not renewed")
        finally:
            connection.close()

    thread = Thread(target=copy_context().run, args=[renew], name=f"lease-{holder}", daemon=True)
    thread.start()
    try:
        with handed_back(model, holder):
            yield
    finally:
        done.set()
        thread.join()


class Turn(models.Model):
    """Of several processes one acts: whoever holds the turn of this name. Its beats tell when nobody did."""

    name = models.CharField(max_length=30, primary_key=True)
    holder = models.CharField(max_length=32)
    held_until = models.DateTimeField()
    beat_at = models.DateTimeField()
    since = models.DateTimeField()  # beats have followed each other closely since then

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"
