"""`recognize`, `submission` and `explore` on drawn faces."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from scoring import readers
from scoring.emotions import NAMES, emotion_of
from scoring.lab import detectors, submission
from scoring.lab.reading import FaceReader
from scoring.photos import MAX_BYTES, read_file
from scoring.tests import drawn_data
from tests.faces import draw_face, photo_bytes


@pytest.fixture(scope="module", autouse=True)
def weights(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("weights")
    for net in ("best", "cnn"):
        drawn_data.untaught(net, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers, "WEIGHTS", folder)
        yield folder


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "ann.jpg"
    path.write_bytes(drawn_data.portrait())
    return path


def said(name: str, *words: str) -> str:
    told = StringIO()
    call_command(name, *words, stdout=told, stderr=told)
    return told.getvalue()


@pytest.mark.parametrize("detector", ["mtcnn", "haar"])
def test_either_detector_finds_the_drawn_face_where_it_is(detector: str) -> None:
    """One seed's way, and ours."""
    image = draw_face(1, "happiness", (640, 480))
    [found] = detectors.open_detector(detector)(image)
    left, top, right, bottom = found.box
    assert left < 320 < right
    assert top < 260 < bottom
    assert 100 < right - left < 330
    assert found.crop.shape == ((48, 48) if detector == "haar" else (112, 112, 3))


def test_no_face_is_found_on_a_wall() -> None:
    wall = Image.new("RGB", (320, 240), (120, 130, 140))
    assert [detectors.open_detector(name)(wall) for name in ("mtcnn", "haar")] == [[], []]


def test_recognize_tells_each_face(photo: Path) -> None:
    told = said("recognize", str(photo))
    assert f"{photo}: 1 face\n" in told
    assert "valence" in told


def test_recognize_as_json_gives_boxes_and_seven_shares(photo: Path) -> None:
    [line] = said("recognize", str(photo), "--json", "--net", "cnn", "--detector", "haar").splitlines()
    answer = json.loads(line)
    assert answer["photo"] == str(photo)
    assert answer["size"] == [320, 240]
    [face] = answer["faces"]
    assert list(face["shares"]) == list(NAMES)
    assert face["emotion"] == max(face["shares"], key=face["shares"].get)


