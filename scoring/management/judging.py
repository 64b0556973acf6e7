"""What the commands that judge have in common."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.management.base import CommandError

if TYPE_CHECKING:
    from scoring.judge import Scorer


def open_judge() -> "Scorer":
    """The one that the settings name; imported here, so that no other command waits for torch."""
    from scoring import open_scorer

    with errors_of_models():
        return open_scorer(*settings.JUDGE)


@contextmanager
def errors_of_models() -> Iterator[None]:
    """A judge that cannot be used is one line on the screen, not a traceback."""
    from scoring.clip import ModelError

    try:
        yield
    except ModelError as error:
        raise CommandError(str(error)) from error
