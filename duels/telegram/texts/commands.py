"""The commands in words, for /help and for Telegram's menus; /about; /privacy."""

from django.utils.translation import gettext as _

from duels.models import Notice
from duels.privacy import sections
from duels.telegram import bot, keyboards
from duels.telegram.answers import Answer
from duels.telegram.keyboards import Button, column
from duels.telegram.texts.words import Message, Write, duel_time


def descriptions() -> dict[str, str]:
    """In the menu's order."""
    return {
        "duel": _("Find a random opponent"),
        "practice": _("Practise alone, without rating"),
        "room": _("Open a room for 2, 3 or 4 friends"),
        "join": _("Enter a room by its code"),
        "cancel": _("Leave the search, the room or the duel"),
        "me": _("My rating and streaks"),
        "history": _("My duels"),
        "top": _("The best players"),
        "name": _("Change my name in the game"),
        "language": _("Change the language"),
        "settings": _("Notifications, and who sees my face"),
        "web": _("Watch on the web, with my page there"),
        "privacy": _("What happens to my photos"),
        "my_data": _("Everything that is kept about me, as a file"),
        "my_photos": _("Photos that I gave for training"),
        "delete_me": _("Delete everything about me"),
        "help": _("How to play"),
        "about": _("About the game"),
        "start": _("From the beginning"),
    }


def in_groups() -> dict[str, str]:
    return {"duel": _("Duel in the private chat"), "help": _("How to play")}


def description() -> str:
    """What the empty chat shows."""
    return _(
        "🎭 A duel of faces! You and an opponent get one emotion and three minutes."
        " Each sends a photo, and a neural judge decides who showed it best.\n\nPress Start!"
    )


def short_description() -> str:
    return _("A duel of faces: who shows the emotion best?")


def help_(notice: Notice) -> Message:
    lines = [
        _("❓ <b>How to play</b>"),
        _("1. Find an opponent, call friends into a room, or practise."),
        _("2. You all get the same task: an emotion, sometimes with a twist."),
        _("3. Within %(time)s send me a photo, a picture as a file, or a video note of yourself.")
        % {"time": duel_time()},
        _("4. The judge compares the faces with the words. The best match wins."),
        "",
        *(f"/{name} — {text}" for name, text in descriptions().items()),
    ]
    return Message("\n".join(lines), keyboards.menu())


def about(notice: Notice) -> Message:
    lines = [
        _("🎭 <b>EmotionDuel</b>"),
        _("A game about showing what you feel, or don't."),
        "",
        _(
            "Your judge is a pair of neural nets: one finds the face, the other (CLIP) measures how well it fits the"
            " words. It errs at times, like any judge: it is a game, not a diagnosis."
        ),
        "",
        _("The rating is OpenSkill: it starts at 1500, and moves most at the beginning."),
    ]
    return Message("\n".join(lines), keyboards.menu())


def privacy(notice: Notice) -> Message:
    said = [f"<b>{title}:</b> {text}" for title, text in sections()]
    return Message("\n\n".join([_("🔐 <b>Privacy</b>"), *said]))


def group(notice: Notice) -> Message:
    text = _("🎭 Faces are a private matter: let's play in our own chat!")
    return Message(text, column(Button(_("⚔️ Play"), url=f"https://t.me/{bot.username()}?start=group")))


CATALOGUE: dict[str, Write] = {
    Answer.HELP: help_,
    Answer.ABOUT: about,
    Answer.PRIVACY: privacy,
    Answer.GROUP: group,
}
