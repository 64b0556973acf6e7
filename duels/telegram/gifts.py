"""Photos that players gave for training are fetched from Telegram, and kept as pictures of our own making."""

import logging
from io import BytesIO

from duels import training
from duels.models import TrainingPhoto
from duels.models.claims import kept
from duels.telegram import files
from duels.telegram.bot import Passing
from scoring import PhotoError
from scoring.photos import open_photo

log = logging.getLogger(__name__)

AT_ONCE = 10
SHORTEST = 720  # pixels of the shorter side: more than any judge looks at
QUALITY = 92
LONGEST_PAUSE = 600


def fetch_gifts() -> int:
    fetched = 0
    while fetched < AT_ONCE and (found := training.waiting().claim(1, TrainingPhoto.Status.WAITING)):
        with kept(TrainingPhoto, found[0].lease_holder):
            fetch(found[0])
        fetched += 1
    return fetched


def fetch(photo: TrainingPhoto) -> None:
    content = files.fetch(photo.file_id)
    if isinstance(content, Passing) and photo.tries < training.TRIES:
        later = min(2.0**photo.tries, LONGEST_PAUSE)
        TrainingPhoto.objects.filter(pk=photo.pk).release(photo.lease_holder, delay=later)
        return
    picture = cleaned(content) if isinstance(content, bytes) else None
    if picture is None:
        log.warning("The photo %s cannot be had any more", photo.public_id)
        training.lose(photo)
    else:
        training.keep(photo, picture)


def cleaned(content: bytes) -> bytes | None:
    """Without anything that a camera writes into a file, such as where it was taken."""
    try:
        image = open_photo(content, shortest=SHORTEST)
    except PhotoError:
        return None
    file = BytesIO()
    image.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
