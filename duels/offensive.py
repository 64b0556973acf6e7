"""An optional look at faces, before others see them, by a detector of nakedness on this machine. It decides nothing:
what it suspects is held back until a moderator has looked.
"""

import logging
from functools import cache
from typing import Any

import numpy as np
from django.conf import settings

from duels.cards.faces import face_of
from scoring.faces import Face

log = logging.getLogger(__name__)

SIZE = 320  # pixels: what the detector looks at
LIKELY = 0.4
SHOWS = frozenset(
    {
        "FEMALE_BREAST_EXPOSED",
        "FEMALE_GENITALIA_EXPOSED",
        "MALE_GENITALIA_EXPOSED",
        "BUTTOCKS_EXPOSED",
        "ANUS_EXPOSED",
    }
)


def is_suspect(photo: bytes | Exception, face: Face, film_at: int | None) -> bool:
    """By the very crop that others would be shown."""
    if not settings.OFFENSIVE_DETECTOR or not isinstance(photo, bytes):
        return False
    try:
        crop = face_of(photo, face.box, face.tilt, SIZE, film_at)
        seen = detector().detect(np.asarray(crop)[:, :, ::-1].copy())
    except Exception:
        log.exception("The detector failed, so the picture waits for a moderator")
        return True
    return any(part["class"] in SHOWS and part["score"] >= LIKELY for part in seen)


@cache
def detector() -> Any:
    """Opened once a process. Its weights come with its package: it asks nobody for anything."""
    from nudenet import NudeDetector

    return NudeDetector()
