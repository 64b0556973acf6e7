"""Words and figures that the bot and the pages share, in the reader's language."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

MINUS = "−"  # as typographers write it


def emotion(name: str) -> str:
    return {
        "neutral": _("calm"),
        "happiness": _("joy"),
        "surprise": _("surprise"),
        "sadness": _("sadness"),
        "anger": _("anger"),
        "disgust": _("disgust"),
        "fear": _("fear"),
    }.get(name, name)


def tenths(value: float) -> str:
    """Rounded here: what is too long the format only cuts."""
    return number_format(round(value, 1), 1)


def streak(number: int) -> str:
    return f"+{number}" if number > 0 else f"{MINUS}{-number}" if number else "0"
