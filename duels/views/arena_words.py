"""What the arena says: why something did not work and what to do instead, and what the judge saw."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from accounts.refusals import OF_NAMES, Refused
from duels.arena import ArenaRefusal
from duels.play import NO_FACE
from duels.refusals import Refusal as Game
from duels.words import emotion

LEAST_SHARE = 0.1  # of an emotion, for it to be worth a word

REFUSALS: dict[str, Callable[[], str]] = {
    **OF_NAMES,
    Game.NO_PROMPTS: lambda: _("We have run out of prompts! Write one yourself."),
    ArenaRefusal.NAMES_ALIKE: lambda: _("Two of the names look the same. Nobody would know who won."),
    ArenaRefusal.WORDING_LENGTH: lambda: _("A prompt has %(shortest)d to %(longest)d characters."),
    ArenaRefusal.WORDING_SCRIPT: lambda: _("The judge reads English only. Try: anger with a smile"),
    ArenaRefusal.TOO_FAST: lambda: _("You are too quick for us. Take a breath, and try again in a minute."),
    ArenaRefusal.FULL: lambda: _("The judge has more pictures than it can look at. Send yours again in a moment."),
    ArenaRefusal.TOO_OFTEN: lambda: _("That was a lot of pictures. Start a new duel."),
    ArenaRefusal.PHOTO_EMPTY: lambda: _("No picture has arrived. Choose one, or take one with the camera."),
    ArenaRefusal.PHOTO_TOO_LARGE: lambda: _("The picture is larger than 20 MB. Send a smaller one."),
    ArenaRefusal.PHOTO_FINAL: lambda: _("The judge has this face already: it is final."),
}

UNREADABLE: dict[str, Callable[[], str]] = {
    NO_FACE: lambda: _("The judge found no face. More light, eyes to the camera, nothing before your face: once more!"),
    "empty": lambda: _("No picture has arrived. Choose one, or take one with the camera."),
    "too_large": lambda: _("The picture is larger than 20 MB. Send a smaller one."),
    "too_many_pixels": lambda: _("The picture is gigantic: over 50 megapixels. Send a smaller one."),
    "too_heavy": lambda: _("The picture is too heavy to open. Send it smaller, or as a JPEG."),
    "heic": lambda: _("HEIC and AVIF cannot be opened here. Save the picture as a JPEG, or use the camera."),
    "not_a_photo": lambda: _("That is no picture. JPEG, PNG and WebP are."),
    "truncated": lambda: _("The picture has come without its end. Send it once more."),
}


def refusal(error: Refused) -> str:
    return REFUSALS[error.reason]() % error.params


def unreadable(reason: str) -> str:
    return UNREADABLE.get(reason, lambda: _("The picture is damaged. Send another one."))()


def waiting(seconds: float) -> str:
    """The longer it takes, the more is said."""
    if seconds < 5:
        return _("The judge is looking…")
    if seconds < 45:
        return _("The judge is putting its glasses on: after the site has started it needs half a minute.")
    return _("The judge is away. Your pictures wait for it under lock and key; as soon as it is back, it goes on.")


def strongest(shares: Mapping[str, float], most: int = 3) -> list[tuple[str, float]]:
    """Emotions in the reader's words, with their shares in percent."""
    ordered = sorted(shares.items(), key=lambda each: -each[1])[:most]
    return [(emotion(name), 100 * share) for name, share in ordered]


def judge_saw(shares: Mapping[str, float]) -> str:
    first, second, *_rest = sorted(shares, key=lambda name: -shares[name])
    if shares[second] >= LEAST_SHARE:
        return _("mostly %(first)s, some %(second)s") % {"first": emotion(first), "second": emotion(second)}
    return _("pure %(first)s") % {"first": emotion(first)}
