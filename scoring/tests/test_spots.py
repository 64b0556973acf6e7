import numpy as np

from scoring.placing import SIDE
from scoring.spots import ACROSS, BANDS, bands_of, keys_of, spots_of
from tests.faces import draw_face


def grey(person: int) -> np.ndarray:
    """Somewhat as the finder cuts a face."""
    photo = draw_face(person, "happiness", (160, 160), face_height=150)
    return np.asarray(photo.convert("L").crop((24, 24, 24 + SIDE, 24 + SIDE)), np.float32)


def in_common(new: np.ndarray, old: np.ndarray) -> int:
    return sum(band in keys for band, keys in zip(bands_of(old), keys_of(new), strict=True))


def test_a_face_has_spots_all_over() -> None:
    kept = bands_of(grey(1))
    assert len(kept) == BANDS
    assert sum(band is not None for band in kept) > BANDS / 2


def test_they_stay_where_they_are_on_the_face_wherever_its_crop_has_it() -> None:
    face = grey(1)
    assert in_common(np.roll(face, (2, -3), axis=(0, 1)), face) >= 6


def test_light_and_contrast_leave_them_there() -> None:
    face = grey(2)
    assert in_common(face * 0.6 + 40, face) >= 8


def test_what_is_covered_leaves_the_others_there() -> None:
    face = grey(0)
    covered = face.copy()
    covered[: SIDE // 3] = 255
    assert in_common(covered, face) >= 2


def test_another_face_has_others() -> None:
    assert in_common(grey(0), np.random.default_rng(1).normal(128, 30, (SIDE, SIDE)).astype(np.float32)) == 0


def test_the_strongest_come_first() -> None:
    where, around = spots_of(grey(1))
    assert len(where) == len(around) > ACROSS


def test_where_there_is_nothing_there_are_none() -> None:
    assert set(bands_of(np.full((SIDE, SIDE), 128, np.float32))) == {None}
    assert not any(keys_of(np.full((SIDE, SIDE), 128, np.float32)))
