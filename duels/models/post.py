"""What comes in and what goes out: stored first, handled later, each exactly once."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Player
from duels.models.claims import Claimable, ClaimQuerySet
from duels.models.play import Duel
from emotionduel.encryption import EncryptedJSONField


class Update(Claimable):
    """The inbox: one update of Telegram's."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"  # a person must look at it

    update_id = models.BigIntegerField(unique=True)
    sender = models.BigIntegerField(null=True, blank=True)  # whose updates are handled one at a time, the lowest first
    payload = EncryptedJSONField()
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    received_at = models.DateTimeField(default=timezone.now)
    handled_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = ClaimQuerySet["Update"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["sender", "update_id"], name="update_waiting", condition=Q(status="waiting")),
            models.Index(fields=["received_at"], name="update_by_age"),
            models.Index(fields=["sender", "received_at"], name="update_by_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.update_id} ({self.status})"


class Notice(Claimable):
    """The outbox: what must be told to whom. Words, language and buttons are found when it is sent."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        DROPPED = "dropped"  # it came too late to be of use, or the player cannot be reached
        FAILED = "failed"  # a person must look at it

    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="notices")
    chat_id = models.BigIntegerField(null=True, blank=True)  # where it is not the player's own chat
    kind = models.CharField(max_length=30)  # of notices.Kind
    params = EncryptedJSONField(default=dict, encoder=DjangoJSONEncoder)
    duel = models.ForeignKey(Duel, null=True, blank=True, on_delete=models.CASCADE, related_name="notices")
    topic = models.CharField(max_length=30, blank=True)  # notices of one topic are one message, edited
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    created = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    message_id = models.BigIntegerField(null=True, blank=True)
    leaves_traces = True
    repeated = models.BooleanField(default=False)  # may have arrived twice: an earlier try got no answer
    error = models.TextField(blank=True)

    objects = ClaimQuerySet["Notice"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["player", "id"], name="notice_waiting", condition=Q(status="waiting")),
            models.Index(fields=["player", "topic", "-id"], name="notice_topic", condition=~Q(topic="")),
            models.Index(fields=["created"], name="notice_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.player_id} ({self.status})"
