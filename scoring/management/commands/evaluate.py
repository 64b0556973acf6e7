import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from scoring.management.judging import errors_of_models, open_judge
from scoring.management.reading import errors_told

if TYPE_CHECKING:
    from scoring.judge import Scorer

GAPS = np.arange(0.05, 0.951, 0.05)


class Command(BaseCommand):
    help = "Measures the judge on the validation part of the training data: every figure of its accuracy, with its aim."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", metavar="DIR", help="the training data's folder (else $TRAINING_DATA)")
        parser.add_argument(
            "--jury",
            action="store_true",
            help="jury agreement alone: it decides on new weights",
        )
        parser.add_argument(
            "--weights", type=Path, metavar="DIR", help="measure the weights in this folder, not those that judge"
        )
        parser.add_argument(
            "--output",
            type=Path,
            default=Path("runs") / "evaluation",
            metavar="DIR",
            help="where the two pictures and figures.json go (runs/evaluation)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        from scoring.lab import evaluation, evaluation_faces, evaluation_report
        from scoring.lab.data import data_folder
        from scoring.lab.evaluation_parts import Judge
        from scoring.lab.evaluation_shapes import DEFINITION

        with errors_told():
            folder = data_folder(options["data"])
        scorer = opened(options["weights"])
        if options["jury"]:
            self.tell_jury(scorer, folder)
            return
        with errors_told():
            images, shares = evaluation_faces.read_voted(folder)
            colour = evaluation_faces.read_labelled(folder)
        looks = len(images) * (1 + len(evaluation_faces.ALTERATIONS)) + len(colour)
        with tqdm(desc="faces", unit="", total=looks, leave=False) as bar:
            voted = evaluation_faces.embed_voted(scorer, images, shares, bar.update)
            labelled = evaluation_faces.embed_labelled(scorer, colour, bar.update)
        judge = Judge(scorer.embed_prompts, scorer.match, lambda vector: scorer.profile_of(vector).shares)
        figures = list(tqdm(evaluation.figures(voted, labelled, judge), desc="figures", unit="", leave=False))
        self.stdout.write(f"{scorer.name} {scorer.version}: {len(images)} grey faces, {len(colour)} colour faces")
        for line in [*evaluation_report.lines(figures), *textwrap.wrap(DEFINITION, 120)]:
            self.stdout.write(line)
        curve = evaluation.agreement_curve(voted, judge, tqdm(GAPS, desc="curve", unit="", leave=False))
        table = evaluation.confusion(voted, judge)
        about = {"judge": scorer.name, "version": scorer.version}
        with errors_told():
            files = evaluation_report.write(options["output"], about, figures, table, GAPS, curve)
        self.stdout.write("Written: " + ", ".join(map(str, files)))

    def tell_jury(self, scorer: "Scorer", folder: Path) -> None:
        from scoring.lab import adoption, evaluation_report

        self.stdout.write(f"{scorer.name} {scorer.version}")
        for line in evaluation_report.lines(adoption.jury_of(scorer, folder)):
            self.stdout.write(line)


def opened(weights: Path | None) -> "Scorer":
    if weights is None:
        return open_judge()
    from scoring.lab.adoption import judge_with

    with errors_of_models():
        return judge_with(weights)