def test_recognize_draws_what_it_found(photo: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "ann.png"
    other.parent.mkdir()
    other.write_bytes(photo_bytes(Image.new("RGB", (200, 160), "gray"), "PNG"))
    said("recognize", str(photo), str(other), "--annotate", str(tmp_path / "out"))
    drawn = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert drawn == ["ann-2.png", "ann.png"]  # neither overwrites the other
    with Image.open(tmp_path / "out" / "ann.png") as picture:
        assert picture.convert("RGB").tobytes() != draw_face(1, "happiness", (320, 240)).tobytes()


def test_recognize_goes_on_after_a_bad_photo_and_fails_at_the_end(photo: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"no photo")
    told = StringIO()
    with pytest.raises(CommandError, match="2 of 3 photos"):
        call_command(
            "recognize", tmp_path / "bad.jpg", tmp_path / "none.jpg", photo, "--json", stdout=told, stderr=told
        )
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    assert ["error" in line for line in lines] == [True, True, False]


def test_no_more_of_a_file_is_read_than_a_photo_may_have(tmp_path: Path) -> None:
    with (tmp_path / "film.jpg").open("wb") as file:
        file.truncate(10 * MAX_BYTES)
    assert len(read_file(tmp_path / "film.jpg")) == MAX_BYTES + 1


def test_a_net_that_no_juror_taught_says_so(photo: Path) -> None:
    with pytest.raises(CommandError, match="not taught by jurors"):
        said("recognize", str(photo), "--net", "cnn", "--by", "jury")


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    (tmp_path / "test").mkdir()
    for name, emotion in (("b", "anger"), ("a", "fear")):
        Image.fromarray(drawn_data.face(1, emotion)).save(tmp_path / "test" / f"{name}.png")
    (tmp_path / "test" / "photo.jpg").write_bytes(drawn_data.portrait())
    (tmp_path / "test" / "torn.png").write_bytes(b"\x89PNG")
    path = tmp_path / "sample_submission.csv"
    rows = ["b.png", "torn.png", "photo.jpg", "gone.png", "a.png"]
    path.write_text("id,note,emotion\n" + "".join(f"{name},n{i},happy\n" for i, name in enumerate(rows)))
    return path


def submit(sample: Path, output: Path, *words: str) -> str:
    test = sample.parent / "test"
    return said(
        "submission", "--test", str(test), "--sample", str(sample), "--output", str(output), "--net", "cnn", *words
    )


def test_a_submission_has_the_samples_columns_and_order(sample: Path, tmp_path: Path) -> None:
    told = submit(sample, tmp_path / "answers.csv")
    header, *rows = csv.reader((tmp_path / "answers.csv").read_text().splitlines())
    assert header == ["id", "note", "emotion"]
    assert [row[:2] for row in rows] == [
        *(["b.png", "n0"], ["torn.png", "n1"], ["photo.jpg", "n2"], ["gone.png", "n3"], ["a.png", "n4"])
    ]
    assert {row[2] for row in rows} <= set(NAMES)
    assert rows[1][2] == rows[3][2] == submission.MOST_COMMON
    assert "torn.png" in told
    assert "gone.png: no such picture" in told


def test_a_submission_is_the_same_every_time(sample: Path, tmp_path: Path) -> None:
    submit(sample, tmp_path / "one.csv")
    submit(sample, tmp_path / "two.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_bad_pictures_fail_a_submission_only_when_it_is_strict(sample: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        submit(sample, tmp_path / "answers.csv", "--strict")
    assert stopped.value.code == 1
    assert len((tmp_path / "answers.csv").read_text().splitlines()) == 6
    sample.write_text("image,label\na,0\n")
    submit(sample, tmp_path / "answers.csv", "--strict")


@pytest.mark.parametrize("rest", ["id\na\n", "id,emotion\na\n", ""])
def test_a_sample_without_room_for_answers_is_refused(sample: Path, tmp_path: Path, rest: str) -> None:
    sample.write_text(rest)
    with pytest.raises(CommandError, match="a column for the picture"):
        submit(sample, tmp_path / "answers.csv")


def test_a_sample_that_is_no_table_is_told(sample: Path, tmp_path: Path) -> None:
    sample.write_bytes("id,emotion\nüber.png,happy\n".encode("latin-1"))
    with pytest.raises(CommandError, match="CSV in UTF-8"):
        submit(sample, tmp_path / "answers.csv")


def test_answers_are_spelled_as_the_sample_spells_them() -> None:
    assert submission.spelled_as(["3", "0"])["angry"] == "0"
    assert submission.spelled_as(["Anger", "Happiness"])["angry"] == "Anger"
    assert submission.spelled_as(["?"])["angry"] == "angry"
    assert [emotion_of(word) for word in ("Fearful", "6", "7", "bliss")] == [6, 0, None, None]


def test_the_columns_are_told_apart_by_what_they_hold(sample: Path) -> None:
    sample.write_text("emotion,usage,image_path\nhappy,x,a.png\nsad,x,b.png\n")
    found = submission.read_sample(sample, sample.parent / "test")
    assert (found.picture, found.answer) == (2, 0)


def test_explore_draws_counts_means_and_samples(tmp_path: Path) -> None:
    drawn_data.folders(tmp_path / "data")
    told = said("explore", "--data", str(tmp_path / "data"), "--output", str(tmp_path / "out"), "--class", "anger")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("classes.png", "mean_faces.png", "samples_angry.png")
    ]
    assert len(told.splitlines()) == 3
    with pytest.raises(CommandError, match="no picture of 'bliss'"):
        said("explore", "--data", str(tmp_path / "data"), "--class", "bliss")


def test_the_largest_face_comes_first_and_a_crop_is_a_face_by_itself() -> None:
    reader = FaceReader("cnn", "none")
    [face] = reader.read(Image.fromarray(drawn_data.face(1, "sadness")))
    assert face.box == (0, 0, 48, 48)
    pair = Image.new("RGB", (900, 480))
    pair.paste(draw_face(2, "anger", (300, 240)), (600, 100))
    pair.paste(draw_face(1, "anger", (600, 480)), (0, 0))
    for name in ("mtcnn", "haar"):
        left = [found.box[0] for found in detectors.open_detector(name)(pair)]
        assert left == sorted(left)
        assert len(left) == 2
