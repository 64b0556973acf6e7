"""A set of given photos as files: JPEGs with captions, and for each the consent that it rests on."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from duels.models import Duel, SetPhoto, TrainingPhoto, TrainingSet

CAPTIONS, CONSENTS, ABOUT = "captions.jsonl", "consents.jsonl", "set.json"
CLEARED = 20  # sets a round

Lines = list[dict[str, Any]]


class NotEmpty(Exception):
    """The folder holds something."""


def export(folder: Path) -> TrainingSet:
    """Which photos are in it is written down first: so one that is taken back meanwhile is known to be there."""
    if folder.exists() and any(folder.iterdir()):
        raise NotEmpty(str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    made = chosen(folder)
    captions: Lines = []
    consents: Lines = []
    for photo in members(made):
        name = f"{photo.public_id}.jpg"
        (folder / name).write_bytes(photo.photo or b"")
        captions.append(caption(photo, name))
        consents.append({"file_name": name, "given_at": photo.given_at.isoformat(), "words": photo.consent})
    write(folder / CAPTIONS, captions)
    write(folder / CONSENTS, consents)
    about = {"set": made.public_id, "created": made.created.isoformat(), "photos": len(captions), "taken_back": []}
    (folder / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    clear_one(made)
    return made


@transaction.atomic
def chosen(folder: Path) -> TrainingSet:
    """Of duels that still count: a moderator may have found a photo not to be what it was taken for."""
    made = TrainingSet.objects.create(folder=str(folder.resolve()))
    kept = TrainingPhoto.objects.filter(status=TrainingPhoto.Status.KEPT).exclude(duel__status=Duel.Status.VOID)
    ids = kept.order_by("id").values_list("public_id", flat=True)
    SetPhoto.objects.bulk_create([SetPhoto(training_set=made, photo=each) for each in ids], batch_size=500)
    return made


def members(made: TrainingSet) -> Iterable[TrainingPhoto]:
    inside = SetPhoto.objects.filter(training_set=made).values("photo")
    return TrainingPhoto.objects.filter(public_id__in=inside).order_by("id").iterator(chunk_size=50)


def caption(photo: TrainingPhoto, name: str) -> dict[str, Any]:
    """The text is what the face was to show; beside it where it is, and what the judge of that day thought of it."""
    seen = {"match": photo.match, "shares": photo.shares, "box": photo.box, "tilt": photo.tilt}
    return {"file_name": name, "text": photo.text, **seen}


def write(path: Path, lines: Lines) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def clear_folders() -> int:
    """Of photos that were taken back. A folder that is not on this machine waits for the one where it is."""
    waiting = TrainingSet.objects.filter(revoked_at__isnull=False, cleared_at=None).order_by("id")[:CLEARED]
    return sum(clear_one(each) for each in waiting)


def clear_one(made: TrainingSet) -> bool:
    now, folder = timezone.now(), Path(made.folder)
    gone = set(made.photos.filter(revoked_at__isnull=False).values_list("photo", flat=True))
    if not gone or not is_its(folder, made):
        return False
    for photo in gone:
        (folder / f"{photo}.jpg").unlink(missing_ok=True)
    for name in (CAPTIONS, CONSENTS):
        lines = [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]
        write(folder / name, [line for line in lines if line["file_name"].removesuffix(".jpg") not in gone])
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8")) | {"taken_back": sorted(gone)}
    (folder / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return bool(TrainingSet.objects.filter(pk=made.pk).update(cleared_at=now))


def is_its(folder: Path, made: TrainingSet) -> bool:
    try:
        return bool(json.loads((folder / ABOUT).read_text(encoding="utf-8"))["set"] == made.public_id)
    except (OSError, ValueError, KeyError):
        return False
