"""Data sets in each layout that the lab reads, of a handful of drawn faces; and nets with random weights."""

import csv
import gzip
import json
from functools import cache
from pathlib import Path

import numpy as np
import torch

from scoring import EMOTIONS
from scoring.emotions import NAMES, SHORT
from scoring.lab import nets
from scoring.lab.clip_tower import NAME, PREFIX
from scoring.packing import write_weights
from scoring.readers import weights_path
from tests.faces import draw_face

SHAPES = ("jawOpen", "mouthSmileLeft", "mouthSmileRight")


@cache
def face(person: int, emotion: str) -> np.ndarray:
    """(48, 48) grey, as a data set crops it."""
    image = draw_face(person, emotion, (96, 96), face_height=80)
    return np.asarray(image.convert("L").resize((48, 48)))


@cache
def portrait(person: int = 1, emotion: str = "happiness") -> bytes:
    from tests.faces import photo_bytes

    return photo_bytes(draw_face(person, emotion, (320, 240)))


def rows(persons: range) -> list[tuple[int, str]]:
    return [(person, emotion) for person in persons for emotion in EMOTIONS]


TRAIN, CHECK = rows(range(3)), rows(range(3, 4))


def table(path: Path) -> Path:
    """fer2013.csv"""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["emotion", "pixels", "Usage"])
        for usage, part in (("Training", TRAIN), ("PublicTest", CHECK)):
            for person, emotion in part:
                number = NAMES.index(SHORT[EMOTIONS.index(emotion)])
                writer.writerow([number, " ".join(map(str, face(person, emotion).ravel())), usage])
    return path


def folders(path: Path) -> Path:
    """train/angry/1.png"""
    from PIL import Image

    for part, faces in (("train", TRAIN), ("test", CHECK)):
        for person, emotion in faces:
            folder = path / part / SHORT[EMOTIONS.index(emotion)]
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(face(person, emotion)).save(folder / f"{person}.png")
    return path


def archive(path: Path) -> Path:
    """This project's own files, with votes; the last training picture is a copy of one in the validation part."""
    faces = [*TRAIN, CHECK[0], *CHECK]
    label = np.array([EMOTIONS.index(emotion) for _, emotion in faces])
    votes = np.zeros((len(faces), 10), np.uint8)
    votes[np.arange(len(faces)), label] = 8
    votes[:, 0] += 2
    group = np.arange(len(faces))
    group[len(TRAIN)] = len(TRAIN) + 1
    np.savez(
        path / "faces_gray.npz",
        images=np.stack([face(*each) for each in faces]),
        part=np.array([0] * (len(TRAIN) + 1) + [1] * len(CHECK)),
        votes=votes,
        fer_label=np.array([NAMES.index(SHORT[i]) for i in label]),
        fer_classes=np.array(NAMES),
        dup_group=group,
        row=np.arange(len(faces)),
    )
    with gzip.open(path / "shapes_gray.csv.gz", "wt", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", *SHAPES])
        writer.writerows([str(row), *(0.1 for _ in SHAPES)] for row in range(len(faces)))
    return path


def untaught(name: str, folder: Path) -> Path:
    """A net as it is before its training, in a file as it ships."""
    torch.manual_seed(3)
    path = weights_path(name, folder)
    write_weights(nets.build(name).state_dict(), path, {"net": name}, bits=8)
    return path


def untaught_clip(folder: Path) -> Path:
    torch.manual_seed(4)
    (folder / f"{NAME}.json").write_text(json.dumps({"vision_cfg": {"image_size": 48}}))
    path = folder / f"{NAME}.safetensors"
    write_weights({PREFIX + key: value for key, value in nets.tower(8).state_dict().items()}, path, {})
    return path
