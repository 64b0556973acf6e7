"""Ten steps on drawn faces: every net trains by one command, goes on after a kill, and ends in weights that load."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command

from scoring.lab import clip_tower, layouts, lessons, losses, nets, report, training
from scoring.lab.data import DataError, Faces
from scoring.lab.runs import Run
from scoring.recognizer import NETS, EmotionRecognizer
from scoring.tests import drawn_data

PAGE = f"# Experiments\n\n{report.BEGIN}\nold\n{report.END}\n\nthe end\n"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn_data.archive(tmp_path_factory.mktemp("data"))


@pytest.fixture(autouse=True)
def small_clip(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.mktemp("clip")
    drawn_data.untaught_clip(folder)
    monkeypatch.setattr(clip_tower, "WEIGHTS", folder)


def train(net: str, data: Path, folder: Path, **options: Any) -> None:
    given = {"data": str(data), "runs": str(folder / "runs"), "weights": folder / "weights", "threads": 1, **options}
    call_command("train", net, **given)


SLOWER = ("boosting", "best", "affect")


@pytest.mark.parametrize("net", [pytest.param(net, marks=[pytest.mark.slow] if net in SLOWER else []) for net in NETS])
def test_a_training_leaves_weights_figures_and_plots(net: str, data: Path, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    changes = ["iterations=10"] if net == "boosting" else ["steps=10", "batch=4"]
    train(net, data, tmp_path, changes=[change.split("=") for change in changes], page=tmp_path / "page.md")
    shares = EmotionRecognizer(net, next((tmp_path / "weights").iterdir())).predict_proba(drawn_data.face(1, "fear"))
    assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
    run = tmp_path / "runs" / net
    figures = json.loads((run / "metrics.json").read_text())
    assert 0 <= figures["jury_accuracy"] <= 1
    assert figures["bytes"] > 0
    for picture in ("curves.png", "confusion.png", "plane.png"):
        assert (run / picture).read_bytes().startswith(b"\x89PNG")
        assert (tmp_path / "page" / f"{net}-{picture}").is_file()
    page = (tmp_path / "page.md").read_text()
    assert f"| `{net}` |" in page
    assert page.endswith("the end\n")
    assert "old" not in page


def test_a_face_table_is_enough_to_train_on(tmp_path: Path) -> None:
    table = drawn_data.table(tmp_path / "fer2013.csv")
    train("cnn", table, tmp_path, changes=[("steps", "2"), ("batch", "8")])
    figures = json.loads((tmp_path / "runs" / "cnn" / "metrics.json").read_text())
    assert "accuracy" in figures
    assert "jury_accuracy" not in figures  # nobody voted


def test_what_ships_is_not_overwritten_by_a_trial(data: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--as"):
        call_command("train", "cnn", data=str(data), runs=str(tmp_path), changes=[("steps", "1")])


@pytest.mark.parametrize("alias", ["cnn", "clip", "..", "a/b", ""])
def test_a_trial_takes_no_name_that_others_have_and_none_of_another_folder(
    data: Path, tmp_path: Path, alias: str
) -> None:
    with pytest.raises(CommandError, match="a trial's name"):
        call_command("train", "best", data=str(data), runs=str(tmp_path / "runs"), weights=tmp_path, alias=alias)


def test_a_page_that_takes_no_figures_is_told_before_the_training(data: Path, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("words")
    with pytest.raises(CommandError, match="lacks the marks"):
        train("cnn", data, tmp_path, page=tmp_path / "page.md")
    assert not (tmp_path / "runs").exists()


def test_a_trial_stays_in_its_own_run(data: Path, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    changes = [("steps", "2"), ("augment", "light")]
    options = {"alias": "cnn-moved", "changes": changes, "page": tmp_path / "page.md", "weights": None}
    train("cnn", data, tmp_path, **options)
    assert (tmp_path / "runs" / "cnn-moved" / "cnn.safetensors").is_file()
    assert "| `cnn-moved` | cnn | steps 2, augment light |" in (tmp_path / "page.md").read_text()
    assert not list((tmp_path / "page").glob("*.png"))


@pytest.mark.parametrize("change", [("speed", "1"), ("epochs", "many"), ("augment", "maybe")])
def test_a_plan_takes_no_change_that_cannot_be_meant(change: tuple[str, str]) -> None:
    with pytest.raises(DataError, match="does not fit the plan"):
        training.changed(lessons.LESSONS["cnn"].plan, dict([change]))


class Killed(Exception):
    pass


def course(data: Path, folder: Path, plan: training.Plan, most: int | None = None, seed: int = 1) -> list[torch.Tensor]:
    """The plain CNN's weights after its training, or after a kill in step `most`."""
    lesson, pictures = lessons.LESSONS["cnn"], layouts.read(data)
    rows, aside = pictures.split(0.3, 1)
    part, held = pictures.faces.take(rows), pictures.faces.take(aside)
    torch.manual_seed(seed)
    net, seen = nets.build("cnn"), 0

    def loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        nonlocal seen
        seen += 1
        if seen == most:
            raise Killed
        return lesson.loss(logits, targets)

    def figures(outputs: np.ndarray) -> dict[str, float]:
        return {"accuracy": float((outputs.argmax(1) == held.label).mean())}

    goal = training.Goal(loss, figures, "accuracy")
    training.train(net, training.Part(part, lesson.targets(part)), held, goal, plan, Run(folder))
    return list(net.state_dict().values())


