"""A short course of the CLIP that ships on photos which players gave: faces are led to their captions.

The text tower stays as it is, so every prompt keeps its vector; and pictures of the training data keep the vectors
that the tower gave them before, so that nothing of what it knows is forgotten for a handful of new faces.
"""

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm

from scoring.clip import SHIPPED, register_shipped
from scoring.lab import augment
from scoring.lab.clip_tower import image_side
from scoring.lab.clip_training import save, tokenizer, write_statistics
from scoring.lab.data import Faces
from scoring.lab.extra_set import ExtraSet
from scoring.lab.moving import blend
from scoring.match import Statistics


@dataclass(frozen=True)
class ExtraPlan:
    steps: int = 400
    batch: int = 32  # of the new faces
    old: int = 96  # of the training data's
    lr: float = 1e-4
    scale: float = 20.0  # of a cosine, where captions are told apart
    keep: float = 20.0  # what the old faces weigh
    average: float = 0.99
    seed: int = 1


@dataclass(frozen=True)
class Known:
    """The training data's parts, as clip_training divides them."""

    gray: Faces
    color: Faces
    gray_watch: Faces
    color_watch: Faces


def weights_file(folder: Path) -> Path:
    return folder / f"{SHIPPED}.safetensors"


def statistics_file(folder: Path) -> Path:
    return folder / f"{SHIPPED}.statistics.safetensors"


def train_extra(extra: ExtraSet, known: Known, before: Path, after: Path, plan: ExtraPlan | None = None) -> None:
    """From the weights in one folder to those in another."""
    clip = opened(weights_file(before))
    fine_tune(clip, extra, [known.gray, known.color], plan or ExtraPlan())
    after.mkdir(parents=True, exist_ok=True)
    save(clip, weights_file(after))
    concepts = torch.from_numpy(np.array(Statistics.read(statistics_file(before)).concepts))
    watched = [known.gray_watch, known.color_watch]
    write_statistics(clip.visual.trunk, concepts, watched, known.gray, statistics_file(after))


def opened(path: Path) -> nn.Module:
    register_shipped()
    import open_clip

    clip = open_clip.create_model(SHIPPED)
    clip.load_state_dict({name: value.float() for name, value in load_file(path).items()})
    return clip.eval()


def fine_tune(clip: nn.Module, extra: ExtraSet, old: list[Faces], plan: ExtraPlan) -> list[float]:
    """The losses on the new faces, step by step. Evaluation mode throughout: so few faces are no measure of a norm."""
    tower, faces = clip.visual.trunk, extra.faces()
    teacher, average = (copy_of(tower) for _ in range(2))
    answers = caption_vectors(clip, extra.texts)
    mover = torch.optim.AdamW(tower.parameters(), plan.lr, weight_decay=0.0)
    side = image_side()
    rng, noise = np.random.default_rng(plan.seed), torch.Generator().manual_seed(plan.seed)
    losses = []
    for _ in tqdm(range(plan.steps), desc="given photos", mininterval=10):
        rows = rng.choice(len(faces), min(plan.batch, len(faces)), replace=False)
        new = told_apart(tower(augment.varied(faces, rows, side, noise)), answers, rows, plan.scale)
        x = old_pictures(old, plan.old, side, rng, noise)
        with torch.no_grad():
            was = F.normalize(teacher(x), dim=1)
        kept = (1 - (F.normalize(tower(x), dim=1) * was).sum(1)).mean()
        mover.zero_grad(set_to_none=True)
        (new + plan.keep * kept).backward()
        mover.step()
        blend(average.state_dict(), tower.state_dict(), plan.average)
        losses.append(new.item())
    tower.load_state_dict(average.state_dict())
    return losses


def copy_of(tower: nn.Module) -> nn.Module:
    return deepcopy(tower).eval().requires_grad_(False)


@torch.no_grad()
def caption_vectors(clip: nn.Module, texts: list[str]) -> torch.Tensor:
    """A row for each picture."""
    return F.normalize(clip.encode_text(tokenizer()(texts)), dim=1)


def told_apart(vectors: torch.Tensor, answers: torch.Tensor, rows: np.ndarray, scale: float) -> torch.Tensor:
    """Each face nearer to its own caption than to the others' of the batch; captions that say the same count alike."""
    wanted = answers[torch.from_numpy(rows)]
    alike = (wanted @ wanted.T * scale).softmax(1)
    return F.cross_entropy(F.normalize(vectors, dim=1) @ wanted.T * scale, alike)


def old_pictures(
    parts: list[Faces], count: int, side: int, rng: np.random.Generator, noise: torch.Generator
) -> torch.Tensor:
    share = max(1, count // len(parts))
    chosen = [rng.choice(len(part), min(share, len(part)), replace=False) for part in parts]
    return torch.cat([augment.varied(part, rows, side, noise) for part, rows in zip(parts, chosen, strict=True)])
