"""Words that the bot and the pages share, in the reader's language."""

from django.utils.translation import gettext as _


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
