"""`manage.py train clip` trains what ships; the lab's nets are trained by their names."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from scoring.management.reading import errors_told
from scoring.readers import NETS


class Command(BaseCommand):
    help = "Trains a net on the data named by --data or $TRAINING_DATA. An interrupted training goes on where it was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("net", choices=("clip", *NETS))
        parser.add_argument("--data", metavar="PATH", help="the training data (default: $TRAINING_DATA)")
        parser.add_argument("--runs", metavar="DIR", default="runs", help="checkpoints and figures go here (runs)")
        parser.add_argument("--weights", type=Path, metavar="DIR", help="the weights go here, not where they ship")
        parser.add_argument("--threads", type=int, default=2, help="processor cores to use (2)")
        clip = parser.add_argument_group("clip alone")
        clip.add_argument(
            "--extra",
            type=Path,
            metavar="SET",
            help="go on from the weights that judge, on a set of `export_training`; they are replaced only where jury"
            " agreement does not fall",
        )
        clip.add_argument("--steps", type=int, help="of that course (400)")
        lab = parser.add_argument_group("the lab's nets alone")
        lab.add_argument(
            "--set", type=_change, action="append", default=[], dest="changes", metavar="NAME=VALUE",
            help="another value in the plan, as epochs=2; needs --as or --weights",
        )  # fmt: skip
        lab.add_argument("--as", dest="alias", metavar="NAME", help="a trial: its weights stay in its run's folder")
        lab.add_argument("--rows", type=int, metavar="N", help="train on the first so many pictures")
        lab.add_argument("--start", type=Path, metavar="FILE", help="the CLIP to begin from (the one that ships)")
        lab.add_argument("--scratch", action="store_true", help="begin from random numbers instead")
        lab.add_argument("--fresh", action="store_true", help="forget what was trained before under this name")
        lab.add_argument(
            "--page", type=Path, metavar="FILE", help="put the figures into it (docs/experiments.md, or none)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        import torch

        torch.set_num_threads(options["threads"])
        if options["extra"]:
            self._train_extra(options)
            return
        with errors_told():
            weights = _train_clip(options) if options["net"] == "clip" else self._train_net(options)
        self.stdout.write(f"{options['net']}: its weights are in {weights}.")

    def _train_extra(self, options: dict[str, Any]) -> None:
        from scoring.lab import extra_set
        from scoring.management.extra import FELL, train_and_decide

        if options["net"] != "clip":
            raise CommandError("--extra is for the clip alone.")
        with errors_told():
            extra = extra_set.read(options["extra"])
            told = train_and_decide(extra, options)
        for name, before, after in told.lines():
            self.stdout.write(f"{before:.4f} -> {after:.4f}  {name}")
        if not told.decision.adopted:
            raise CommandError(f"{FELL} The new ones are in {told.new}.")
        self.stdout.write(f"Adopted: {told.weights}. The old ones are in {told.old}.")
        if not told.recorded:
            self.stdout.write(f"Set {extra.number} is not in this database: the adoption is not written down there.")

    def _train_net(self, options: dict[str, Any]) -> Path:
        from scoring.lab import layouts, recipes, report
        from scoring.readers import WEIGHTS

        net, alias = options["net"], options["alias"]
        _check_name(options)
        wishes = recipes.Wishes(
            dict(options["changes"]), options["rows"], options["start"], options["scratch"], options["fresh"]
        )
        folder = Path(options["runs"]) / (alias or net)
        weights = options["weights"] or (folder if alias else WEIGHTS)
        page = options["page"] or (None if options["weights"] else settings.BASE_DIR / "docs" / "experiments.md")
        if page:
            report.check(page)  # hours later would be late
        found = recipes.run(net, layouts.data_path(options["data"]), folder, weights, wishes)
        if page:
            report.add(alias or net, found, folder, page)
        for name in ("accuracy", "jury_accuracy"):
            if name in found:
                self.stdout.write(f"{name.replace('_', ' ')}: {found[name]:.2%}")
        return weights


def _check_name(options: dict[str, Any]) -> None:
    alias = options["alias"]
    if not (alias or options["weights"]) and (options["changes"] or options["rows"] or options["scratch"]):
        raise CommandError("What ships is trained as the recipe says. A trial needs a name: --as NAME")
    # It names a folder that --fresh removes, and a file of figures beside those of what ships.
    if alias is not None and (alias in ("clip", *NETS) or not re.fullmatch(r"\w[\w-]*", alias)):
        raise CommandError(f"--as {alias}: a trial's name is of letters, digits, _ and -, and is no net's own.")


def _change(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark:
        raise ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _train_clip(options: dict[str, Any]) -> Path:
    from scoring.clip import WEIGHTS
    from scoring.lab.clip_training import train_clip
    from scoring.lab.data import data_folder

    weights: Path = options["weights"] or WEIGHTS
    weights.mkdir(parents=True, exist_ok=True)
    train_clip(data_folder(options["data"]), Path(options["runs"]) / "clip", weights)
    return weights
