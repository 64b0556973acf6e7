"""Where each player is now. One row a player: who searches, sits in a room and duels at once cannot be written down."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Player
from duels.models.play import Duel


class Room(models.Model):
    class Status(models.TextChoices):
        OPEN = "open"
        STARTED = "started"
        CLOSED = "closed"

    code = models.CharField(max_length=6)
    owner = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="rooms")
    size = models.PositiveSmallIntegerField(default=2)
    rated = models.BooleanField(default=True)
    listed = models.BooleanField(default=False)
    rematch_of = models.ForeignKey(Duel, null=True, blank=True, on_delete=models.CASCADE, related_name="rematches")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    created = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(status="open"), name="room_code_once"),
            models.UniqueConstraint(fields=["rematch_of"], condition=Q(status="open"), name="room_rematch_once"),
            models.CheckConstraint(condition=Q(size__range=(2, 4)), name="room_size"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="room_open", condition=Q(status="open"))]

    def __str__(self) -> str:
        return f"{self.code} ({self.status})"


class Seat(models.Model):
    class State(models.TextChoices):
        SEARCHING = "searching"
        PAIRED = "paired"  # an opponent is found; who waited long must say "ready"
        ROOM = "room"
        DUEL = "duel"
        PRACTICE = "practice"  # beside any of the others: one may practise while searching

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="seats")
    state = models.CharField(max_length=10, choices=State)
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.CASCADE, related_name="seats")
    duel = models.ForeignKey(Duel, null=True, blank=True, on_delete=models.CASCADE, related_name="seats")
    since = models.DateTimeField(default=timezone.now)

    told_at = models.DateTimeField(default=timezone.now)  # when a searcher last heard how it goes
    last_opponents = models.JSONField(default=list)
    partner = models.ForeignKey(Player, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    ready = models.BooleanField(default=False)
    ready_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["player"], condition=~Q(state="practice"), name="seat_once"),
            models.UniqueConstraint(fields=["player"], condition=Q(state="practice"), name="seat_practice_once"),
            models.CheckConstraint(condition=~Q(player=F("partner")), name="seat_partner_is_another"),
            models.CheckConstraint(
                condition=Q(state__in=["searching", "paired"], room=None, duel=None)
                | Q(state="room", room__isnull=False, duel=None)
                | Q(state__in=["duel", "practice"], room=None, duel__isnull=False),
                name="seat_is_one_place",
            ),
        ]
        indexes = [models.Index(fields=["state", "since"], name="seat_waiting")]

    def __str__(self) -> str:
        return f"{self.player_id}: {self.state}"
