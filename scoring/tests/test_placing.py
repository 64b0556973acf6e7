import numpy as np
import pytest

from scoring.placing import SIDE, mirrored, places_of
from tests.faces import draw_face


def grey(person: int) -> np.ndarray:
    """Somewhat as the finder cuts a face."""
    photo = draw_face(person, "happiness", (160, 160), face_height=150)
    return np.asarray(photo.convert("L").crop((24, 24, 24 + SIDE, 24 + SIDE)), np.float32)


def moved(face: np.ndarray, right: int, down: int) -> np.ndarray:
    return np.roll(face, (down, right), axis=(0, 1))


def place(face: np.ndarray) -> np.ndarray:
    return places_of(np.ascontiguousarray(face))[0]


@pytest.mark.parametrize("person", range(3))
def test_a_face_is_laid_in_the_same_place_wherever_its_crop_has_it(person: int) -> None:
    face = grey(person)
    there, here = place(moved(face, 3, -2)), place(face)
    assert there[:2] - here[:2] == pytest.approx((3 / SIDE, -2 / SIDE), abs=0.008)


def test_light_and_contrast_leave_it_there() -> None:
    face = grey(1)
    assert place(face * 0.6 + 40)[:3] == pytest.approx(place(face)[:3], abs=0.002)


def test_the_mirror_image_lies_in_the_mirrored_place() -> None:
    face = grey(2)
    assert mirrored(place(face)) == pytest.approx(place(face[:, ::-1]), abs=0.01)


def test_where_there_is_nothing_there_are_places_all_the_same() -> None:
    assert np.isfinite(places_of(np.full((SIDE, SIDE), 128, np.float32))).all()
