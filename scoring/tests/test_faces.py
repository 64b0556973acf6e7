"""The face that is found, on faces that our own code draws."""

import io
import os
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from scoring.cascade import Cascade
from scoring.faces import CROP_SIZE, Face, FaceFinder, crop_face
from tests.faces import EMOTIONS, PERSONS, draw_face

SIZE = (320, 240)
HALF = 0.28 * SIZE[1]  # of a drawn head, from its middle to the chin
WALL = (200, 210, 220)
DATA = Path(os.environ.get("TRAINING_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
COLOUR_FACES = DATA / "faces_color.zip"


@cache
def finder() -> FaceFinder:
    return FaceFinder()


def found(image: Image.Image) -> Face:
    face = finder().find(image)
    assert face is not None
    return face


def drawn(person: int = 0, emotion: str = "neutral", tilt: float = 0) -> Image.Image:
    return draw_face(person, emotion, SIZE, tilt=tilt)


def middle(face: Face) -> tuple[float, float]:
    left, top, right, bottom = face.box
    return (left + right) / 2, (top + bottom) / 2


def area(face: Face) -> float:
    left, top, right, bottom = face.box
    return (right - left) * (bottom - top)


def difference(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(np.asarray(one, float) - np.asarray(other, float)).mean())


@pytest.mark.parametrize("person", range(PERSONS))
def test_every_drawn_person_is_found_in_every_emotion(person: int) -> None:
    faces = {emotion: finder().find(draw_face(person, emotion, (160, 120))) for emotion in EMOTIONS}
    assert [emotion for emotion, face in faces.items() if face is None] == []
    assert all(face.probability > 0.75 and abs(face.tilt) < 5 for face in faces.values() if face)


@pytest.mark.parametrize("person", range(0, PERSONS, 3))
def test_shut_eyes_and_an_open_mouth_hide_no_face(person: int) -> None:
    found(draw_face(person, "neutral", (160, 120), eyes_shut=True, mouth_open=True))


@pytest.mark.parametrize("person", range(0, PERSONS, 2))
def test_the_box_holds_eyes_and_mouth_and_lies_on_the_head(person: int) -> None:
    left, top, right, bottom = np.multiply(found(drawn(person)).box, SIZE * 2)
    across, down = SIZE[0] / 2, SIZE[1] / 2
    assert left < across - 0.45 * HALF < across + 0.45 * HALF < right
    assert top < down - 0.2 * HALF < down + 0.62 * HALF < bottom
    assert across - 1.2 * HALF < left < right < across + 1.2 * HALF
    assert down - 1.2 * HALF < top < bottom < down + 1.25 * HALF


def test_the_box_is_a_share_of_the_picture_whatever_its_size() -> None:
    picture, whole = drawn(2), found(drawn(2)).box
    for width in (200, 640, 1500):
        assert found(picture.resize((width, width * 3 // 4))).box == pytest.approx(whole, abs=0.025)


@pytest.mark.parametrize("tilt", [-30, -15, 15, 30])
@pytest.mark.parametrize("person", [0, 7])
def test_a_head_turned_clockwise_has_a_positive_tilt(person: int, tilt: float) -> None:
    assert found(drawn(person, tilt=tilt)).tilt == pytest.approx(tilt, abs=5)


@pytest.mark.parametrize("tilt", [-20, 20])
def test_the_crop_is_upright_however_the_head_is_held(tilt: float) -> None:
    turned, upright = drawn(tilt=tilt), found(drawn())
    face = found(turned)
    assert difference(face.crop, upright.crop) < 18
    assert difference(crop_face(turned, face.box, 0, CROP_SIZE), upright.crop) > 22
    again = finder().cascade.look_again(face.crop, np.array([0.0, 0, CROP_SIZE, CROP_SIZE]))
    assert again is not None
    (left_x, left_y), (right_x, right_y) = again.points[0, :2]
    assert abs(right_y - left_y) < 0.1 * (right_x - left_x)


def test_a_mirrored_photo_gives_the_mirrored_face() -> None:
    picture = drawn(1, "anger", tilt=12)
    face, mirrored = found(picture), found(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    left, top, right, bottom = face.box
    assert mirrored.box == pytest.approx((1 - right, top, 1 - left, bottom), abs=0.02)
    assert mirrored.tilt == pytest.approx(-face.tilt, abs=2)
    assert difference(mirrored.crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT), face.crop) < 18


def test_the_crop_is_square_and_can_be_made_again_from_box_and_tilt() -> None:
    picture = drawn(4, "fear", tilt=-10)
    face = found(picture)
    assert (face.crop.mode, face.crop.size) == ("RGB", (CROP_SIZE, CROP_SIZE))
    assert face.crop.tobytes() == crop_face(picture, face.box, face.tilt, CROP_SIZE).tobytes()
    assert crop_face(picture, face.box, face.tilt, 300).size == (300, 300)


def two_faces(large: Image.Image, small: Image.Image, large_first: bool) -> Image.Image:
    both = Image.new("RGB", (480, 240), WALL)
    both.paste(large, (0 if large_first else 160, 0))
    both.paste(small, (320 if large_first else 0, 60))
    return both


@pytest.mark.parametrize("large_first", [True, False])
def test_of_two_faces_the_larger_wins(large_first: bool) -> None:
    picture = two_faces(drawn(0), draw_face(1, "anger", (160, 120)), large_first)
    assert middle(found(picture))[0] == pytest.approx(1 / 3 if large_first else 2 / 3, abs=0.03)
    faces = finder().find_all(picture)
    assert len(faces) == 2
    assert area(faces[0]) > 2 * area(faces[1])


def test_a_clear_face_wins_against_a_larger_blur() -> None:
    blurred = drawn(0).filter(ImageFilter.GaussianBlur(20))
    picture = two_faces(blurred, draw_face(1, "anger", (160, 120)), large_first=True)
    assert middle(found(picture))[0] == pytest.approx(5 / 6, abs=0.03)


def test_a_small_face_in_a_large_picture_is_found_at_the_second_look() -> None:
    picture = Image.new("RGB", (1600, 1200), WALL)
    picture.paste(draw_face(2, "fear", (200, 150), background=WALL), (1000, 700))
    assert middle(found(picture)) == pytest.approx((1100 / 1600, 780 / 1200), abs=0.01)


@pytest.mark.parametrize(("side", "edge"), [(0, "left"), (1, "top"), (2, "right"), (3, "bottom")])
def test_a_face_cut_by_the_edge_is_boxed_where_it_is(side: int, edge: str) -> None:
    whole = drawn(0, "happiness")
    box = np.multiply(found(whole).box, SIZE * 2)
    window = np.array([0, 0, *SIZE])
    window[side] = round(box[side] + (box[2] - box[0]) / 8 * (1 if side < 2 else -1))
    face = found(whole.crop(tuple(window)))
    place = np.multiply(face.box, np.tile(window[2:] - window[:2], 2)) + np.tile(window[:2], 2)
    assert place == pytest.approx(np.clip(box, np.tile(window[:2], 2), np.tile(window[2:], 2)), abs=9)
    assert 0 <= min(face.box) < max(face.box) <= 1


def faceless() -> dict[str, Image.Image]:
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    hidden = drawn(3)
    hidden.paste(WALL, (110, 60, 215, 190))
    return {
        "wall": Image.new("RGB", SIZE, WALL),
        "noise": Image.fromarray(noise),
        "clouds": Image.fromarray(noise).filter(ImageFilter.GaussianBlur(12)),
        "slope": Image.linear_gradient("L").resize(SIZE).convert("RGB"),
        "hidden": hidden,
    }


@pytest.mark.parametrize("name", faceless())
def test_no_face_is_a_result_and_no_error(name: str) -> None:
    assert finder().find(faceless()[name]) is None
    assert finder().find_all(faceless()[name]) == []


@given(width=st.integers(1, 40), height=st.integers(1, 40), long=st.sampled_from([1, 1, 100]), seed=st.integers(0, 9))
@settings(max_examples=25)
def test_pictures_of_odd_shapes_are_searched_too(width: int, height: int, long: int, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 255, (height, width * long, 3), dtype=np.uint8)
    face = finder().find(Image.fromarray(noise))
    assert face is None or face.crop.size == (CROP_SIZE, CROP_SIZE)


fractions = st.floats(-0.5, 1.5)


@given(x=st.tuples(fractions, fractions), y=st.tuples(fractions, fractions), tilt=st.floats(-180, 180))
@settings(max_examples=50)
def test_any_stored_box_can_be_cropped(x: tuple[float, float], y: tuple[float, float], tilt: float) -> None:
    picture = Image.linear_gradient("L").resize((60, 40)).convert("RGB")
    assert crop_face(picture, (min(x), min(y), max(x), max(y)), tilt, 32).size == (32, 32)


def test_without_a_tilt_the_crop_is_the_square_around_the_box() -> None:
    picture = Image.new("RGB", (200, 200), "black")
    picture.paste("red", (80, 80, 120, 120))
    crop = crop_face(picture, (0.4, 0.4, 0.6, 0.6), 0, 42)
    assert crop.getpixel((21, 21)) == (255, 0, 0)
    assert crop.getpixel((0, 21)) != (255, 0, 0)  # the margin
    assert np.asarray(crop)[..., 0].mean() == pytest.approx(255 / 1.05**2, rel=0.03)


def shared(one: np.ndarray, other: np.ndarray) -> float:
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    both = np.prod(np.maximum(high - low, 0))
    return float(both / (np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2]) - both))


def assert_agreement(picture: Image.Image, smallest: int) -> None:
    theirs, probabilities, points = mtcnn(smallest).detect(picture, landmarks=True)
    ours = finder().cascade.detect(picture, smallest)
    assert len(ours.boxes) == (0 if theirs is None else len(theirs))
    for box, probability, marks in zip(ours.boxes, ours.probabilities, ours.points, strict=True):
        nearest = max(range(len(theirs)), key=lambda index: shared(box, theirs[index]))
        assert shared(box, theirs[nearest]) > 0.75
        assert probability == pytest.approx(probabilities[nearest], abs=0.05)
        assert marks == pytest.approx(np.asarray(points[nearest]), abs=0.08 * (box[3] - box[1]))


@cache
def mtcnn(smallest: int) -> Any:
    finder()  # it mends torchvision, which facenet_pytorch imports
    from facenet_pytorch import MTCNN

    return MTCNN(keep_all=True, min_face_size=smallest, device="cpu")


@pytest.mark.parametrize("person", range(PERSONS))
def test_our_cascade_agrees_with_facenets_own(person: int) -> None:
    assert_agreement(draw_face(person, EMOTIONS[person % 7], (160, 120)), 32)


def test_both_see_two_faces_and_none() -> None:
    assert_agreement(two_faces(drawn(0), draw_face(1, "anger", (160, 120)), large_first=True), 32)
    assert_agreement(Image.new("RGB", SIZE, WALL), 32)


@pytest.mark.skipif(not COLOUR_FACES.is_file(), reason="no faces_color.zip in $TRAINING_DATA or ../shared/data")
def test_photographed_faces_are_found_where_facenet_finds_them() -> None:
    with zipfile.ZipFile(COLOUR_FACES) as archive:
        names = [name for name in sorted(archive.namelist()) if name.endswith("5.jpg")][::280][:10]
        pictures = [Image.open(io.BytesIO(archive.read(name))).convert("RGB") for name in names]
    assert len(pictures) == 10
    for picture in pictures:
        [theirs], _ = mtcnn(32).detect(picture)
        face = found(picture)
        assert shared(np.multiply(face.box, picture.size * 2), np.clip(theirs, 0, 112)) > 0.7


def test_the_nets_learn_nothing_while_they_judge() -> None:
    cascade = Cascade()
    assert not any(weight.requires_grad for net in cascade.nets for weight in net.parameters())
    assert not any(net.training for net in cascade.nets)


def swayed(number: int) -> Image.Image:
    height = (0.5 + 0.01 * number) * SIZE[1]
    return draw_face(0, "happiness", SIZE, tilt=number - 5, face_height=height)


def test_a_face_that_moves_is_followed_to_where_a_search_finds_it() -> None:
    face = found(swayed(0))
    for number in range(1, 12):
        followed, searched = finder().follow(swayed(number), face), found(swayed(number))
        assert followed is not None
        assert np.allclose(followed.box, searched.box, atol=0.04)
        assert abs(followed.tilt - searched.tilt) < 5
        face = followed


def test_a_face_that_holds_still_keeps_its_box_and_its_crop() -> None:
    face = found(drawn())
    again = face
    for _ in range(10):
        again = finder().follow(drawn(), again) or face
    assert (again.box, again.tilt) == (face.box, face.tilt)
    assert difference(again.crop, face.crop) < 1


@pytest.mark.parametrize("after", [Image.new("RGB", SIZE, WALL), Image.effect_noise(SIZE, 60).convert("RGB")])
def test_a_face_that_is_gone_is_not_followed(after: Image.Image) -> None:
    assert finder().follow(after, found(drawn())) is None
