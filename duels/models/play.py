"""What is played: prompts, duels, and in each duel one entry a player."""

from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext

from accounts.models import Player, public_id
from duels.models.claims import Claimable, ClaimQuerySet
from duels.rules.verdict import Kind, Outcome
from emotionduel.encryption import EncryptedTextField


class Prompt(models.Model):
    class Kind(models.TextChoices):
        ONE = "one", "one emotion"
        DETAIL = "detail", "an emotion with a detail"
        TWO = "two", "two at once"
        STYLE = "style", "style"

    slug = models.SlugField(max_length=60, unique=True)  # by it load_prompts knows what it has loaded before
    ru = models.CharField(max_length=120)
    en = models.CharField(max_length=120)
    judged = models.CharField(max_length=120)  # the English wording that the judge reads
    emotions = models.JSONField(default=list)  # of scoring.EMOTIONS
    difficulty = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=Kind)
    active = models.BooleanField(default=True)
    spread = models.JSONField(null=True, blank=True, editable=False)  # how the judge's scores spread on it
    created = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(difficulty__range=(1, 3)), name="prompt_difficulty")]

    def __str__(self) -> str:
        return self.en

    def text(self, language: str) -> str:
        """A third language has it in its .po file, under the English words; without them it is English."""
        if language == "ru":
            return self.ru
        with translation.override(language):
            return gettext(self.en)


class Duel(models.Model):
    class Origin(models.TextChoices):
        RANDOM = "random"
        ROOM = "room"
        PRACTICE = "practice"

    class Status(models.TextChoices):
        DEALT = "dealt"  # the prompts are on their way; photos are taken already
        OPEN = "open"  # the clock runs
        FINISHED = "finished"
        CANCELLED = "cancelled"  # nobody sent a photo
        VOID = "void"  # our fault, or a moderator's word: it does not count

    RUNNING = (Status.DEALT, Status.OPEN)

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    origin = models.CharField(max_length=10, choices=Origin)
    room = models.ForeignKey("duels.Room", null=True, blank=True, on_delete=models.SET_NULL, related_name="duels")
    listed = models.BooleanField(default=False)  # may stand in public lists
    prompt = models.ForeignKey(Prompt, null=True, blank=True, on_delete=models.PROTECT, related_name="duels")
    wording = models.CharField(max_length=120)  # what the judge was asked, whatever becomes of the prompt
    status = models.CharField(max_length=10, choices=Status, default=Status.DEALT)
    created = models.DateTimeField(default=timezone.now)
    deadline = models.DateTimeField(null=True, blank=True)
    reminded = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True, blank=True)  # however it ended
    verdict = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Kind], blank=True)
    void_reason = models.CharField(max_length=60, blank=True)
    rated = models.BooleanField(default=True)  # as it was agreed
    counted = models.BooleanField(default=False)  # ratings moved: decided at the finish, kept, never recomputed

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["dealt", "open"], finished_at=None)
                | Q(status__in=["finished", "cancelled", "void"], finished_at__isnull=False),
                name="duel_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(status="open") | Q(deadline__isnull=False), name="duel_open_has_deadline"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "deadline"], name="duel_running", condition=Q(finished_at=None)),
            models.Index(fields=["finished_at", "id"], name="duel_replay", condition=Q(status="finished")),
            models.Index(fields=["id"], name="duel_listed", condition=Q(listed=True)),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.status})"

    @property
    def running(self) -> bool:
        return self.status in self.RUNNING

    @property
    def practice(self) -> bool:
        return self.origin == self.Origin.PRACTICE


