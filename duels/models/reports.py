from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Player
from duels.models.play import Entry


class Report(models.Model):
    class Reason(models.TextChoices):
        NOT_A_FACE = "not_a_face"
        NOT_THEIRS = "not_theirs"
        SCREEN = "screen"
        OFFENSIVE = "offensive"
        OTHER = "other"

    class Status(models.TextChoices):
        OPEN = "open"
        UPHELD = "upheld"
        DISMISSED = "dismissed"

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=12, choices=Reason)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "reporter"], name="report_once")]
        indexes = [models.Index(fields=["created"], name="report_open", condition=Q(status="open"))]

    def __str__(self) -> str:
        return f"{self.reason} ({self.status})"
