"""The face that was judged, cropped again for people to look at: with more of the hair than the judge wants."""

from PIL import Image

from scoring.faces import Box, crop_to_look_at
from scoring.photos import PhotoError, open_photo

WIDER = 1.5  # than the judge's crop, where the photo reaches so far
LARGEST = 3000  # pixels: a small face far away is not worth decoding more


def face_of(photo: bytes, box: Box, tilt: float, size: int, film_at: int | None = None) -> Image.Image:
    """`film_at`: the photo is a film, and this the moment in milliseconds."""
    if film_at is not None:
        return crop_to_look_at(frame_at(photo, film_at), widened(box), tilt, size)
    height = max(box[3] - box[1], box[2] - box[0], 0.01)
    image = open_photo(photo, shortest=min(round(size / height), LARGEST))
    return crop_to_look_at(image, widened(box), tilt, size)


def frame_at(film: bytes, milliseconds: int) -> Image.Image:
    from scoring.films import frames

    found = next((frame.image for frame in frames(film) if frame.at_ms >= milliseconds), None)
    if found is None:
        raise PhotoError("truncated")
    return found


def widened(box: Box) -> Box:
    """Not beyond the photo's edge: there is nothing to see there."""
    left, top, right, bottom = box
    width, height = max(right - left, 1e-3), max(bottom - top, 1e-3)
    room = 1 + 2 * min(left / width, top / height, (1 - right) / width, (1 - bottom) / height)
    more = (max(min(room, WIDER), 1.0) - 1) / 2
    return left - more * width, top - more * height, right + more * width, bottom + more * height
