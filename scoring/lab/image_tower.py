"""Training the image tower on concepts.

Every concept has a vector; a picture's score for it is their cosine, as it will be with a prompt's vector later.
Three losses: the votes as a whole (dense, learns fast), the order of pictures within one concept (this is the game),
and each score by itself (keeps scores of different pictures comparable). Small pictures first, full size for the
last third: the same order of figures for two thirds of the time. Then two shorter courses: the same again from half
the pace, with the concepts left where they are, so that the text tower can be taught while they run.
"""

import math
from bisect import bisect_right
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm

from scoring.lab import augment, data
from scoring.lab.concepts import CONCEPTS, fits, shape_fits
from scoring.lab.moving import blend, keep_full_rates, set_pace
from scoring.lab.muon import Muon
from scoring.lab.runs import Run
from scoring.tower import Tower

WIDTH = 256
SHIFTS = 8


@dataclass(frozen=True)
class Plan:
    epochs: tuple[float, ...] = (10.5, 7.0, 5.0)
    later_pace: float = 0.5
    small_side: int = 40
    small_until: tuple[float, ...] = (0.6, 0.5, 0.3)
    side: int = 48
    batch: int = 192
    gray_share: float = 0.58
    muon_lr: float = 0.02
    adam_lr: float = 2e-3
    decay: float = 0.05
    average: float = 0.9995
    seed: int = 1

    def place(self, step: int, per_epoch: int) -> "Place":
        starts = list(accumulate((int(epochs * per_epoch) for epochs in self.epochs), initial=0))
        course = bisect_right(starts, step) - 1
        done = (step - starts[course]) / (starts[course + 1] - starts[course])
        pace = self.later_pace * (1 - done) if course else min(1.0, done / 0.03) * min(1.0, (1 - done) / 0.75)
        side = self.small_side if done < self.small_until[course] else self.side
        return Place(course, pace, side, begins_again=course > 0 and step == starts[course])

    def steps(self, per_epoch: int) -> int:
        return sum(int(epochs * per_epoch) for epochs in self.epochs)


@dataclass(frozen=True)
class Place:
    """Where in the plan a step is: its course, its share of the full learning rate, its pictures' side."""

    course: int
    pace: float
    side: int
    begins_again: bool


class Part:
    """One kind of picture with all that is known of it, ready to be drawn from."""

    def __init__(self, faces: data.Faces) -> None:
        self.faces = faces
        self.fits = torch.from_numpy(fits(faces))
        shapes = shape_fits(faces.shapes)
        self.shapes = torch.from_numpy(np.stack(list(shapes.values()), 1).astype(np.float32))
        votes = torch.from_numpy(faces.votes.astype(np.float32))
        # One label is not a whole jury: some of it is spread.
        self.votes = votes * 0.84 + 0.02 if faces.mask is not None else votes
        self.voted = torch.from_numpy(faces.voted)
        common = faces.votes[faces.voted].mean(0)
        weight = (faces.votes * (common + 1e-3) ** -0.45).sum(1)
        self.weight = np.where(faces.voted, weight, 0.5 * weight.mean())
        self.weight /= self.weight.sum()

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        return rng.choice(len(self.weight), n, replace=False, p=self.weight)


