from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Player
from duels.models.play import Entry


class Report(models.Model):
    class Reason(models.TextChoices):
        NOT_A_FACE = "not_a_face", _("Not a face")
        NOT_THEIRS = "not_theirs", _("Someone else's photo")
        SCREEN = "screen", _("A picture of a screen")
        OFFENSIVE = "offensive", _("Offensive")
        OTHER = "other", _("Other")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        UPHELD = "upheld", _("upheld")
        DISMISSED = "dismissed", _("dismissed")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=12, choices=Reason)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "reporter"], name="report_once")]
        indexes = [
            models.Index(fields=["created"], name="report_open", condition=Q(status="open")),
            models.Index(fields=["reporter", "status"], name="report_record"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} ({self.status})"
