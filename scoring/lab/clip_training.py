"""Training the CLIP that ships, from the data to the files in `scoring/weights/`.

First the image tower on concepts (hours on two cores; it goes on where it was interrupted), then the teacher and the
text tower (minutes), then the statistics that make scores readable.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm

from scoring.clip import SHIPPED, WEIGHTS, Source, embed_images, register_shipped
from scoring.lab import data, statistics, teacher, text_tower
from scoring.lab.concepts import fits
from scoring.lab.image_tower import Learner, Plan, Watch, train
from scoring.lab.runs import Run
from scoring.lab.text_tower import TextPlan

# One in 25 is kept out of training to watch it and to calibrate; the validation part is kept out of both.
WATCHED = 25


def train_clip(
    folder: Path, runs: Path, weights: Path = WEIGHTS, plan: Plan | None = None, text_plan: TextPlan | None = None
) -> None:
    gray, color, gray_watch, color_watch = training_parts(folder)
    learner = train(gray, color, plan or Plan(), Run(runs / "image_tower"), Watch(gray_watch, color_watch))
    clip = assembled(learner)
    teach(clip, learner.concepts.detach(), runs / "text_tower", text_plan or TextPlan())
    save(clip, weights / f"{SHIPPED}.safetensors")
    tower, concepts = clip.visual.trunk, learner.concepts.detach()
    write_statistics(tower, concepts, [gray_watch, color_watch], gray, weights / f"{SHIPPED}.statistics.safetensors")


def training_parts(folder: Path) -> tuple[data.Faces, data.Faces, data.Faces, data.Faces]:
    """Grey and colour to train on, and a few of each to watch; copies of one picture stay together."""
    gray, part = data.read_gray(folder)
    with np.load(folder / "faces_gray.npz") as file:
        watched = file["dup_group"] % WATCHED == 0
    color = data.read_color(folder)
    number = np.array([data.color_number(name) for name in color.names])
    outside = number % 5 == 0
    color_watched = number % WATCHED == 1
    return (
        gray.take((part == 0) & ~watched),
        color.take(~outside & ~color_watched),
        gray.take((part == 0) & watched),
        color.take(color_watched),
    )


def assembled(learner: Learner) -> nn.Module:
    """An open_clip model with the trained image tower in it; its text tower is still to be taught."""
    register_shipped()
    import open_clip

    clip = open_clip.create_model(SHIPPED)
    clip.visual.trunk.load_state_dict(learner.tower.state_dict() | weighing_of(learner))
    return clip


def weighing_of(learner: Learner) -> dict[str, torch.Tensor]:
    """As sharply as the training itself read shares of votes."""
    emotions = F.normalize(learner.concepts.detach()[: len(data.VOTES)], dim=1)
    found = {"emotions": emotions, "dual": torch.linalg.pinv(emotions).T, "sharpness": learner.sharpness.detach().exp()}
    return {f"weighing.{name}": value for name, value in found.items()}


def tokenizer() -> Any:
    register_shipped()
    import open_clip

    return open_clip.get_tokenizer(SHIPPED)


def config() -> dict[str, Any]:
    register_shipped()
    import open_clip

    found: dict[str, Any] = open_clip.get_model_config(SHIPPED)
    return found


def teach(clip: nn.Module, concepts: torch.Tensor, folder: Path, plan: TextPlan) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenize = tokenizer()
    places = text_tower.word_tokens(tokenize.encoder)
    texts, weights, vectors = _answers(places, folder)
    words = [row for row, text in enumerate(texts) if text in places]
    text_tower.begin_from(clip, np.array([places[texts[row]] for row in words]), vectors[words])
    text_tower.train_text(clip, tokenize, concepts, texts, weights, plan)


def _answers(places: dict[str, int], folder: Path) -> tuple[list[str], np.ndarray, np.ndarray]:
    """What the teacher says of the unlabelled texts; asked once, kept in the run's folder with the texts."""
    kept, learned = folder / "answers.npz", folder / "teacher.pt"
    if not kept.exists():
        taught = teacher.Teacher().eval()
        if learned.exists():
            taught.load_state_dict(torch.load(learned, weights_only=True))
        else:
            taught = teacher.train_teacher()
            teacher.save(taught, learned)
        texts = teacher.vocabulary(list(places))
        weights, vectors = teacher.ask(taught, texts)
        np.savez(kept, texts=np.array(texts), weights=weights.astype(np.float16), vectors=vectors.astype(np.float16))
    with np.load(kept) as file:
        return file["texts"].tolist(), file["weights"].astype(np.float32), file["vectors"].astype(np.float32)


def save(clip: nn.Module, path: Path) -> None:
    """Half precision halves the file and moves a score by less than a thousandth."""
    half = {name: (w.half() if w.is_floating_point() else w).contiguous() for name, w in clip.state_dict().items()}
    save_file(half, path, {"format": "pt"})
    path.chmod(0o644)  # it is written for its owner alone


def write_statistics(
    tower: nn.Module, vectors_of_concepts: torch.Tensor, watched: list[data.Faces], trained: data.Faces, path: Path
) -> None:
    """From pictures that no net has learned; only groups too rare among those are filled from the training part."""
    tower = tower.eval()
    vectors = np.concatenate([face_vectors(tower, part) for part in watched])
    concepts = vectors_of_concepts.numpy()
    fit = np.concatenate([_jurors_fits(part) for part in watched])
    others = fits(trained)
    chosen = statistics.standing_in(fit, others)
    more = (face_vectors(tower, trained.take(chosen)), others[chosen])
    found = statistics.statistics_of(vectors, fit, concepts, 1.0, more)
    voted = np.concatenate([part.voted & (part.mask is None) for part in watched])
    votes = np.concatenate([part.votes for part in watched])
    sharpness = statistics.fitted_sharpness(vectors[voted], votes[voted], found.emotions)
    replace(found, sharpness=sharpness).write(path)


def _jurors_fits(part: data.Faces) -> np.ndarray:
    """One label is no share of votes: such pictures say nothing of how much of an emotion alone is there."""
    found = fits(part)
    if part.mask is not None:
        found[:, : len(data.VOTES)] = np.nan
    return found


@torch.inference_mode()
def face_vectors(tower: nn.Module, faces: data.Faces) -> np.ndarray:
    """What the judge's `embed_faces` gives for them."""
    source = Source(SHIPPED, config(), WEIGHTS / f"{SHIPPED}.safetensors")
    crops = list(pictures(faces))
    parts = [crops[begin : begin + 256] for begin in range(0, len(crops), 256)]
    shown = tqdm(parts, desc="face vectors", mininterval=10)
    return np.concatenate([embed_images(tower, part, source, torch.float32, "cpu").numpy() for part in shown])


def pictures(faces: data.Faces) -> Iterator[Image.Image]:
    for pixels in faces.pixels:
        yield Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
