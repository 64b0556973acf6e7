"""A judge that looks at nothing: for runs in which all but the judge is measured."""

import hashlib
from functools import cache
from typing import Any

import numpy as np
from django.apps import AppConfig
from PIL import Image

from scoring import EMOTIONS, Profile, Score
from scoring.faces import Face

BOX, CROP = (0.36, 0.28, 0.64, 0.72), 112


class LightJudge(AppConfig):
    name = "tests.load"
    label = "load"

    def ready(self) -> None:
        from duels import jobs

        jobs.scorer = cache(LightScorer)  # type: ignore[arg-type]


class LightScorer:
    name, version = "light", "0"

    def score_many(self, items: list[tuple[bytes, str]]) -> list[Score]:
        return [self.score(photo, prompt) for photo, prompt in items]

    def score(self, photo: bytes, prompt: str) -> Score:
        part = hashlib.sha256(photo + prompt.encode()).digest()[0] / 255
        face = Face(BOX, 0.0, 1.0, Image.new("RGB", (CROP, CROP)))
        return Score(part, round(100 * part, 1), face, np.full(len(EMOTIONS), part, np.float32))

    def embed_prompts(self, prompts: list[str]) -> np.ndarray:
        return np.zeros((len(prompts), 1), np.float32)

    def match(self, value: float, prompt: str) -> float:
        return 100.0 * value

    def profile_of(self, vector: Any) -> Profile:
        return Profile(dict.fromkeys(EMOTIONS, 1 / len(EMOTIONS)), 0.0, 0.0)
