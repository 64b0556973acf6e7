"""Duels without Telegram, on one device: nobody is a player here, nothing is rated, and all of it goes in minutes."""

import secrets

from django.db import models
from django.utils import timezone

from duels.models.claims import Claimable, ClaimQuerySet
from duels.models.play import Prompt
from duels.rules.verdict import Outcome


def token() -> str:
    """Who knows it owns the duel: it stands in the address alone."""
    return secrets.token_urlsafe(16)


class ArenaDuel(Claimable):
    class Status(models.TextChoices):
        OPEN = "open"  # faces are awaited or with the judge
        JUDGED = "judged"  # decided; its picture is to be drawn
        DONE = "done"  # the photos are gone

    token = models.CharField(max_length=32, unique=True, default=token, editable=False)
    language = models.CharField(max_length=10)
    prompt = models.ForeignKey(Prompt, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    wording = models.CharField(max_length=120)  # what the judge is asked; typed by the players where there is no prompt
    bet = models.PositiveSmallIntegerField(null=True, blank=True)  # the seat that an onlooker takes for the winner
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    touched = models.DateTimeField(default=timezone.now)  # the last step: all of it goes some minutes later
    card = models.BinaryField(null=True, blank=True)  # sealed

    objects = ClaimQuerySet["ArenaDuel"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["touched"], name="arena_by_age"),
            models.Index(fields=["id"], name="arena_to_draw", condition=models.Q(status="judged")),
        ]

    def __str__(self) -> str:
        return f"arena {self.pk} ({self.status})"

    def task(self, language: str) -> str:
        return self.prompt.text(language) if self.prompt else self.wording


class ArenaEntry(Claimable):
    class Status(models.TextChoices):
        AWAITED = "awaited"
        SENT = "sent"
        UNREADABLE = "unreadable"
        FACELESS = "faceless"
        FAILED = "failed"  # our fault: the photo is still there
        JUDGED = "judged"  # a face: final

    RETAKEABLE = (Status.AWAITED, Status.SENT, Status.UNREADABLE, Status.FACELESS, Status.FAILED)

    duel = models.ForeignKey(ArenaDuel, on_delete=models.CASCADE, related_name="entries")
    seat = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=24)
    drawn = models.CharField(max_length=40, blank=True)  # the drawn face that plays here
    won_before = models.PositiveSmallIntegerField(default=0)  # rounds that these players played before
    status = models.CharField(max_length=10, choices=Status, default=Status.AWAITED)
    attempt = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    photo = models.BinaryField(null=True, blank=True)  # sealed
    seen = models.JSONField(null=True, blank=True)  # play.Seen
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=5, choices=[(each.value, each.value) for each in Outcome], blank=True)

    objects = ClaimQuerySet["ArenaEntry"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["duel", "seat"], name="arena_seat_once")]
        indexes = [
            models.Index(fields=["sent_at"], name="arena_for_the_judge", condition=models.Q(status="sent")),
            models.Index(fields=["sent_at"], name="arena_photos", condition=models.Q(photo__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.seat} in {self.duel_id}: {self.status}"

    @property
    def match(self) -> float | None:
        return (self.seen or {}).get("match")


class ArenaKnock(models.Model):
    """Somebody asked for something that costs us. Counted here, so that it holds whatever becomes of Redis."""

    address = models.CharField(max_length=32)  # hashed
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["address", "at"], name="arena_knocks")]

    def __str__(self) -> str:
        return f"{self.address} at {self.at}"
