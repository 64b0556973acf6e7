"""One loop for every net of the lab: it can be killed at any step and goes on from its last checkpoint.

What a step sees is drawn from the seed and the step's number, so a run that was interrupted ends where it would have
ended.
"""

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from scoring.lab import augment
from scoring.lab.data import DataError, Faces
from scoring.lab.light import light
from scoring.lab.moving import blend, keep_full_rates, set_pace
from scoring.lab.muon import Muon
from scoring.lab.runs import Run

SAVE_EVERY = 100  # steps
READ_AT_ONCE = 256
WARM_UP = 0.04  # of all steps, while a rate on a cycle rises


@dataclass(frozen=True)
class Plan:
    epochs: int
    batch: int = 128
    side: int = 48
    lr: float = 1e-3
    decay: float = 0.0
    muon: float = 0.0  # the rate of Muon for matrices; 0: everything is AdamW's
    cycle: bool = False  # the rate rises and falls once; else it is halved on a plateau
    plateau: int = 2  # looks without a gain until the rate is halved
    patience: int = 5  # looks without a gain until the training stops
    augment: str = "none"  # a key of AUGMENTS
    average: float = 0.0  # how much of the averaged net is kept at a step; 0: none is averaged
    mirror: bool = True  # looks see every picture mirrored too
    held: float = 0.05  # of the training pictures, to look at while training
    seed: int = 1
    steps: int | None = None  # at most this many in all


def changed(plan: Plan, changes: dict[str, str]) -> Plan:
    """The plan with some fields as a user wrote them."""
    known = asdict(plan)
    try:
        return replace(plan, **{name: _meant(known[name], text) for name, text in changes.items()})
    except (KeyError, ValueError):
        told = ", ".join(f"{name}={value}" for name, value in known.items())
        raise DataError(f"{changes} does not fit the plan, which is: {told}.") from None


def _meant(old: Any, text: str) -> Any:
    if isinstance(old, bool):
        return {"True": True, "False": False}[text]
    if isinstance(old, str):
        return {name: name for name in AUGMENTS}[text]
    return float(text) if isinstance(old, float) else int(text)


@dataclass(frozen=True)
class Goal:
    """What is learned. `figures` says how good answers to the pictures kept aside are; `main` is the one to raise."""

    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    figures: Callable[[np.ndarray], dict[str, float]]
    main: str


@dataclass(frozen=True)
class Part:
    faces: Faces
    targets: torch.Tensor


def train(net: nn.Module, part: Part, held: Faces, goal: Goal, plan: Plan, run: Run) -> list[dict[str, float]]:
    """Leaves the net with its best weights, and tells how each look went."""
    course = Course(net, part, plan)
    course.resume(run)
    while not course.done:
        loss = course.epoch(goal, run)
        seen = outputs(course.shown, held, plan.side, plan.mirror)
        figures = course.looked(loss, {name: float(value) for name, value in goal.figures(seen).items()}, goal.main)
        run.save(course.state())
        run.note(**figures)
    net.load_state_dict(course.best)
    net.eval()
    return course.history


