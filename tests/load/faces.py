"""Photos that players send: drawn faces, near and far, as Telegram hands them on."""

from PIL import Image

from tests.faces import EMOTIONS, PERSONS, draw_face, photo_bytes

SIZE = (1280, 960)
DIFFERENT = 24


def photos(count: int = DIFFERENT) -> list[bytes]:
    return [photo_bytes(drawn, quality=87) for drawn in map(face, range(count))]


def face(number: int) -> Image.Image:
    person, emotion = number % PERSONS, EMOTIONS[number % len(EMOTIONS)]
    height = SIZE[1] * (0.3 + 0.1 * (number % 4))
    return draw_face(person, emotion, SIZE, tilt=5 * (number % 5 - 2), face_height=height)