@pytest.mark.parametrize("changes", [{}, {"augment": "strong", "average": 0.9, "cycle": True}])
def test_a_killed_training_ends_where_an_unharmed_one_does(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    monkeypatch.setattr(training, "SAVE_EVERY", 1)
    plan = training.Plan(epochs=3, batch=5, **changes)
    whole = course(data, tmp_path / "whole", plan)
    with pytest.raises(Killed):
        course(data, tmp_path / "broken", plan, most=5)
    again = course(data, tmp_path / "broken", plan)
    for one, other in zip(whole, again, strict=True):
        assert torch.allclose(one.float(), other.float(), atol=1e-5)


def test_a_run_of_another_plan_is_not_gone_on_with(data: Path, tmp_path: Path) -> None:
    course(data, tmp_path, training.Plan(epochs=1, batch=8))
    with pytest.raises(DataError, match="--fresh"):
        course(data, tmp_path, training.Plan(epochs=2, batch=8))


def test_a_run_from_another_beginning_is_not_gone_on_with(data: Path, tmp_path: Path) -> None:
    """Else figures of a net that began from the small CLIP would be told of one that began from random numbers."""
    plan = training.Plan(epochs=1, batch=8)
    course(data, tmp_path, plan)
    with pytest.raises(DataError, match="other weights"):
        course(data, tmp_path, plan, seed=2)


class Still(torch.nn.Module):
    """Learns nothing, so every look after the first is without a gain."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(7))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weight * 0 + x.new_zeros(len(x), 7)


def test_without_gain_the_rate_is_halved_and_then_the_training_stops(data: Path, tmp_path: Path) -> None:
    faces = layouts.read(data).faces
    part = training.Part(faces, torch.eye(7)[torch.from_numpy(faces.label.astype(int))])
    goal = training.Goal(losses.soft_cross_entropy, lambda outputs: {"accuracy": 0.5}, "accuracy")
    plan = training.Plan(epochs=50, batch=16, plateau=2, patience=5)
    history = training.train(Still(), part, faces, goal, plan, Run(tmp_path))
    assert len(history) == 6
    state = Run(tmp_path).load()
    assert state is not None
    assert state["halvings"] == 2
    assert state["movers"][0]["param_groups"][0]["lr"] == pytest.approx(plan.lr / 4)


def test_the_best_weights_are_kept_not_the_last(data: Path, tmp_path: Path) -> None:
    faces = layouts.read(data).faces
    scores = iter([0.3, 0.9, 0.1, 0.2])
    goal = training.Goal(losses.soft_cross_entropy, lambda outputs: {"accuracy": next(scores)}, "accuracy")
    net = nets.build("cnn")
    part = training.Part(faces, torch.eye(7)[torch.from_numpy(faces.label.astype(int))])
    training.train(net, part, faces, goal, training.Plan(epochs=4, batch=16), Run(tmp_path))
    state = Run(tmp_path).load()
    assert state is not None
    assert state["best_score"] == 0.9
    assert torch.equal(net.state_dict()["1.weight"], state["best"]["1.weight"])
    assert not torch.equal(net.state_dict()["1.weight"], state["net"]["1.weight"])


def test_nothing_is_learned_of_a_picture_without_a_label() -> None:
    logits = torch.randn(3, 7)
    targets = torch.eye(7)[:3]
    targets[2] = 0
    assert torch.allclose(
        losses.soft_cross_entropy(logits, targets), losses.soft_cross_entropy(logits[:2], targets[:2])
    )


def test_labels_are_softened_by_the_votes_but_never_turned() -> None:
    pictures = drawn_faces_with_votes()
    target = lessons.LESSONS["best"].targets(pictures)
    assert target.shape == (len(pictures), 14)
    assert (target[:, :7].argmax(1).numpy() == pictures.label).all()
    assert target[:, :7].sum(1).tolist() == pytest.approx([1] * len(pictures))


def drawn_faces_with_votes() -> Any:
    rng = np.random.default_rng(0)
    n = 70
    label = (np.arange(n) % 7).astype(np.int8)
    votes = (0.6 * np.eye(8)[label] + 0.4 * rng.dirichlet(np.ones(8), n)).astype(np.float32)
    pixels = rng.integers(0, 256, (n, 48, 48, 1), dtype=np.uint8)
    return Faces([str(i) for i in range(n)], pixels, None, votes, np.ones(n, bool), label, {})


@pytest.mark.parametrize("net", ["cnn", "cnn6", "best"])
def test_folded_nets_answer_as_before(net: str) -> None:
    torch.manual_seed(0)
    built = nets.build(net)
    x = torch.rand(6, 1, 48, 48)
    built.train()
    with torch.no_grad():
        built(x)  # norms that are not one and zero any more
        before = built.eval()(x)
        assert torch.allclose(nets.folded(built)(x), before, atol=1e-4)


@pytest.mark.parametrize("kind", sorted(training.AUGMENTS))
def test_a_changed_face_is_still_that_face_and_the_same_for_one_seed(kind: str) -> None:
    faces = drawn_faces_with_votes()
    faces.pixels[:] = drawn_data.face(1, "happiness")[..., None]
    rows = np.arange(40)
    one, same = (training.AUGMENTS[kind](faces, rows, 40, torch.Generator().manual_seed(5)) for _ in range(2))
    assert one.shape == (40, 3, 40, 40)
    assert torch.equal(one, same)
    assert 0 <= float(one.min())
    assert float(one.max()) <= 1 + 0.2  # noise may go over
    plain = training.AUGMENTS["none"](faces, rows[:1], 40, torch.Generator())
    alike = torch.corrcoef(torch.stack([plain.mean((0, 1)).ravel(), one.mean((0, 1)).ravel()]))[0, 1]
    assert alike > 0.8
