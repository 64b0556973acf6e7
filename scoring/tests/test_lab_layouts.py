"""Faces come alike from every layout, and no copy of a validation picture is trained on."""

from pathlib import Path

import numpy as np
import pytest

from scoring.lab import layouts
from scoring.lab.data import DataError
from scoring.tests import drawn_data
from scoring.tests.drawn_data import CHECK, TRAIN


@pytest.mark.parametrize("made", [drawn_data.table, drawn_data.folders, drawn_data.archive])
def test_every_layout_gives_the_same_faces_in_the_same_parts(tmp_path: Path, made: object) -> None:
    path = tmp_path / "fer2013.csv" if made is drawn_data.table else tmp_path
    pictures = layouts.read(made(path))  # type: ignore[operator]
    for part, faces in ((layouts.TRAIN, TRAIN), (layouts.VALIDATION, CHECK)):
        found = {pixels.tobytes() for pixels in pictures.of(part).pixels}
        assert found == {drawn_data.face(*each).tobytes() for each in faces}
    happy = pictures.of(layouts.VALIDATION)
    pixels = happy.pixels[happy.label == 1][0, :, :, 0]
    assert (pixels == drawn_data.face(3, "happiness")).all()


def test_a_table_is_found_by_its_folder_too(tmp_path: Path) -> None:
    drawn_data.table(tmp_path / "fer2013.csv")
    assert len(layouts.read(tmp_path).faces) == len(TRAIN) + len(CHECK)


def test_a_copy_of_a_validation_picture_is_no_training_picture(tmp_path: Path) -> None:
    drawn_data.folders(tmp_path)
    first = next((tmp_path / "test" / "happy").iterdir())
    (tmp_path / "train" / "sad" / "copy.png").write_bytes(first.read_bytes())
    pictures = layouts.read(tmp_path)
    assert len(pictures.of(layouts.TRAIN)) == len(TRAIN)
    assert (pictures.part == layouts.COPY).sum() == 1


def test_a_split_keeps_copies_together_and_loses_none(tmp_path: Path) -> None:
    pictures = layouts.read(drawn_data.archive(tmp_path))
    pictures = pictures._replace(group=np.arange(len(pictures.part)) // 2)
    rows, aside = pictures.split(0.3, seed=1)
    assert sorted([*rows, *aside]) == np.flatnonzero(pictures.part == layouts.TRAIN).tolist()
    assert not set(pictures.group[rows]) & set(pictures.group[aside])


def test_the_first_pictures_alone_can_be_trained_on(tmp_path: Path) -> None:
    pictures = layouts.read(drawn_data.archive(tmp_path))
    assert len(pictures.first(5).of(layouts.TRAIN)) == 5
    assert len(pictures.first(5).of(layouts.VALIDATION)) == len(CHECK)
    assert len(pictures.first(None).of(layouts.TRAIN)) == len(TRAIN)


def test_two_spellings_of_a_class_are_one(tmp_path: Path) -> None:
    (drawn_data.folders(tmp_path) / "train" / "happy").rename(tmp_path / "train" / "Happiness")
    assert len(layouts.read(tmp_path).of(layouts.TRAIN)) == len(TRAIN)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("emotion,pixels,Usage\n3,1 2 3,Training\n", "row 1: `pixels`"),
        (f"emotion,pixels,Usage\n9,{'0 ' * 2304},Training\n", "no emotion '9'"),
        (f"emotion,pixels,Usage\n1,{'0 ' * 2304},Elsewhere\n", "no part 'Elsewhere'"),
        ("emotion,pixels,Usage\n", "holds no faces"),
    ],
)
def test_a_row_that_cannot_be_meant_is_named(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "fer2013.csv").write_text(text)
    with pytest.raises(DataError, match=told):
        layouts.read(tmp_path / "fer2013.csv")


def test_without_data_one_is_told_how_to_name_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TRAINING_DATA", raising=False)
    for given in (None, str(tmp_path / "nowhere")):
        with pytest.raises(DataError, match="--data"):
            layouts.data_path(given)
    monkeypatch.setenv("TRAINING_DATA", str(tmp_path))
    assert layouts.data_path(None) == tmp_path
