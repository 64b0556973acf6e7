"""CatBoost on faces: on their pixels, as the experiment we reproduce, and on features that say more."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from scoring import EMOTIONS
from scoring.lab.data import DataError
from scoring.lab.extras import extra
from scoring.packing import WeightsError
from scoring.readers import COORDINATES, Answer

PIXELS = {
    "iterations": 300,
    "learning_rate": 0.1,
    "depth": 5,
    "random_seed": 42,
    "eval_metric": "Accuracy",
    "early_stopping_rounds": 50,
    "use_best_model": True,
    "loss_function": "MultiClass",
}
FEATURES = {**PIXELS, "iterations": 500, "learning_rate": 0.08, "l2_leaf_reg": 6, "rsm": 0.3}
CELL = 8
READ_AT_ONCE = 128


class Describer:
    """A face as numbers: its histogram of gradients, and its vector in the small CLIP."""

    def __init__(self, checkpoint: Path | None = None) -> None:
        from scoring.lab.clip_tower import clip_weights, image_side, open_tower, read_tower

        self.hog = extra("skimage.feature").hog
        tower = read_tower(checkpoint or clip_weights())
        self.tower: Any = open_tower(tower)
        self.side = image_side()
        self.version = _version(tower)

    def describe_rows(self, pixels: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """As many rows as pictures, those that were not asked for left empty."""
        found = self.describe(pixels[rows], progress=True)
        columns = np.zeros((len(pixels), found.shape[1]), np.float32)
        columns[rows] = found
        return columns

    def describe(self, pixels: np.ndarray, progress: bool = False) -> np.ndarray:
        starts = range(0, len(pixels), READ_AT_ONCE)
        bar = tqdm(starts, desc="features", disable=not progress, leave=False)
        return np.concatenate([self._described(pixels[i : i + READ_AT_ONCE]) for i in bar])

    def _described(self, pixels: np.ndarray) -> np.ndarray:
        cells = {"orientations": 8, "pixels_per_cell": (CELL, CELL), "cells_per_block": (2, 2)}
        gradients = np.stack([self.hog(picture, feature_vector=True, **cells) for picture in pixels])
        return np.concatenate([gradients, self._vectors(pixels)], 1).astype(np.float32)

    def _vectors(self, pixels: np.ndarray) -> np.ndarray:
        import torch
        from torch.nn import functional as F

        with torch.inference_mode():
            x = torch.from_numpy(np.ascontiguousarray(pixels))[:, None].float() / 255
            x = F.interpolate(x, (self.side, self.side), mode="bilinear", antialias=True, align_corners=False)
            x = x.expand(-1, 3, -1, -1)
            return (F.normalize(self.tower(x), dim=1) + F.normalize(self.tower(x.flip(3)), dim=1)).numpy() / 2


def _version(tower: dict[str, Any]) -> str:
    """Of the image tower alone: another text tower changes no face's vector."""
    parts = (name.encode() + value.numpy().tobytes() for name, value in sorted(tower.items()))
    return hashlib.sha256(b"".join(parts)).hexdigest()[:12]


class BoostingReader:
    def __init__(self, path: Path, checkpoint: Path | None = None) -> None:
        catboost = extra("catboost")
        self.model = catboost.CatBoostClassifier()
        try:
            self.model.load_model(str(path))
        except catboost.CatBoostError as error:
            raise WeightsError(f"{path} is not a CatBoost model: {error}") from error
        self.describer = Describer(checkpoint)
        if self.model.get_metadata().get("clip") != self.describer.version:
            raise WeightsError(
                f"{path} was trained on another small CLIP than the one here. "
                "Train it again: python manage.py train boosting --data DIR"
            )

    def read(self, pixels: np.ndarray) -> Answer:
        label = shares(self.model, self.describer.describe(pixels))
        return Answer(label, None, label @ COORDINATES)


def shares(model: Any, features: np.ndarray) -> np.ndarray:
    """(n, 7), whichever of the seven the model met in its training."""
    table = np.zeros((len(features), len(EMOTIONS)), np.float32)
    table[:, np.asarray(model.classes_, int)] = model.predict_proba(features, thread_count=1)
    return table


def fit(
    settings: dict[str, Any], train: tuple[np.ndarray, np.ndarray], aside: tuple[np.ndarray, np.ndarray], folder: Path
) -> Any:
    """Resumes from the snapshot in its folder; the pictures kept aside decide how many trees are kept."""
    import torch

    catboost = extra("catboost")
    folder.mkdir(parents=True, exist_ok=True)
    model = catboost.CatBoostClassifier(
        **settings,
        train_dir=str(folder),
        logging_level="Silent",
        allow_writing_files=True,
        thread_count=torch.get_num_threads(),
    )
    kept = {"save_snapshot": True, "snapshot_file": "snapshot", "snapshot_interval": 30}
    try:
        with tqdm(total=settings["iterations"], desc=folder.name, leave=False) as bar:
            model.fit(*train, eval_set=aside, callbacks=[_Bar(bar)], **kept)
    except catboost.CatBoostError as error:
        raise DataError(f"{folder}: {error}. If it holds a training by other settings: --fresh.") from error
    return model


class _Bar:
    def __init__(self, bar: Any) -> None:
        self.bar = bar

    def after_iteration(self, info: Any) -> bool:
        self.bar.n = info.iteration
        self.bar.update(0)
        return True
