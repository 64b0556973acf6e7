"""What a pressed button does. Buttons live for ever and can be forged: every press is checked like a command."""

from collections.abc import Callable

from django.utils import translation

from accounts import services
from accounts.models import Player
from accounts.refusals import Refused
from accounts.services import Setting
from duels import appearance, erasure, lobby, moderation, notices, play, queries, training
from duels.models import Duel, Report
from duels.privacy import training_consent
from duels.queries import Board, Order
from duels.refusals import Refusal
from duels.telegram import commands
from duels.telegram.answers import Answer

# The player, the words after the verb, and the message whose button it was.
Press = Callable[[Player, list[str], int | None], object]


def press(player: Player, verb: str, words: list[str], message: int | None) -> None:
    found = PRESSES.get(verb)
    try:
        if found is None:
            raise IndexError(verb)
        found(player, words, message)
    except (IndexError, ValueError):  # words that no button of today's carries
        notices.answer(player, Answer.OLD_BUTTON)


def consent(player: Player, words: list[str], message: int | None) -> None:
    services.consent(player)
    notices.answer(player, Answer.FACES, edit=message)
    if words and words[0]:
        lobby.join_room(player, words[0])


def faces(player: Player, words: list[str], message: int | None) -> None:
    appearance.change_setting(player, Setting.FACE_FOR_OPPONENTS, words[0] == "1")
    notices.answer(player, Answer.MENU, edit=message)


def another_name(player: Player, words: list[str], message: int | None) -> None:
    appearance.rename(player, commands.proposals(player)[0])
    commands.welcome(player, words[0] if words else "", edit=message)


def take_name(player: Player, words: list[str], message: int | None) -> None:
    appearance.rename(player, ":".join(words))
    notices.answer(player, Answer.RENAMED, edit=message)


def more_names(player: Player, words: list[str], message: int | None) -> None:
    notices.answer(player, Answer.NAME, names=commands.proposals(player), edit=message)


def ready(player: Player, words: list[str], message: int | None) -> None:
    lobby.confirm_ready(player)


def start_room(player: Player, words: list[str], message: int | None) -> None:
    lobby.start_room(player)


def rated(player: Player, words: list[str], message: int | None) -> None:
    lobby.set_rated(player, words[0] == "1")
    notices.answer(player, Answer.ROOM, edit=message)


def give_up(player: Player, words: list[str], message: int | None) -> None:
    """Of the duel that was asked about: the question may be an old one."""
    duel = queries.running_duel(player)
    if duel is None or duel.public_id != words[0]:
        raise Refused(Refusal.NO_DUEL)
    play.give_up(player)


def rematch(player: Player, words: list[str], message: int | None) -> None:
    lobby.rematch(player, duel_called(words[0]))


def duel_called(public_id: str) -> Duel:
    duel = queries.duel_of(public_id)
    if duel is None:
        raise Refused(Refusal.NOT_YOUR_DUEL)
    return duel


def report(player: Player, words: list[str], message: int | None) -> None:
    """The menu is a message of its own: the result above it is a picture."""
    moderation.must_have_played(player, duel_called(words[0]))
    notices.answer(player, Answer.REPORT, called=words[0])


def reasons(player: Player, words: list[str], message: int | None) -> None:
    notices.answer(player, Answer.REASONS, called=words[0], who=words[1], edit=message)


def reported(player: Player, words: list[str], message: int | None) -> None:
    reason = Report.Reason(words[2])
    moderation.report(player, duel_called(words[0]), words[1], reason)
    notices.answer(player, Answer.REPORTED, who=words[1], edit=message)


def block(player: Player, words: list[str], message: int | None) -> None:
    moderation.block(player, duel_called(words[0]), words[1])
    notices.answer(player, Answer.BLOCKED, who=words[1], edit=message)


def change(player: Player, words: list[str], message: int | None) -> None:
    appearance.change_setting(player, Setting(words[0]), words[1] == "1")
    notices.answer(player, Answer.SETTINGS, edit=message)


def choose_language(player: Player, words: list[str], message: int | None) -> None:
    if words:
        commands.speak(player, words[0], words[1] if len(words) > 1 else "", edit=message)
    else:
        notices.answer(player, Answer.LANGUAGE, edit=message)


def history(player: Player, words: list[str], message: int | None) -> None:
    after = int(words[1]) if len(words) > 1 else None
    notices.answer(player, Answer.HISTORY, order=Order(words[0]), after=after, edit=message)


def top(player: Player, words: list[str], message: int | None) -> None:
    after = words[1] if len(words) > 1 else None
    notices.answer(player, Answer.TOP, board=Board(words[0]), after=after, edit=message)


def delete(player: Player, words: list[str], message: int | None) -> None:
    if words[0] == "yes":
        erasure.forget(player)
    else:
        notices.answer(player, Answer.KEPT, edit=message)


def give(player: Player, words: list[str], message: int | None) -> None:
    """The question is a message of its own: the result above it is a picture."""
    moderation.must_have_played(player, duel_called(words[0]))
    notices.answer(player, Answer.GIVE, called=words[0])


def given(player: Player, words: list[str], message: int | None) -> None:
    with translation.override(player.language):  # the words that were read
        consent = training_consent()
    photo = training.give(player, duel_called(words[0]), consent)
    notices.answer(player, Answer.GIVEN, photo=photo.public_id, edit=message)


def gift(player: Player, words: list[str], message: int | None) -> None:
    notices.answer(player, Answer.GIFT, photo=training.own(player, words[0]).public_id)


def take_back(player: Player, words: list[str], message: int | None) -> None:
    training.take_back(player, words[0])
    notices.answer(player, Answer.TAKEN_BACK)


def show(answer: Answer) -> Press:
    return lambda player, words, message: notices.answer(player, answer)


def as_command(command: commands.Command) -> Press:
    return lambda player, words, message: command(player, " ".join(words))


PRESSES: dict[str, Press] = {
    "consent": consent,
    "faces": faces,
    "another": another_name,
    "name": take_name,
    "names": more_names,
    "duel": as_command(commands.duel),
    "practice": as_command(commands.practice),
    "room": as_command(commands.room),
    "cancel": as_command(commands.cancel),
    "ready": ready,
    "begin": start_room,
    "rated": rated,
    "give_up": give_up,
    "rematch": rematch,
    "report": report,
    "reasons": reasons,
    "reported": reported,
    "block": block,
    "give": give,
    "given": given,
    "gift": gift,
    "take_back": take_back,
    "my_photos": as_command(commands.my_photos),
    "set": change,
    "language": choose_language,
    "history": history,
    "top": top,
    "delete": delete,
    "me": show(Answer.ME),
    "menu": show(Answer.MENU),
    "privacy": show(Answer.PRIVACY),
    "settings": show(Answer.SETTINGS),
    "help": show(Answer.HELP),
    "join": show(Answer.JOIN),
}
