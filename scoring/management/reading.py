"""What the commands that read faces have in common."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError

from scoring.readers import NETS
from scoring.recognizer import JUDGES


def add_options(parser: ArgumentParser, detectors: tuple[str, ...] = ("mtcnn", "haar", "none")) -> None:
    parser.add_argument("--net", choices=NETS, default="best", help="which net reads the face")
    parser.add_argument("--by", choices=JUDGES, default="label", help="answer as FER2013 labels, or as jurors vote")
    parser.add_argument("--detector", choices=detectors, default="mtcnn", help="none: the picture is a face already")


def open_reader(options: dict[str, Any]) -> Any:
    """Imported here, so that no other command waits for torch."""
    from scoring.lab.reading import FaceReader

    with errors_told():
        try:
            return FaceReader(options["net"], options["detector"], options["by"])
        except ValueError as error:  # a net that no jurors taught
            raise CommandError(str(error)) from error


@contextmanager
def errors_told() -> Iterator[None]:
    """What a user can mend is one line on the screen, not a traceback."""
    from scoring.lab.data import DataError
    from scoring.lab.extras import MissingPackage
    from scoring.lab.frames import SourceError
    from scoring.lab.submission import SampleError
    from scoring.packing import WeightsError

    try:
        yield
    except ModuleNotFoundError as error:
        raise CommandError(f"{error}. Install it with: .venv/bin/pip install -r requirements-train.txt") from error
    except (DataError, MissingPackage, SampleError, SourceError, WeightsError, OSError) as error:
        raise CommandError(str(error)) from error