class Entry(Claimable):
    """One player's part in a duel. No photo lies here: only where Telegram keeps it, and what the judge saw."""

    class Status(models.TextChoices):
        AWAITED = "awaited"  # no photo yet
        SENT = "sent"  # a photo waits for the judge
        UNREADABLE = "unreadable"  # judged; may be retaken until the deadline, as the next one
        FACELESS = "faceless"
        COPIED = "copied"  # a picture that was shown before: may be retaken, once
        BARRED = "barred"  # such a one again: final
        JUDGED = "judged"  # a face: final
        LEFT = "left"  # the player gave up, with no face shown

    RETAKEABLE = (Status.AWAITED, Status.SENT, Status.UNREADABLE, Status.FACELESS, Status.COPIED)
    FINAL = (Status.JUDGED, Status.LEFT, Status.BARRED)

    class Hold(models.TextChoices):
        """Whether the face is kept off all pictures, because a detector took it for something else."""

        NO = ""
        HELD = "held"  # until a moderator has looked
        CLEARED = "cleared"
        REJECTED = "rejected"

    class Media(models.TextChoices):
        PHOTO = "photo"
        FILE = "file"
        VIDEO_NOTE = "video_note"

    duel = models.ForeignKey(Duel, on_delete=models.CASCADE, related_name="entries")
    player = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="entries")
    status = models.CharField(max_length=10, choices=Status, default=Status.AWAITED)
    delivered_at = models.DateTimeField(null=True, blank=True)  # when the prompt reached the player

    attempt = models.PositiveSmallIntegerField(default=0)  # photos so far: a verdict on an older one is dropped
    sent_at = models.DateTimeField(null=True, blank=True)  # Telegram's date of the photo
    media = models.CharField(max_length=10, choices=Media, blank=True)
    file_id = EncryptedTextField(blank=True)
    file_unique_id = models.CharField(max_length=64, blank=True)
    forwarded = models.BooleanField(default=False)  # not taken for this duel: a mark for moderators
    album = models.CharField(max_length=64, blank=True)  # Telegram's media_group_id: an album's first photo counts
    content_hash = models.CharField(max_length=64, blank=True)  # SHA-256 of the bytes
    picture_hash = models.CharField(max_length=64, blank=True)  # perceptual
    copies = models.PositiveSmallIntegerField(default=0, db_default=0)  # photos refused because they were shown before
    copy_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    screen = models.FloatField(null=True, blank=True)  # 0-1: how much it looks like a picture of a screen or a print
    held = models.CharField(max_length=8, choices=Hold, default=Hold.NO, db_default="", blank=True)
    frame_ms = models.PositiveIntegerField(null=True, blank=True)  # which moment of a film was judged

    reason = models.CharField(max_length=30, blank=True)  # why there is no score
    score = models.FloatField(null=True, blank=True)  # null is minus infinity
    match = models.FloatField(null=True, blank=True)
    box = models.JSONField(null=True, blank=True)  # left, top, right, bottom as fractions
    tilt = models.FloatField(null=True, blank=True)
    shares = models.JSONField(null=True, blank=True)
    valence = models.FloatField(null=True, blank=True)
    arousal = models.FloatField(null=True, blank=True)
    scorer = models.CharField(max_length=120, blank=True)
    scorer_version = models.CharField(max_length=120, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)

    # Written when the duel ends.
    ended_at = models.DateTimeField(null=True, blank=True)
    place = models.PositiveSmallIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=5, choices=[(each.value, each.value) for each in Outcome], blank=True)
    mu_before = models.FloatField(null=True, blank=True)
    sigma_before = models.FloatField(null=True, blank=True)
    mu_after = models.FloatField(null=True, blank=True)
    sigma_after = models.FloatField(null=True, blank=True)

    objects = ClaimQuerySet["Entry"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["duel", "player"], name="entry_once"),
            models.CheckConstraint(condition=~Q(status="judged") | Q(match__isnull=False), name="entry_judged_match"),
        ]
        indexes = [
            models.Index(fields=["sent_at"], name="entry_for_the_judge", condition=Q(status="sent")),
            models.Index(fields=["sent_at"], name="entry_traces", condition=~Q(file_unique_id="")),
            models.Index(fields=["player", "-ended_at", "-id"], name="entry_history", condition=~Q(outcome="")),
            models.Index(fields=["player", "-match", "-id"], name="entry_best", condition=~Q(outcome="")),
            models.Index(fields=["id"], name="entry_held", condition=Q(held="held")),
        ]

    def __str__(self) -> str:
        return f"{self.player_id} in {self.duel_id}: {self.status}"

    @property
    def hidden(self) -> bool:
        """The face is on no picture that others see."""
        return self.held in {self.Hold.HELD, self.Hold.REJECTED}

    @property
    def final(self) -> bool:
        return self.status in self.FINAL
