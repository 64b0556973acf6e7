"""`manage.py train clip` trains what ships; the lab's nets are trained by their names."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

NETS = ("clip", "cnn", "cnn6", "boosting", "best", "affect")


class Command(BaseCommand):
    help = "Trains a net on the data named by --data or $TRAINING_DATA. An interrupted training goes on where it was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("net", choices=NETS)
        parser.add_argument("--data", metavar="DIR", help="the folder with the training data (default: $TRAINING_DATA)")
        parser.add_argument(
            "--runs", metavar="DIR", default="runs", help="checkpoints and figures go here (default: runs)"
        )
        parser.add_argument("--weights", metavar="DIR", help="the weights go here (default: where the site reads them)")
        parser.add_argument("--threads", type=int, default=2, help="processor cores to use (default: 2)")

    def handle(self, *args: Any, **options: Any) -> None:
        import torch

        from scoring.clip import WEIGHTS
        from scoring.lab.data import DataError, data_folder

        torch.set_num_threads(options["threads"])
        weights = Path(options["weights"] or WEIGHTS)
        weights.mkdir(parents=True, exist_ok=True)
        try:
            folder = data_folder(options["data"])
            _train(options["net"], folder, Path(options["runs"]), weights)
        except (DataError, ModuleNotFoundError) as error:
            needs = "" if isinstance(error, DataError) else " Install it with: pip install -r requirements-train.txt"
            raise CommandError(f"{error}{needs}") from error
        self.stdout.write(f"{options['net']}: its weights are in {weights}.")


def _train(net: str, folder: Path, runs: Path, weights: Path) -> None:
    if net == "clip":
        from scoring.lab.clip_training import train_clip

        train_clip(folder, runs / "clip", weights)
    else:
        from scoring.lab.recipes import run

        run(net, folder, runs, weights)
