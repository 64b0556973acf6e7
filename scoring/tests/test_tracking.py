"""A face that is watched, frame after frame."""

import pytest
from PIL import Image

from scoring import PhotoError, open_scorer
from scoring.faces import Face
from scoring.judge import Scorer
from scoring.tracking import FOLLOWED, Tracker
from tests.faces import draw_face, photo_bytes

SIZE = (320, 240)
PROMPT = "a broad smile"


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return open_scorer()


@pytest.fixture
def tracker(scorer: Scorer) -> Tracker:
    return Tracker(scorer)


def frame(emotion: str = "happiness", height: float = 130) -> bytes:
    return photo_bytes(draw_face(0, emotion, SIZE, face_height=height))


def test_it_is_judged_as_a_photo_is(scorer: Scorer, tracker: Tracker) -> None:
    for _ in range(3):
        sight = tracker.look(frame(), PROMPT)
        assert sight is not None
        assert sight.match == scorer.score(frame(), PROMPT).match
        assert sight.profile == scorer.profile(sight.face.crop)


def test_without_a_prompt_there_is_no_match(tracker: Tracker) -> None:
    sight = tracker.look(frame())
    assert sight is not None
    assert sight.match is None


def test_it_is_searched_for_once_and_then_followed(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[Image.Image] = []
    search = tracker.scorer.find_face

    def find_face(image: Image.Image) -> Face | None:
        searched.append(image)
        return search(image)

    monkeypatch.setattr(tracker.scorer, "find_face", find_face)
    for _ in range(FOLLOWED + 1):
        tracker.look(frame())
    assert len(searched) == 1
    tracker.look(frame())  # now and then all the same: another face may have come nearer
    assert len(searched) == 2


def test_a_face_that_has_gone_is_none_and_comes_back(tracker: Tracker) -> None:
    wall = photo_bytes(Image.new("RGB", SIZE, "olive"))
    assert [tracker.look(each) is not None for each in (frame(), wall, frame())] == [True, False, True]


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "empty"), (b"none", "not_a_photo"), (photo_bytes(Image.new("RGB", (1300, 800))), "too_many_pixels")],
)
def test_what_is_no_frame_is_its_error(tracker: Tracker, data: bytes, reason: str) -> None:
    with pytest.raises(PhotoError) as caught:
        tracker.look(data)
    assert caught.value.reason == reason
    assert tracker.look(frame()) is not None
