"""New weights take the old ones' place only if jury agreement, as `manage.py evaluate` measures it, did not fall."""

import hashlib
import math
import shutil
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from scoring.clip import SHIPPED
from scoring.judge import Scorer, open_scorer
from scoring.lab import evaluation, evaluation_faces
from scoring.lab.evaluation_parts import Figure, Judge, Voted
from scoring.lab.extra_training import statistics_file, weights_file

# The figures that decide: what most prompts are, and words that no caption holds.
DECIDING = (
    "jury agreement, gap 0.3, plain prompts",
    "jury agreement, gap 0.3, paraphrased prompts that no caption contains",
)


@dataclass(frozen=True)
class Decision:
    before: dict[str, float]
    after: dict[str, float]

    @property
    def adopted(self) -> bool:
        """What could not be measured is no proof."""
        return all(after >= before for before, after in self.pairs() if not math.isnan(before)) and any(
            not math.isnan(after) for _, after in self.pairs()
        )

    def pairs(self) -> list[tuple[float, float]]:
        return [(self.before[name], self.after[name]) for name in DECIDING]

    def figures(self) -> dict[str, float]:
        """As they are kept with the weights."""
        told = {f"{name}: before": value for name, value in self.before.items()}
        return told | {f"{name}: after": value for name, value in self.after.items()}


def jury_of(scorer: Scorer, folder: Path) -> list[Figure]:
    images, shares = evaluation_faces.read_voted(folder)
    with tqdm(desc="faces", unit="", total=len(images), leave=False) as bar:
        vectors = evaluation_faces.embed(scorer, images, bar.update)
    judge = Judge(scorer.embed_prompts, scorer.match, lambda vector: scorer.profile_of(vector).shares)
    return list(evaluation.jury_figures(Voted(vectors, shares), judge))


def judge_with(weights: Path) -> Scorer:
    """The judge that ships, with the weights in this folder."""
    return open_scorer(SHIPPED, str(weights_file(weights)), None, None, 1, None)


def decide(before: Path, after: Path, folder: Path) -> Decision:
    return Decision(*(deciding(jury_of(judge_with(weights), folder)) for weights in (before, after)))


def deciding(figures: list[Figure]) -> dict[str, float]:
    return {figure.name: figure.value for figure in figures if figure.name in DECIDING}


def adopt(new: Path, weights: Path, aside: Path) -> str:
    """Puts the old ones aside, and the new ones in their place; the new file's digest."""
    aside.mkdir(parents=True, exist_ok=True)
    for file in (weights_file, statistics_file):
        shutil.copy2(file(weights), file(aside))
        beside = file(weights).with_suffix(".new")
        shutil.copy2(file(new), beside)
        beside.replace(file(weights))
    return hashlib.sha256(weights_file(weights).read_bytes()).hexdigest()