class Learner(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tower = Tower(WIDTH)
        self.concepts = nn.Parameter(torch.randn(len(CONCEPTS), WIDTH) / WIDTH**0.5)
        self.sharpness = nn.Parameter(torch.tensor(2.3))
        self.order = nn.Parameter(torch.tensor(2.3))
        self.scale = nn.Parameter(torch.tensor(2.3))
        self.offset = nn.Parameter(torch.full((len(CONCEPTS),), -1.0))
        self.votes = nn.Linear(self.tower.num_features, 8)
        self.shapes = nn.Linear(self.tower.num_features, 24)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.tower.features(x.contiguous(memory_format=torch.channels_last))
        faces = F.normalize(self.tower.head(features), dim=1)
        return features, faces @ F.normalize(self.concepts, dim=1).T


def loss_of(
    learner: Learner, features: torch.Tensor, scores: torch.Tensor, part: Part, rows: np.ndarray
) -> torch.Tensor:
    fit, votes, voted, shapes = part.fits[rows], part.votes[rows], part.voted[rows], part.shapes[rows]
    known = ~torch.isnan(fit)
    fit = fit.nan_to_num(0.0)
    spread = _votes_loss(scores[:, :8] * learner.sharpness.exp(), votes, voted) + 0.5 * _votes_loss(
        learner.votes(features), votes, voted
    )
    single = F.binary_cross_entropy_with_logits(scores * learner.scale.exp() + learner.offset, fit, reduction="none")
    seen = ~torch.isnan(shapes)
    shape = ((learner.shapes(features) - shapes.nan_to_num(0.0)) ** 2)[seen].mean()
    return (
        spread
        + 3 * (single * known).sum() / known.sum()
        + 3 * shape
        + 4 * _order_loss(scores * learner.order.exp(), fit, known)
    )


def _votes_loss(logits: torch.Tensor, votes: torch.Tensor, voted: torch.Tensor) -> torch.Tensor:
    return (F.cross_entropy(logits, votes, reduction="none") * voted).sum() / voted.sum().clamp(min=1)


def _order_loss(scores: torch.Tensor, fit: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Pairs of pictures within one concept, each weighed by how far apart they are."""
    total, weight = scores.new_zeros(()), scores.new_zeros(())
    for shift in torch.randperm(len(scores) - 1)[:SHIFTS].tolist():
        gap = fit - fit.roll(shift + 1, 0)
        both = (known & known.roll(shift + 1, 0)) * gap.abs()
        # Rare concepts count as much as common ones: each concept's pairs are weighed to one.
        both = both / (both.sum(0, keepdim=True) + 2.0)
        margin = scores - scores.roll(shift + 1, 0)
        target = torch.sigmoid(6 * gap)
        total = total + (F.binary_cross_entropy_with_logits(margin, target, reduction="none") * both).sum()
        weight = weight + both.sum()
    return total / weight


class Course:
    """A training under way: what learns, its smoothed copy (which is what ships), and what moves it."""

    def __init__(self, plan: Plan) -> None:
        torch.manual_seed(plan.seed)
        self.plan = plan
        self.learner = Learner().to(memory_format=torch.channels_last)
        self.average = Learner()
        self.average.load_state_dict(self.learner.state_dict())
        self.movers = _optimisers(self.learner, plan)
        self.step = 0

    def restore(self, state: dict[str, Any]) -> None:
        self.step = state["step"]
        self.learner.load_state_dict(state["learner"])
        self.average.load_state_dict(state["average"])
        for mover, kept in zip(self.movers, state["movers"], strict=True):
            mover.load_state_dict(kept)

    def state(self) -> dict[str, Any]:
        movers = [mover.state_dict() for mover in self.movers]
        models = {"learner": self.learner.state_dict(), "average": self.average.state_dict()}
        return {"step": self.step, "movers": movers, "plan": asdict(self.plan), **models}


def train(
    gray: data.Faces,
    color: data.Faces,
    plan: Plan,
    run: Run,
    watch: "Watch | None" = None,
    stop_after: int | None = None,
) -> Learner:
    """Goes on from the run's checkpoint where there is one. `stop_after` leaves it there, for another day."""
    parts = [Part(gray), Part(color)]
    course = Course(plan)
    if state := run.load():
        course.restore(state)
    per_epoch = (len(gray) + len(color)) // plan.batch
    steps = plan.steps(per_epoch)
    course.learner.train()
    last = min(steps, stop_after or steps)
    bar = tqdm(range(course.step, last), initial=course.step, total=steps, desc="image tower", mininterval=10)
    for step in bar:
        place = plan.place(step, per_epoch)
        if place.begins_again:
            course.learner.load_state_dict(course.average.state_dict())
        _step(course.learner, course.movers, parts, plan, step, place)
        keep = min(plan.average, (step + 1) / (step + 20))
        blend(course.average.state_dict(), course.learner.state_dict(), keep)
        course.step = step + 1
        if course.step % max(1, per_epoch // 2) == 0 or course.step == last:
            run.save(course.state())
            if watch:
                figures = watch.look(course.average, place.side)
                run.note(step=course.step, epoch=round(course.step / per_epoch, 2), **figures)
                bar.set_postfix(figures)
    return course.average.eval()


def _step(
    learner: Learner, movers: list[torch.optim.Optimizer], parts: list[Part], plan: Plan, step: int, place: Place
) -> None:
    # Seeded by the step, so that a run that was interrupted sees what it would have seen.
    torch.manual_seed(plan.seed * 1_000_033 + step)
    rng, noise = np.random.default_rng((plan.seed, step)), torch.Generator().manual_seed(plan.seed * 1_000_003 + step)
    learner.concepts.requires_grad_(place.course == 0)
    counts = [round(plan.batch * plan.gray_share), plan.batch - round(plan.batch * plan.gray_share)]
    rows = [part.draw(n, rng) for part, n in zip(parts, counts, strict=True)]
    x = torch.cat(
        [augment.varied(part.faces, chosen, place.side, noise) for part, chosen in zip(parts, rows, strict=True)]
    )
    features, scores = learner(x)
    loss = sum(
        loss_of(learner, f, s, part, chosen) * weight
        for f, s, part, chosen, weight in zip(
            features.split(counts), scores.split(counts), parts, rows, (1.0, 0.7), strict=True
        )
    )
    for mover in movers:
        mover.zero_grad(set_to_none=True)
    set_pace(movers, place.pace)
    loss.backward()
    nn.utils.clip_grad_norm_(learner.parameters(), 10.0)
    for mover in movers:
        mover.step()


def _optimisers(learner: Learner, plan: Plan) -> list[torch.optim.Optimizer]:
    matrices = [p for name, p in learner.tower.named_parameters() if p.ndim >= 2 and "stem" not in name]
    chosen = {id(p) for p in matrices}
    rest = [p for p in learner.parameters() if id(p) not in chosen]
    movers = [
        Muon(matrices, plan.muon_lr, weight_decay=plan.decay),
        torch.optim.AdamW(rest, plan.adam_lr, weight_decay=0.0),
    ]
    keep_full_rates(movers)
    return movers


class Watch:
    """A few pictures kept out of training, to see whether it still gains. Not the validation part."""

    def __init__(self, gray: data.Faces, color: data.Faces) -> None:
        self.parts = [Part(gray), Part(color)]

    @torch.inference_mode()
    def look(self, learner: Learner, side: int) -> dict[str, float]:
        learner.eval()
        gray, color = (self._scores(learner, part.faces, side) for part in self.parts)
        fit = [part.fits.numpy() for part in self.parts]
        voted = self.parts[0].faces.voted
        shapes = range(8 + math.comb(8, 2), 8 + math.comb(8, 2) + 8)
        return {
            "jury": round(float(np.mean([_agree(gray[voted, i], fit[0][voted, i], 0.3) for i in range(7)])), 4),
            "color": round(float(np.mean([_agree(color[:, i], fit[1][:, i], 0.5) for i in range(7)])), 4),
            "shapes": round(float(np.nanmean([_agree(color[:, i], fit[1][:, i], 0.5) for i in shapes])), 4),
            "joined": round(
                float(np.nanmean([_agree(color[:, i], fit[1][:, i], 0.5) for i in range(60, len(CONCEPTS))])), 4
            ),
        }

    def _scores(self, learner: Learner, faces: data.Faces, side: int) -> np.ndarray:
        scores = []
        for rows in np.array_split(np.arange(len(faces)), math.ceil(len(faces) / 256)):
            x = augment.upright(faces, rows, side)
            scores.append((learner(x)[1] + learner(x.flip(3))[1]).numpy())
        return np.concatenate(scores)


def _agree(scores: np.ndarray, fit: np.ndarray, gap: float) -> float:
    rng = np.random.default_rng(0)
    left, right = rng.integers(0, len(fit), (2, 200_000))
    clear = fit[left] - fit[right] >= gap
    return float((scores[left[clear]] > scores[right[clear]]).mean()) if clear.sum() >= 30 else float("nan")
