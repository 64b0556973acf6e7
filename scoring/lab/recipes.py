"""How each of the five nets is made: its plan, what it is taught, and how it is measured.

The training part is split once more: a share is kept aside to look at while training. The validation part is read when
the weights lie in their file, and through that file, so the figures are those of what ships.
"""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from scoring.lab import layouts, nets, plots, training
from scoring.lab.clip_tower import clip_weights, read_tower
from scoring.lab.data import DataError, Faces
from scoring.lab.leaning import settle
from scoring.lab.lessons import LESSONS
from scoring.lab.measure import Figures, measure
from scoring.lab.runs import Run
from scoring.packing import write_weights
from scoring.readers import answer_of, weights_path


@dataclass(frozen=True)
class Wishes:
    """What a caller asks otherwise than the recipe says."""

    changes: dict[str, str] = field(default_factory=dict)  # of the plan, or of the boosting's settings
    rows: int | None = None  # training pictures, the first so many
    start: Path | None = None  # the small CLIP to begin from; None: the one that ships
    scratch: bool = False  # begin from random numbers instead
    fresh: bool = False  # forget the run's checkpoint


@dataclass(frozen=True)
class Work:
    name: str
    pictures: layouts.Pictures
    run: Run
    weights: Path
    wishes: Wishes


@dataclass(frozen=True)
class Recipe:
    about: str
    fit: Callable[[Work], Figures]  # writes the weights, returns what should be known of the training


def run(name: str, data: Path, folder: Path, weights: Path | None = None, wishes: Wishes | None = None) -> Figures:
    """Trains in the run's folder, or goes on where an interrupted training stopped; returns what was measured."""
    wishes = wishes or Wishes()
    pictures = layouts.read(data)
    if not (pictures.part == layouts.VALIDATION).any():
        raise DataError(f"{data} has no validation part to measure on.")
    if wishes.fresh:
        shutil.rmtree(folder, ignore_errors=True)
    work = Work(name, pictures.first(wishes.rows), Run(folder), weights_path(name, weights), wishes)
    notes = RECIPES[name].fit(work)
    figures = measure(name, work.weights, pictures.of(layouts.VALIDATION), folder, wishes.start)
    found = {"net": name, "about": RECIPES[name].about, "changes": wishes.changes, **figures, **notes}
    work.run.finish(**found)
    return found


def _fit_net(work: Work) -> Figures:
    lesson = LESSONS[work.name]
    plan = training.changed(lesson.plan, work.wishes.changes)
    rows, aside = work.pictures.split(plan.held, plan.seed)
    part, held = (lesson.taken(work.pictures.faces.take(chosen)) for chosen in (rows, aside))
    torch.manual_seed(plan.seed)  # the first weights are drawn while the net is built
    net = nets.build(work.name)
    if lesson.on_tower and not work.wishes.scratch:
        net.begin_from(read_tower(work.wishes.start or clip_weights()))
    goal = training.Goal(lesson.loss, lambda outputs: _looked_at(work.name, outputs, held), lesson.main)
    history = training.train(net, training.Part(part, lesson.targets(part)), held, goal, plan, work.run)
    if lesson.settles:
        by = held if lesson.settles == "held" else part
        settle(net, by, lesson.labels(by), plan.side, plan.seed)
    write_weights(net.state_dict(), work.weights, {"net": work.name}, bits=8 if lesson.on_tower else 16)
    plots.curves(history, work.run.folder / "curves.png")
    notes = {"scratch": True} if work.wishes.scratch else {}
    return {"plan": asdict(plan), "trained_on": len(part), "epochs": history[-1]["epoch"], **notes}


def _looked_at(name: str, outputs: np.ndarray, held: Faces) -> dict[str, float]:
    answer = answer_of(name, outputs)
    labelled = held.label >= 0
    figures = {"accuracy": float((answer.label.argmax(1) == held.label)[labelled].mean())}
    if answer.jury is not None:
        figures["jury"] = float((answer.jury.argmax(1) == held.votes[:, :7].argmax(1)).mean())
    return figures


def _fit_boosting(work: Work) -> Figures:
    from scoring.lab.boosting import FEATURES, PIXELS, Describer

    rows, aside = work.pictures.split(0.15, seed=42)
    faces = work.pictures.faces
    check = np.flatnonzero(work.pictures.part == layouts.VALIDATION)
    parts = tuple(chosen[faces.label[chosen] >= 0] for chosen in (rows, aside, check))
    changes = _whole_numbers(work.wishes.changes)
    _, on_pixels = _boosted(
        {**PIXELS, **changes}, faces.pixels.reshape(len(faces), -1), faces, parts, work.run.folder / "pixels"
    )
    describer = Describer(work.wishes.start)
    columns = describer.describe_rows(faces.pixels[..., 0], np.concatenate(parts))
    model, on_features = _boosted(
        {**FEATURES, **changes}, columns, faces, parts, work.run.folder / f"features-{describer.version}"
    )
    model.get_metadata()["clip"] = describer.version
    work.weights.parent.mkdir(parents=True, exist_ok=True)
    model.save_model(str(work.weights))
    _boosting_curves(model, work.run.folder / "curves.png")
    return {
        "pixels": on_pixels,
        "features": on_features,
        "plan": {**FEATURES, **changes},
        "trained_on": len(parts[0]),
        "epochs": on_features["trees"],
    }


def _whole_numbers(changes: dict[str, str]) -> dict[str, int]:
    try:
        return {name: int(value) for name, value in changes.items()}
    except ValueError:
        raise DataError(f"{changes}: the boosting's settings that can be changed are whole numbers.") from None


def _boosted(
    settings: dict[str, Any], columns: np.ndarray, faces: Faces, parts: tuple[np.ndarray, ...], folder: Path
) -> tuple[Any, Figures]:
    from scoring.lab.boosting import fit

    rows, aside, check = parts
    train, watch = ((columns[chosen], faces.label[chosen]) for chosen in (rows, aside))
    model = fit(settings, train, watch, folder)

    def accuracy(chosen: np.ndarray) -> float:
        return round(float((model.predict(columns[chosen]).ravel() == faces.label[chosen]).mean()), 4)

    return model, {"aside": accuracy(aside), "accuracy": accuracy(check), "trees": int(model.tree_count_)}


def _boosting_curves(model: Any, path: Path) -> None:
    rounds = model.get_evals_result()
    looks = zip(rounds["learn"]["MultiClass"], rounds["validation"]["Accuracy"], strict=True)
    plots.curves([{"epoch": i, "loss": loss, "accuracy": accuracy} for i, (loss, accuracy) in enumerate(looks)], path)


RECIPES = {
    "cnn": Recipe("the plain CNN", _fit_net),
    "cnn6": Recipe("the regularised CNN of six classes", _fit_net),
    "boosting": Recipe("CatBoost on gradients and the small CLIP's face vector", _fit_boosting),
    "best": Recipe("the small CLIP's image tower, taught labels and votes", _fit_net),
    "affect": Recipe("the same tower, taught valence and arousal", _fit_net),
}
