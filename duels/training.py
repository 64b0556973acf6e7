"""Photos for the judge's training: a player gives one after a duel, by an explicit word, and may take it back."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Player
from accounts.refusals import Refused
from duels import wake
from duels.models import Duel, Entry, SetPhoto, TrainedWeights, TrainingPhoto, TrainingSet
from duels.models.claims import ClaimQuerySet
from duels.refusals import Refusal

TRIES = 8
FIT = (Entry.Media.PHOTO, Entry.Media.FILE)  # of a film it is not known which of its moments would be meant


def can_be_given(entry: Entry) -> bool:
    """Asked before the button is shown, too."""
    return bool(
        entry.status == Entry.Status.JUDGED
        and entry.media in FIT
        and entry.file_id
        and entry.duel.status == Duel.Status.FINISHED
    )


@transaction.atomic
def give(player: Player, duel: Duel, consent: str) -> TrainingPhoto:
    """`consent`: the words that the player has just agreed to. Given twice it is one."""
    entry = duel.entries.select_related("duel").filter(player=player).first()
    if entry is None or not can_be_given(entry):
        raise Refused(Refusal.NOTHING_TO_GIVE)
    about = {"consent": consent, "file_id": entry.file_id, "text": duel.wording}
    seen = {name: getattr(entry, name) for name in ("match", "shares", "box", "tilt")}
    photo, fresh = TrainingPhoto.objects.get_or_create(player=player, duel=duel, defaults=about | seen)
    if fresh:
        wake.gift(photo.pk, photo.tries)
    return photo


def waiting() -> ClaimQuerySet[TrainingPhoto]:
    return TrainingPhoto.objects.filter(status=TrainingPhoto.Status.WAITING).order_by("id")


@transaction.atomic
def keep(photo: TrainingPhoto, jpeg: bytes) -> bool:
    """False: it was taken back meanwhile."""
    return settle(photo, status=TrainingPhoto.Status.KEPT, photo=jpeg)


def lose(photo: TrainingPhoto) -> bool:
    return settle(photo, status=TrainingPhoto.Status.LOST)


def settle(given: TrainingPhoto, **fields: object) -> bool:
    mine = TrainingPhoto.objects.filter(pk=given.pk, lease_holder=given.lease_holder)
    return bool(mine.update(file_id="", lease_holder="", lease_until=None, **fields))


def given_by(player: Player) -> list[TrainingPhoto]:
    """The newest first; without the pictures themselves."""
    found = TrainingPhoto.objects.filter(player=player).exclude(status=TrainingPhoto.Status.LOST)
    return list(found.select_related("duel__prompt").defer("photo").order_by("-id"))


def own(player: Player, public_id: str) -> TrainingPhoto:
    found = TrainingPhoto.objects.filter(player=player, public_id=public_id).select_related("duel__prompt").first()
    if found is None:
        raise Refused(Refusal.PHOTO_UNKNOWN)
    return found


@transaction.atomic
def take_back(player: Player, public_id: str) -> None:
    forget([own(player, public_id)])


@transaction.atomic
def take_all_back(player: Player) -> None:
    forget(list(TrainingPhoto.objects.filter(player=player).defer("photo")))


def forget(photos: list[TrainingPhoto]) -> None:
    """Out of the store; the sets and the weights that held them are marked, and the sets are to be cleared."""
    now, ids = timezone.now(), [photo.public_id for photo in photos]
    TrainingPhoto.objects.filter(public_id__in=ids).delete()
    held = list(SetPhoto.objects.filter(photo__in=ids).values_list("training_set", flat=True).distinct())
    SetPhoto.objects.filter(photo__in=ids, revoked_at=None).update(revoked_at=now)
    TrainingSet.objects.filter(pk__in=held).update(cleared_at=None)
    TrainingSet.objects.filter(pk__in=held, revoked_at=None).update(revoked_at=now)
    TrainedWeights.objects.filter(training_set__in=held, revoked_at=None).update(revoked_at=now)


def record_adoption(training_set: str, digest: str, figures: dict[str, float]) -> None:
    """Of weights that were trained on a set. One that held a photo taken back meanwhile marks them at once."""
    held = TrainingSet.objects.get(public_id=training_set)
    TrainedWeights.objects.create(training_set=held, digest=digest, figures=figures, revoked_at=held.revoked_at)
