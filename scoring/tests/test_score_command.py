"""`manage.py score`, as its user sees it."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from tests.faces import draw_face, photo_bytes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    for emotion, person in (("happiness", 0), ("sadness", 4)):
        (folder / f"{emotion}.jpg").write_bytes(photo_bytes(draw_face(person, emotion)))
    Image.new("RGB", (320, 240), "teal").save(folder / "wall.png")
    (folder / "text.jpg").write_text("no picture")
    return folder


def told(*photos: Path, prompt: str = "happiness", **options: Any) -> tuple[list[str], list[str], str]:
    """Lines of stdout and stderr, and the error it ends with."""
    out, err, error = StringIO(), StringIO(), ""
    try:
        call_command("score", *map(str, photos), prompt=prompt, stdout=out, stderr=err, **options)
    except CommandError as caught:
        error = str(caught)
    return out.getvalue().splitlines(), err.getvalue().splitlines(), error


def test_a_table_ranks_the_photos_and_names_the_winner(folder: Path) -> None:
    out, _, error = told(folder / "sadness.jpg", folder / "wall.png", folder / "happiness.jpg")
    head, first, second, last, winner = out
    assert "place" in head
    assert first.split()[0] == "1"
    assert first.endswith("happiness.jpg")
    assert second.endswith("sadness.jpg")
    assert last.endswith("wall.png: no face was found")
    assert winner == f"Winner: {folder / 'happiness.jpg'}"
    assert error == ""


def test_the_same_photo_twice_is_a_draw(folder: Path) -> None:
    out, _, _ = told(folder / "sadness.jpg", folder / "sadness.jpg")
    assert [line.split()[0] for line in out[1:3]] == ["1", "1"]
    assert out[-1].startswith("A draw: ")


def test_without_any_face_nobody_wins(folder: Path) -> None:
    assert told(folder / "wall.png")[0][-1] == "No winner: no face was found."


def test_photos_that_cannot_be_judged_are_named_and_the_others_ranked(folder: Path) -> None:
    out, err, error = told(folder / "text.jpg", folder / "happiness.jpg", folder / "absent.jpg")
    assert out[-1].startswith("Winner: ")
    assert err == [
        f"{folder / 'text.jpg'}: This is not a photo. Send a JPEG, PNG or WebP picture.",
        f"{folder / 'absent.jpg'}: No such file or directory",
    ]
    assert error == "2 of 3 photos could not be judged."


def test_json_is_one_object_a_line(folder: Path) -> None:
    photos = [folder / name for name in ("wall.png", "text.jpg", "happiness.jpg")]
    out, _, error = told(*photos, json=True)
    first, nobody, bad = map(json.loads, out)
    assert (first["place"], first["photo"]) == (1, str(photos[2]))
    assert -1 <= first["score"] <= 1
    assert 0 <= first["match"] <= 100
    assert len(first["face"]["box"]) == 4
    assert (nobody["place"], nobody["score"], nobody["face"]) == (None, None, None)
    assert "not a photo" in bad["error"]
    assert {line["prompt"] for line in (first, nobody, bad)} == {"happiness"}
    assert error == "1 of 3 photos could not be judged."


def test_an_empty_prompt_asks_for_nothing(folder: Path) -> None:
    assert "--prompt is empty" in told(folder / "wall.png", prompt="  ")[2]


def test_a_judge_that_cannot_be_used_is_one_line(folder: Path, settings: Any) -> None:
    settings.JUDGE = ("ViT-H-14",)
    assert "SCORER_CHECKPOINT" in told(folder / "wall.png")[2]
