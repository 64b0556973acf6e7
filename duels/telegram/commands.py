"""What a slash command does. Each runs in the update's transaction."""

from collections.abc import Callable
from itertools import islice

from accounts import names
from accounts.models import Player
from accounts.refusals import Refused
from duels import appearance, lobby, notices, play
from duels.models import Entry, Seat
from duels.queries import Board, Order
from duels.refusals import Refusal
from duels.rooms import LARGEST, SMALLEST
from duels.seats import seat_of
from duels.telegram.answers import Answer

PROPOSED = 3
ROOM_LINK = "room_"  # in https://t.me/<bot>?start=room_CODE
CODE_LENGTH = 16  # longer ones are cut: they are none

Command = Callable[[Player, str], object]


def start(player: Player, words: str) -> None:
    code = room_code(words) if words.startswith(ROOM_LINK) else ""
    if not agreed(player):
        welcome(player, code)
    elif code:
        join(player, code)
    else:
        notices.answer(player, Answer.MENU)


def room_code(words: str) -> str:
    """What may be one: it is written into buttons, which carry few bytes and are taken apart at colons."""
    code = words.strip().removeprefix(ROOM_LINK)
    return "".join(sign for sign in code if sign.isascii() and sign.isalnum())[:CODE_LENGTH]


def agreed(player: Player) -> bool:
    return bool(player.photos_agreed_at and player.sixteen_at)


def welcome(player: Player, code: str = "", edit: int | None = None) -> None:
    """Asks for consent. The room's code waits in the buttons until it is given."""
    notices.answer(player, Answer.WELCOME, code=code, edit=edit)


def duel(player: Player, words: str) -> None:
    """Who is paired and asked whether they are there says so by searching once more, too."""
    seat = seat_of(player)
    if seat is not None and seat.state == Seat.State.PAIRED:
        lobby.confirm_ready(player)
    else:
        lobby.find_opponent(player)


def practice(player: Player, words: str) -> None:
    lobby.practise(player)


def room(player: Player, words: str) -> None:
    size = words.split()[0] if words else str(SMALLEST)
    if not size.isdecimal() or len(size) > 1:
        raise Refused(Refusal.ROOM_SIZE, smallest=SMALLEST, largest=LARGEST)
    lobby.open_room(player, int(size))


def join(player: Player, words: str) -> None:
    code = room_code(words)
    if not code:
        notices.answer(player, Answer.JOIN)
    elif not agreed(player):
        welcome(player, code)
    else:
        lobby.join_room(player, code)


def cancel(player: Player, words: str) -> None:
    """To leave a duel is to lose it, so that is asked first; once a photo is in, there is nothing to ask."""
    seat = seat_of(player)
    awaited = Entry.objects.filter(player=player, status__in=play.UNJUDGED)
    if seat is not None and seat.state == Seat.State.DUEL and awaited.filter(duel=seat.duel_id).exists():
        notices.answer(player, Answer.GIVE_UP)
    else:
        lobby.leave(player)


def rename(player: Player, words: str) -> None:
    if words:
        appearance.rename(player, words)
        notices.answer(player, Answer.RENAMED)
    else:
        notices.answer(player, Answer.NAME, names=proposals(player))


def proposals(player: Player) -> list[str]:
    """Free at this moment, and short enough for a button."""
    fitting = (name for name in names.generated(player.language) if len(name) <= names.LONGEST)
    free = (name for name in fitting if not Player.objects.filter(name_key=names.key(name)).exists())
    return list(islice(free, PROPOSED))


def language(player: Player, words: str) -> None:
    if words:
        speak(player, words.lower())
    else:
        notices.answer(player, Answer.LANGUAGE)


def speak(player: Player, code: str, room: str = "", edit: int | None = None) -> None:
    """From now on in that language; who has still to agree is asked for it once more."""
    appearance.set_language(player, code)
    if agreed(player):
        notices.answer(player, Answer.MENU, edit=edit)
    else:
        welcome(player, room, edit=edit)


def me(player: Player, words: str) -> None:
    notices.answer(player, Answer.ME)


def history(player: Player, words: str) -> None:
    notices.answer(player, Answer.HISTORY, order=Order.BEST if words.lower() == "best" else Order.NEWEST)


def top(player: Player, words: str) -> None:
    notices.answer(player, Answer.TOP, board=Board.RATING)


def settings(player: Player, words: str) -> None:
    notices.answer(player, Answer.SETTINGS)


def privacy(player: Player, words: str) -> None:
    notices.answer(player, Answer.PRIVACY)


def web(player: Player, words: str) -> None:
    notices.answer(player, Answer.WEB)


def my_data(player: Player, words: str) -> None:
    notices.answer(player, Answer.MY_DATA)


def my_photos(player: Player, words: str) -> None:
    notices.answer(player, Answer.MY_PHOTOS)


def delete_me(player: Player, words: str) -> None:
    notices.answer(player, Answer.DELETE)


def help_(player: Player, words: str) -> None:
    notices.answer(player, Answer.HELP)


def about(player: Player, words: str) -> None:
    notices.answer(player, Answer.ABOUT)


COMMANDS: dict[str, Command] = {
    "start": start,
    "duel": duel,
    "practice": practice,
    "room": room,
    "join": join,
    "cancel": cancel,
    "me": me,
    "history": history,
    "top": top,
    "name": rename,
    "language": language,
    "settings": settings,
    "privacy": privacy,
    "web": web,
    "my_data": my_data,
    "my_photos": my_photos,
    "delete_me": delete_me,
    "help": help_,
    "about": about,
}
