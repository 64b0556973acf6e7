"""What moderators are asked to look at, and what they have done about it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Player
from duels.models.claims import Claimable, ClaimQuerySet
from duels.models.play import Duel, Entry
from duels.models.reports import Report


class Case(models.Model):
    """One entry that was reported, or that the site itself finds odd."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="case")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    priority = models.FloatField(_("priority"), default=0.0)  # of rules.moderation; the queue goes by it
    flagged = models.CharField(_("found by the site"), max_length=12, choices=Report.Reason, blank=True)
    version = models.PositiveIntegerField(default=1)  # one more with each decision: who decides has seen the last one
    opened_at = models.DateTimeField(_("since"), default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        permissions = [
            ("decide_case", "Can decide cases"),
            ("view_photos", "Can see the photos of a case"),
        ]
        indexes = [models.Index(fields=["-priority", "opened_at", "id"], name="case_queue", condition=Q(status="open"))]

    def __str__(self) -> str:
        return str(self.pk)


class ModerationAct(Claimable):
    """Who did what about whom, why, and who took it back. `why` is read by the player."""

    class What(models.TextChoices):
        DISMISS = "dismiss", _("reports dismissed")
        VOID = "void", _("duel called off")
        WARN = "warn", _("warned")
        SUSPEND = "suspend", _("suspended")
        RENAME = "rename", _("name taken away")

    class Status(models.TextChoices):
        DUE = "due", _("being carried out")
        STANDS = "stands", _("stands")
        UNDOING = "undoing", _("being taken back")
        UNDONE = "undone", _("taken back")

    STANDING = (Status.DUE, Status.STANDS, Status.UNDOING)

    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.SET_NULL, related_name="acts")
    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="acts", verbose_name=_("player"))
    duel = models.ForeignKey(Duel, null=True, blank=True, on_delete=models.CASCADE, related_name="acts")
    what = models.CharField(_("what"), max_length=10, choices=What)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.STANDS)
    reason = models.CharField(_("reason"), max_length=12, choices=Report.Reason, blank=True)
    why = models.CharField(_("why"), max_length=200)
    until = models.DateTimeField(_("until"), null=True, blank=True)  # of a suspension
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )  # null: a suspension from before acts were written down
    created = models.DateTimeField(_("when"), default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    undone_why = models.CharField(max_length=200, blank=True)
    former = models.CharField(_("name taken away"), max_length=24, blank=True, default="", db_default="")
    given = models.CharField(max_length=24, blank=True, default="", db_default="")  # in its place
    outcomes = models.JSONField(default=dict, editable=False)  # by entry, of a duel called off: how it had ended

    objects = ClaimQuerySet["ModerationAct"].as_manager()

    class Meta:
        verbose_name = _("moderator's act")
        verbose_name_plural = _("moderators' acts")
        constraints = [
            models.UniqueConstraint(
                fields=["duel"],
                condition=Q(what="void", status__in=["due", "stands", "undoing"]),
                name="act_voids_once",
            ),
            models.CheckConstraint(condition=~Q(what="void") | Q(duel__isnull=False), name="act_voids_a_duel"),
            models.CheckConstraint(condition=~Q(what="suspend") | Q(until__isnull=False), name="act_suspends_until"),
        ]
        indexes = [
            models.Index(fields=["player", "-id"], name="act_record"),
            models.Index(fields=["id"], name="act_due", condition=Q(status__in=["due", "undoing"])),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.player_id} ({self.status})"