class Course:
    """Where a training stands."""

    def __init__(self, net: nn.Module, part: Part, plan: Plan) -> None:
        torch.manual_seed(plan.seed)
        # Channels last is a fifth faster for a tower on a processor.
        self.net, self.part, self.plan = net.to(memory_format=torch.channels_last), part, plan
        self.averaged = _copy(net.state_dict())
        self.beginning = _digest(self.averaged)
        self.movers = _movers(net, plan)
        self.per_epoch = max(1, round(len(part.faces) / plan.batch))
        self.steps = min(plan.epochs * self.per_epoch, plan.steps or plan.epochs * self.per_epoch)
        self.step, self.since, self.halvings, self.best_score = 0, 0, 0, -math.inf
        self.best = self.averaged
        self.history: list[dict[str, float]] = []

    @property
    def done(self) -> bool:
        return self.step >= self.steps or (not self.plan.cycle and self.since >= self.plan.patience)

    @property
    def shown(self) -> nn.Module:
        """The net that is looked at: a copy with averaged weights, where they are averaged."""
        if not self.plan.average:
            return self.net
        from copy import deepcopy

        averaged = deepcopy(self.net)
        averaged.load_state_dict(self.averaged)
        return averaged

    def epoch(self, goal: Goal, run: Run) -> float:
        self.net.train()
        total, number = 0.0, self.step // self.per_epoch
        end = min(self.steps, (number + 1) * self.per_epoch)
        batches = list(self._batches(number))
        bar = tqdm(range(self.step, end), desc=f"epoch {number + 1}", mininterval=2, leave=False)
        for step in bar:
            loss = self._step(batches[step % self.per_epoch], goal)
            total += loss
            bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
            if self.step % SAVE_EVERY == 0 and self.step < end:
                run.save(self.state())
        return total / max(1, len(bar))

    def _batches(self, number: int) -> Iterator[np.ndarray]:
        order = np.random.default_rng((self.plan.seed, number)).permutation(len(self.part.faces))
        yield from np.array_split(order, self.per_epoch)

    def _step(self, rows: np.ndarray, goal: Goal) -> float:
        seed = self.plan.seed * 1_000_003 + self.step
        torch.manual_seed(seed)  # dropout
        x = AUGMENTS[self.plan.augment](self.part.faces, rows, self.plan.side, torch.Generator().manual_seed(seed))
        self._set_pace()
        x = x.contiguous(memory_format=torch.channels_last)
        loss = goal.loss(self.net(x), self.part.targets[rows])
        for mover in self.movers:
            mover.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        for mover in self.movers:
            mover.step()
        self.step += 1
        if self.plan.average:
            blend(self.averaged, self.net.state_dict(), min(self.plan.average, self.step / (self.step + 20)))
        return float(loss.detach())

    def _set_pace(self) -> None:
        done = self.step / self.steps
        pace = (
            min(1.0, done / WARM_UP + 0.02, (1 - done) / (1 - 2 * WARM_UP)) if self.plan.cycle else 0.5**self.halvings
        )
        set_pace(self.movers, pace)

    def looked(self, loss: float, figures: dict[str, float], main: str) -> dict[str, float]:
        gained = figures[main] > self.best_score
        self.since = 0 if gained else self.since + 1
        if gained or self.plan.cycle:  # a cycle is at its best at its end
            self.best_score = max(self.best_score, figures[main])
            self.best = _copy(self.averaged if self.plan.average else self.net.state_dict())
        if self.since and self.since % self.plan.plateau == 0:
            self.halvings += 1
        self.history.append({"step": self.step, "epoch": round(self.step / self.per_epoch, 2), "loss": loss, **figures})
        return self.history[-1]

    def state(self) -> dict[str, Any]:
        return {
            "plan": asdict(self.plan), "beginning": self.beginning, "pictures": len(self.part.faces),
            "step": self.step, "since": self.since, "halvings": self.halvings, "best_score": self.best_score,
            "history": self.history, "best": self.best,
            "averaged": self.averaged, "net": self.net.state_dict(), "movers": [m.state_dict() for m in self.movers],
        }  # fmt: skip

    def resume(self, run: Run) -> None:
        state = run.load()
        if state is None:
            return
        if state["plan"] != asdict(self.plan) or state["pictures"] != len(self.part.faces):
            raise DataError(
                f"{run.folder} holds a training by another plan. Start anew with --fresh, or name another --runs."
            )
        if state.get("beginning", self.beginning) != self.beginning:
            raise DataError(
                f"{run.folder} holds a training that began from other weights. Start anew with --fresh, or name "
                "another --runs."
            )
        self.net.load_state_dict(state["net"])
        for mover, kept in zip(self.movers, state["movers"], strict=True):
            mover.load_state_dict(kept)
        for name in ("step", "since", "halvings", "best_score", "history", "best", "averaged"):
            setattr(self, name, state[name])


def _plain(faces: Faces, rows: np.ndarray, side: int, _: torch.Generator) -> torch.Tensor:
    return augment.upright(faces, rows, side)


AUGMENTS = {"none": _plain, "light": light, "strong": augment.varied}


def _movers(net: nn.Module, plan: Plan) -> list[torch.optim.Optimizer]:
    """Muon suits the matrices of a tower; heads, its first convolution, norms and biases stay with AdamW."""
    named = [(name, p) for name, p in net.named_parameters() if p.requires_grad]
    matrices = [p for name, p in named if plan.muon and "stages" in name and p.ndim >= 2]
    chosen = {id(p) for p in matrices}
    rest = [p for _, p in named if id(p) not in chosen]
    movers: list[torch.optim.Optimizer] = [torch.optim.AdamW(rest, plan.lr, weight_decay=plan.decay)]
    if matrices:
        movers.append(Muon(matrices, plan.muon, weight_decay=plan.decay))
    keep_full_rates(movers)
    return movers


def _copy(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in state.items()}


def _digest(state: dict[str, torch.Tensor]) -> str:
    parts = (name.encode() + value.contiguous().numpy().tobytes() for name, value in sorted(state.items()))
    return hashlib.sha256(b"".join(parts)).hexdigest()


@torch.inference_mode()
def outputs(net: nn.Module, faces: Faces, side: int, mirror: bool = True) -> np.ndarray:
    was_training = net.training
    net.eval()
    parts = []
    for rows in np.array_split(np.arange(len(faces)), max(1, math.ceil(len(faces) / READ_AT_ONCE))):
        x = augment.upright(faces, rows, side)
        x = x.contiguous(memory_format=torch.channels_last)
        seen = net(x)
        parts.append(((seen + net(x.flip(3))) / 2 if mirror else seen).numpy())
    net.train(was_training)
    return np.concatenate(parts)
