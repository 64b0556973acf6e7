"""The webcam without a camera: a film and a folder of drawn faces in, a film out. And the moments of such a film."""

import csv
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from scoring import readers
from scoring.emotions import NAMES
from scoring.lab import frames, haar, moments, webcam
from scoring.lab.extras import MissingPackage, extra
from scoring.lab.moments import Timeline
from scoring.tests import drawn_data

RATE = 5
cv2 = extra("cv2")


@pytest.fixture(scope="module", autouse=True)
def weights(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("weights")
    drawn_data.untaught("cnn", folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers, "WEIGHTS", folder)
        yield folder


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds: a face, a wall, the face with another look."""
    path = tmp_path_factory.mktemp("film") / "viewer.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), RATE, (320, 240))
    wall = np.full((240, 320, 3), 128, np.uint8)
    faces = [cv2.imdecode(np.frombuffer(drawn_data.portrait(1, name), np.uint8), 1) for name in ("neutral", "anger")]
    for picture in [faces[0]] * 4 + [wall] * 2 + [faces[1]] * 4:
        writer.write(picture)
    writer.release()
    return path


def said(name: str, *words: object) -> str:
    told = StringIO()
    call_command(name, *map(str, words), net="cnn", detector="haar", stdout=told, stderr=told)
    return told.getvalue()


def pictures(path: Path) -> list[np.ndarray]:
    capture, found = cv2.VideoCapture(str(path)), []
    while (read := capture.read())[0]:
        found.append(read[1])
    return found


@pytest.mark.parametrize("ending", [".avi", ".mp4"])
def test_a_film_comes_out_as_long_as_it_went_in_with_the_emotion_drawn(film: Path, tmp_path: Path, ending: str) -> None:
    told = said("webcam", "--source", film, "--output", tmp_path / f"out{ending}")
    assert told.startswith("10 frames, 8 faces, ")
    before, after = pictures(film), pictures(tmp_path / f"out{ending}")
    assert len(after) == len(before)
    lower_left = (slice(150, 240), slice(0, 60))
    assert np.abs(after[0][lower_left].astype(int) - before[0][lower_left]).mean() > 20  # the bars
    assert np.abs(after[4][lower_left].astype(int) - before[4][lower_left]).mean() < 5  # nobody is there


def test_a_folder_of_pictures_is_a_film_too_and_names_what_it_cannot_read(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(2):
        (folder / f"{number}.jpg").write_bytes(drawn_data.portrait(number))
    (folder / "torn.png").write_bytes(b"no picture")
    told = said("webcam", "--source", folder, "--output", tmp_path / "out.avi", "--rate", 2)
    assert "torn.png" in told
    assert "2 frames" in told


def test_it_stops_after_so_many_frames(film: Path, tmp_path: Path) -> None:
    said("webcam", "--source", film, "--output", tmp_path / "out.avi", "--frames", 3)
    assert len(pictures(tmp_path / "out.avi")) == 3


def test_escape_closes_the_window(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[np.ndarray] = []
    monkeypatch.setattr(cv2, "imshow", lambda title, picture: shown.append(picture))
    monkeypatch.setattr(cv2, "waitKey", lambda wait: 27 if len(shown) == 2 else -1)
    monkeypatch.setattr(cv2, "destroyAllWindows", lambda: None)
    assert said("webcam", "--source", film).startswith("2 frames")


def test_without_a_window_one_is_told_how_to_get_one(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object) -> None:
        raise cv2.error("no display")

    monkeypatch.setattr(cv2, "imshow", nowhere)
    monkeypatch.setattr(cv2, "destroyAllWindows", nowhere)
    with pytest.raises(CommandError, match="--no-show"):
        said("webcam", "--source", film, "--show")


@pytest.mark.parametrize(
    ("source", "told"), [("no/such/film.mp4", "neither a camera's number"), ("77", "cannot open camera 77")]
)
def test_a_source_that_is_none_is_named(source: str, told: str) -> None:
    with pytest.raises(CommandError, match=told):
        said("webcam", "--source", source, "--no-show")


def test_a_file_that_is_no_film_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"no film")
    with pytest.raises(CommandError, match=r"film\.mp4"):
        said("webcam", "--source", tmp_path / "film.mp4", "--no-show")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match="holds no pictures"):
        said("webcam", "--source", tmp_path / "empty", "--no-show")


def test_a_films_name_must_tell_its_kind(film: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"\.avi"):
        said("webcam", "--source", film, "--output", tmp_path / "out.doc")


def test_an_opencv_without_cascades_is_told_which_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2.data, "haarcascades", "/nowhere/")
    with pytest.raises(MissingPackage, match="no Haar cascades"):
        haar.open_haar()


def test_frames_can_be_taken_some_time_apart(film: Path) -> None:
    times = [frame.time for frame in frames.open_source(str(film)).frames(every=0.5)]
    assert len(times) == 4
    assert np.diff(times).min() >= 0.5


def test_moments_writes_timeline_plot_and_time_codes(film: Path, tmp_path: Path) -> None:
    said("moments", film, "--output", tmp_path, "--shortest", 0.4)
    header, *rows = csv.reader((tmp_path / "timeline.csv").read_text().splitlines())
    assert header == ["seconds", "time", "strength", *NAMES]
    assert len(rows) == 10
    assert rows[4][3:] == [""] * 7  # the wall
    assert rows[5][1] == "00:00:01.000"
    assert (tmp_path / "timeline.png").is_file()
    assert (tmp_path / "moments.csv").read_text().startswith("begin,end,peak,emotion,strength")


def viewer(seconds: int, *events: tuple[float, float, str, float]) -> Timeline:
    """Neutral, but for (begin, end, emotion, share)."""
    times = np.arange(seconds * 5) / 5
    shares = np.zeros((len(times), 7))
    shares[:, NAMES.index("sad")] = 0.3  # a face that looks sad by nature
    for begin, end, emotion, share in events:
        shares[(times >= begin) & (times < end), NAMES.index(emotion)] += share
    shares[:, NAMES.index("neutral")] = 1 - shares.sum(1)
    return Timeline(times, shares)


def test_the_strongest_moments_come_first_and_do_not_overlap() -> None:
    found = moments.strongest(viewer(60, (10, 13, "happy", 0.4), (30, 34, "surprise", 0.7), (50, 51, "fear", 0.2)), 3)
    assert [each.emotion for each in found] == ["surprise", "happy", "fear"]
    for each, (begin, end) in zip(found, [(30, 34), (10, 13), (50, 51)], strict=True):
        assert abs(each.begin - begin) < 0.7
        assert abs(each.end - end) < 0.7
        assert each.begin <= each.peak < each.end
    spans = sorted((each.begin, each.end) for each in found)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_a_face_that_is_sad_by_nature_is_no_moment() -> None:
    assert moments.strongest(viewer(30), 5) == []


def test_a_moment_is_no_longer_and_no_shorter_than_was_asked() -> None:
    [long] = moments.strongest(viewer(60, (10, 30, "happy", 0.5)), 1, 1.5, 4.0)
    assert 3.0 <= long.end - long.begin <= 4.2
    [short] = moments.strongest(viewer(60, (10, 10.4, "happy", 0.9)), 1, 3.0, 8.0)
    assert short.end - short.begin >= 3.0 - 1e-6


def test_a_film_without_any_face_has_no_moments(tmp_path: Path) -> None:
    timeline = Timeline(np.arange(5) / 5, np.full((5, 7), np.nan))
    assert moments.strongest(timeline, 3) == []
    moments.write(timeline, [], tmp_path)
    assert moments.strongest(Timeline(np.zeros(0), np.zeros((0, 7))), 3) == []


def test_time_codes_are_as_cutters_write_them() -> None:
    assert moments.time_code(3723.4567) == "01:02:03.457"


def test_pictures_of_another_size_are_fitted_into_the_film(tmp_path: Path) -> None:
    with webcam._film(tmp_path / "out.avi", 5) as add:
        for size in ((101, 81), (40, 90)):
            add(Image.new("RGB", size, "red"))
    assert [picture.shape for picture in pictures(tmp_path / "out.avi")] == [(80, 100, 3)] * 2
