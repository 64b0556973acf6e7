"""Photos that players have given, each of their own will, to teach the judge; and what became of them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Player, public_id
from duels.models.claims import Claimable, ClaimQuerySet
from duels.models.play import Duel
from emotionduel.encryption import EncryptedBinaryField, EncryptedTextField


class TrainingPhoto(Claimable):
    class Status(models.TextChoices):
        WAITING = "waiting"  # it is still to be fetched from Telegram
        KEPT = "kept"
        LOST = "lost"  # Telegram has it no more

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="training_photos")
    duel = models.ForeignKey(Duel, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    given_at = models.DateTimeField(default=timezone.now)
    consent = models.TextField()  # the words that were agreed to, as they were read
    file_id = EncryptedTextField(blank=True)  # until it is fetched
    photo = EncryptedBinaryField(null=True, blank=True)  # a JPEG of our making: nothing that a camera writes into it

    text = models.CharField(max_length=120)  # what the face was to show, and what the judge saw
    match = models.FloatField(null=True, blank=True)
    shares = models.JSONField(null=True, blank=True)
    box = models.JSONField(null=True, blank=True)
    tilt = models.FloatField(null=True, blank=True)

    objects = ClaimQuerySet["TrainingPhoto"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["player", "duel"], name="training_photo_once")]
        indexes = [models.Index(fields=["id"], name="training_photo_waiting", condition=Q(status="waiting"))]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.status})"


class TrainingSet(models.Model):
    """What `export_training` has written. The photos in it are known by their numbers alone."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    created = models.DateTimeField(default=timezone.now)
    folder = models.TextField()
    revoked_at = models.DateTimeField(null=True, blank=True)  # since then it holds a photo that was taken back
    cleared_at = models.DateTimeField(null=True, blank=True)  # the folder, of those that were taken back

    def __str__(self) -> str:
        return f"{self.public_id} in {self.folder}"


class SetPhoto(models.Model):
    training_set = models.ForeignKey(TrainingSet, on_delete=models.CASCADE, related_name="photos")
    photo = models.CharField(max_length=12, db_index=True)  # no key: the row of who takes it back goes, this mark stays
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["training_set", "photo"], name="set_photo_once")]

    def __str__(self) -> str:
        return f"{self.photo} in {self.training_set_id}"


class TrainedWeights(models.Model):
    """Weights that were adopted after a training on a set."""

    training_set = models.ForeignKey(TrainingSet, on_delete=models.PROTECT, related_name="weights")
    digest = models.CharField(max_length=64)  # of the file
    adopted_at = models.DateTimeField(default=timezone.now)
    figures = models.JSONField(default=dict)  # jury agreement before and after
    revoked_at = models.DateTimeField(null=True, blank=True)  # since then they rest on a photo that was taken back

    def __str__(self) -> str:
        return f"{self.digest[:12]} of {self.training_set_id}"
