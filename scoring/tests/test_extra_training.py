"""Photos that players gave: drawn faces here, a few steps, and every word on whether the weights are replaced."""

import json
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command

from scoring import open_scorer
from scoring.clip import SHIPPED, WEIGHTS
from scoring.lab import adoption, extra_set, extra_training
from scoring.lab.adoption import DECIDING, Decision
from scoring.lab.data import DataError
from scoring.lab.extra_training import ExtraPlan, Known
from scoring.management import extra as course
from scoring.tests.drawn_data import archive
from scoring.tests.test_clip_training import invented
from tests.faces import draw_face, photo_bytes

SHOWN = ("happiness", "surprise", "sadness", "anger")
FEW = ExtraPlan(steps=6, batch=6, old=8)


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    """Several would wait for each other on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set as `export_training` writes it."""
    folder = tmp_path_factory.mktemp("set")
    lines = []
    for number, emotion in enumerate(SHOWN * 2):
        (folder / f"{number}.jpg").write_bytes(photo_bytes(draw_face(number, emotion, (320, 240))))
        lines.append({"file_name": f"{number}.jpg", "text": emotion, "box": [0.3, 0.2, 0.7, 0.8], "tilt": 0.0})
    del lines[-1]["box"]  # it is looked for
    lines.append({"file_name": "gone.jpg", "text": "fear", "box": [0, 0, 1, 1]})
    (folder / "captions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "set.json").write_text(json.dumps({"set": "abc"}))
    return folder


@pytest.fixture(scope="module")
def extra(folder: Path) -> extra_set.ExtraSet:
    return extra_set.read(folder)


@pytest.fixture(scope="module")
def known() -> Known:
    gray, color = invented(40, colour=False), invented(40, colour=True)
    return Known(gray, color, invented(90, colour=False, seed=1), invented(60, colour=True, seed=2))


def test_a_set_is_read_as_faces_and_captions_without_what_was_taken_back(extra: extra_set.ExtraSet) -> None:
    assert (extra.number, extra.texts) == ("abc", list(SHOWN * 2))
    assert extra.pixels.shape == (8, extra_set.SIDE, extra_set.SIDE, 3)


def test_what_is_no_set_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no set"):
        extra_set.read(tmp_path)
    (tmp_path / "set.json").write_text('{"set": "abc"}')
    (tmp_path / "captions.jsonl").write_text("")
    with pytest.raises(DataError, match="too few"):
        extra_set.read(tmp_path)


def test_given_faces_come_nearer_to_their_captions_and_what_was_known_stays(
    extra: extra_set.ExtraSet, known: Known
) -> None:
    clip = extra_training.opened(extra_training.weights_file(WEIGHTS))
    x = torch.rand(8, 3, 48, 48, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        before = clip.visual.trunk(x)
    texts = {name: value.clone() for name, value in clip.state_dict().items() if not name.startswith("visual")}
    # The judge tells these faces already: so there is something to learn, each has its neighbour's caption.
    new = replace(extra, texts=extra.texts[1:] + extra.texts[:1])
    losses = extra_training.fine_tune(clip, new, [known.gray, known.color], ExtraPlan(steps=8, batch=8, old=8))
    assert np.mean(losses[-2:]) < np.mean(losses[:2])
    with torch.inference_mode():
        after = clip.visual.trunk(x)
    assert torch.nn.functional.cosine_similarity(before, after).min() > 0.8
    assert all(torch.equal(value, clip.state_dict()[name]) for name, value in texts.items())


def test_what_came_out_judges(extra: extra_set.ExtraSet, known: Known, tmp_path: Path) -> None:
    extra_training.train_extra(extra, known, WEIGHTS, tmp_path, FEW)
    scorer = adoption.judge_with(tmp_path)
    assert scorer.version != open_scorer().version
    score = scorer.score(photo_bytes(draw_face(1, "happiness", (320, 240))), "happiness")
    assert score.match is not None


def test_jury_agreement_is_the_one_that_evaluate_tells(tmp_path: Path) -> None:
    archive(tmp_path)
    out = StringIO()
    call_command("evaluate", jury=True, data=str(tmp_path), weights=WEIGHTS, stdout=out)
    found = adoption.deciding(adoption.jury_of(open_scorer(), tmp_path))
    assert found.keys() == set(DECIDING)
    for name, value in found.items():
        assert any(f"{value:7.4f}" in line and line.endswith(name) for line in out.getvalue().splitlines())


@pytest.mark.parametrize(
    ("before", "after", "adopted"),
    [
        ((0.9, 0.8), (0.9, 0.8), True),
        ((0.9, 0.8), (0.91, 0.81), True),
        ((0.9, 0.8), (0.95, 0.799), False),
        ((0.9, 0.8), (0.899, 0.9), False),
        ((0.9, 0.8), (float("nan"), 0.9), False),
        ((float("nan"),) * 2, (float("nan"),) * 2, False),
    ],
)
def test_weights_are_adopted_only_where_no_figure_falls(before: Any, after: Any, adopted: bool) -> None:
    pair = (dict(zip(DECIDING, values, strict=True)) for values in (before, after))
    assert Decision(*pair).adopted is adopted


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    folder = tmp_path / "weights"
    folder.mkdir()
    for file in (extra_training.weights_file, extra_training.statistics_file):
        file(folder).write_bytes(file(WEIGHTS).read_bytes())
    return folder


def trained(folder: Path, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: float) -> str:
    """The command as it decides: the course itself, and what the jury says of it, are told beforehand."""
    archive(tmp_path)
    jury = {"weights": 0.9, "new": after}
    monkeypatch.setattr(course, "training_parts", lambda data: (None,) * 4)
    monkeypatch.setattr(extra_training, "train_extra", written)
    monkeypatch.setattr(adoption, "judge_with", lambda weights: jury[weights.name])
    monkeypatch.setattr(adoption, "jury_of", lambda value, data: value)
    monkeypatch.setattr(adoption, "deciding", lambda value: dict.fromkeys(DECIDING, value))
    out, runs = StringIO(), str(tmp_path / "runs")
    options: dict[str, Any] = {"extra": folder, "weights": weights, "runs": runs, "data": str(tmp_path), "steps": 2}
    call_command("train", "clip", threads=1, stdout=out, **options)
    return out.getvalue()


def written(extra: extra_set.ExtraSet, known: Known, before: Path, after: Path, plan: ExtraPlan) -> None:
    after.mkdir(parents=True)
    for file in (extra_training.weights_file, extra_training.statistics_file):
        file(after).write_bytes(b"new")


@pytest.mark.django_db
def test_better_weights_take_the_old_ones_place(
    folder: Path, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = extra_training.weights_file(weights).read_bytes()
    told = trained(folder, weights, tmp_path, monkeypatch, after=0.9)
    assert "Adopted" in told
    assert "not in this database" in told
    assert extra_training.weights_file(weights).read_bytes() == b"new"
    assert (tmp_path / "runs" / "clip-extra-abc" / "old" / f"{SHIPPED}.safetensors").read_bytes() == before
    assert [path.name for path in weights.glob("*.new")] == []


@pytest.mark.django_db
def test_worse_weights_do_not(folder: Path, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = extra_training.weights_file(weights).read_bytes()
    with pytest.raises(CommandError, match="would fall"):
        trained(folder, weights, tmp_path, monkeypatch, after=0.8999)
    assert extra_training.weights_file(weights).read_bytes() == before


def test_without_data_to_measure_on_nothing_is_trained(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRAINING_DATA", raising=False)
    with pytest.raises(CommandError, match="jury agreement falls"):
        call_command("train", "clip", extra=folder, threads=1)
