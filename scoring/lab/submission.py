"""Answers for a competition: one emotion for each picture of its sample, in the sample's own columns and order."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from scoring.emotions import NAMES, SHORT, emotion_of
from scoring.lab.layouts import PICTURES
from scoring.lab.reading import FaceReader
from scoring.photos import PhotoError, open_photo, read_file

MOST_COMMON = "happy"  # of FER2013's training part: a quarter of it
PICTURE_COLUMNS = ("image_path", "image", "picture", "photo", "filename", "file", "path", "img", "id", "name")
ANSWER_COLUMNS = ("emotion", "label", "class", "expression", "target", "answer", "prediction")
SMALLEST_PHOTO = 96  # a smaller picture is a face already: a detector would only cut into it
SHORTEST_SIDE = 480


class SampleError(Exception):
    """The sample does not say where the answers go."""


@dataclass(frozen=True)
class Sample:
    header: list[str]
    rows: list[list[str]]
    picture: int  # its column
    answer: int


@dataclass
class Answers:
    emotions: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)  # pictures that got the most common class, and why


def read_sample(path: Path, test: Path) -> Sample:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            header, *rows = [row for row in csv.reader(file) if row] or [[]]
    except (UnicodeDecodeError, csv.Error) as error:
        raise SampleError(f"{path} is not a table (CSV in UTF-8) that can be read: {error}") from error
    if len(header) < 2 or any(len(row) != len(header) for row in rows):
        raise SampleError(f"{path} needs a column for the picture and one for the answer, in every row.")
    picture = _picture_column(header, rows, test)
    return Sample(header, rows, picture, _answer_column(header, picture))


def _picture_column(header: list[str], rows: list[list[str]], test: Path) -> int:
    """The one that names files; where none does, the one that is called so."""
    found = [sum(find_picture(test, row[column]) is not None for row in rows[:200]) for column in range(len(header))]
    if max(found, default=0):
        return found.index(max(found))
    return _called(header, PICTURE_COLUMNS, 0)


def _answer_column(header: list[str], picture: int) -> int:
    rest = [column for column in range(len(header)) if column != picture]
    return rest[_called([header[column] for column in rest], ANSWER_COLUMNS, len(rest) - 1)]


def _called(header: Sequence[str], names: Sequence[str], otherwise: int) -> int:
    plain = [name.strip().lower() for name in header]
    return next((plain.index(name) for name in names if name in plain), otherwise)


def find_picture(test: Path, name: str) -> Path | None:
    """As the sample writes it: beneath the folder, beside it, or without folder or ending."""
    name = name.strip().replace("\\", "/")
    places = [test / name, test.parent / name, test / Path(name).name] if name else []
    endings = ("", *PICTURES)
    return next((p for place in places for e in endings if (p := place.with_name(place.name + e)).is_file()), None)


def answer(sample: Sample, test: Path, reader: FaceReader) -> Answers:
    answers = Answers()
    spelling = spelled_as([row[sample.answer] for row in sample.rows])
    for row in tqdm(sample.rows, desc="pictures", leave=False, mininterval=1):
        try:
            emotion = read_one(find_picture(test, row[sample.picture]), reader)
        except (PhotoError, OSError) as error:
            answers.bad.append(f"{row[sample.picture]}: {error}")
            emotion = MOST_COMMON
        answers.emotions.append(spelling[emotion])
    return answers


def read_one(path: Path | None, reader: FaceReader) -> str:
    if path is None:
        raise FileNotFoundError("no such picture")
    image = open_photo(read_file(path), SHORTEST_SIDE)
    faces = reader.read(image) if min(image.size) >= SMALLEST_PHOTO else []
    return faces[0].emotion if faces else reader.read_whole(image).emotion


def spelled_as(samples: Sequence[str]) -> dict[str, str]:
    """Our names, but FER2013's numbers or another spelling where the sample uses one."""
    spelling = {name: name for name in NAMES}
    if samples and all(word.strip().isdecimal() for word in samples):
        return {name: str(number) for number, name in enumerate(NAMES)}
    for word in samples:
        if (emotion := emotion_of(word)) is not None and not word.strip().isdecimal():
            spelling[SHORT[emotion]] = word.strip()
    return spelling


def write(sample: Sample, answers: Answers, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(sample.header)
        for row, emotion in zip(sample.rows, answers.emotions, strict=True):
            table.writerow([emotion if column == sample.answer else cell for column, cell in enumerate(row)])
