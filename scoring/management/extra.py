"""A course on given photos, from the set to weights that judge, or to the word that they shall not."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.module_loading import import_string

from scoring.clip import WEIGHTS
from scoring.lab import adoption, extra_training
from scoring.lab.clip_training import training_parts
from scoring.lab.data import DataError, data_folder
from scoring.lab.extra_set import ExtraSet

# Which photos the weights that judge have seen is written down where players may take them back.
RECORD = "duels.training.record_adoption"
FELL = "Jury agreement would fall: the weights stay as they are."


@dataclass(frozen=True)
class Told:
    decision: adoption.Decision
    new: Path
    weights: Path
    old: Path
    recorded: bool = False

    def lines(self) -> Iterator[tuple[str, float, float]]:
        for name, (before, after) in zip(adoption.DECIDING, self.decision.pairs(), strict=True):
            yield name, before, after


def train_and_decide(extra: ExtraSet, options: dict[str, Any]) -> Told:
    folder = measured_on(options["data"])
    weights: Path = options["weights"] or WEIGHTS
    run = Path(options["runs"]) / f"clip-extra-{extra.number}"
    known = extra_training.Known(*training_parts(folder))
    plan = extra_training.ExtraPlan(**({"steps": options["steps"]} if options["steps"] else {}))
    extra_training.train_extra(extra, known, weights, run / "new", plan)
    decision = adoption.decide(weights, run / "new", folder)
    told = Told(decision, run / "new", weights, run / "old")
    if not decision.adopted:
        return told
    digest = adoption.adopt(told.new, weights, told.old)
    return Told(decision, told.new, weights, told.old, recorded(extra.number, digest, decision))


def measured_on(given: str | None) -> Path:
    try:
        return data_folder(given)
    except DataError as error:
        raise DataError(f"{error} Without it nobody can tell whether jury agreement falls.") from None


def recorded(number: str, digest: str, decision: adoption.Decision) -> bool:
    try:
        import_string(RECORD)(number, digest, decision.figures())
    except ObjectDoesNotExist:
        return False
    return True
