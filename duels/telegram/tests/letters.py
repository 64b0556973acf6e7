"""Updates as Telegram sends them, and the phones that they come from."""

import time
from itertools import count
from typing import Any

from accounts.models import Player
from duels.models import Notice
from duels.notices import Kind
from duels.telegram import dispatch
from duels.telegram.messages import Message, render
from tests.botapi import BotApi, Person

Json = dict[str, Any]

numbers = count(1)
USER = 4001
PHOTO: Json = {
    "photo": [
        {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 60},
        {"file_id": "large", "file_unique_id": "l", "width": 900, "height": 600, "file_size": 50_000},
    ]
}


def a_phone(api: BotApi, player: Player) -> Person:
    """From now on the player's."""
    person = Person(api, player.name)
    person.types("/start")
    Player.objects.filter(pk=player.pk).update(telegram_id=person.id)
    player.refresh_from_db()
    return person


def user(number: int = USER, language: str = "en") -> Json:
    return {"id": number, "is_bot": False, "first_name": "Somebody", "language_code": language}


def message(number: int = USER, language: str = "en", **body: Any) -> Json:
    chat = {"id": number, "type": "private"}
    return {"message_id": next(numbers), "date": int(time.time()), "from": user(number, language), "chat": chat, **body}


def says(player: Player | int, text: str, language: str = "en") -> None:
    dispatch.dispatch({"message": message(number_of(player), language, text=text)})


def sends(player: Player | int, body: Json, **more: Any) -> None:
    dispatch.dispatch({"message": message(number_of(player), **body, **more)})


def presses(player: Player | int, data: str, on: int = 77) -> None:
    number = number_of(player)
    shown = {"message_id": on, "date": 0, "chat": {"id": number, "type": "private"}}
    dispatch.dispatch({"callback_query": {"id": "q", "from": user(number), "data": data, "message": shown}})


def number_of(player: Player | int) -> int:
    number = player if isinstance(player, int) else player.telegram_id
    assert number is not None
    return number


def player_of(number: int = USER) -> Player:
    return Player.objects.get(telegram_id=number)


def read(player: Player | int) -> Message:
    """The player's newest message."""
    notice = Notice.objects.filter(player__telegram_id=number_of(player)).order_by("id").last()
    assert notice is not None, "nothing was told"
    return rendered(notice)


def rendered(notice: Notice) -> Message:
    found = render(notice)
    assert found is not None, f"{notice.kind} had nothing to say"
    return found


def read_all(player: Player) -> str:
    notices = Notice.objects.filter(player=player).order_by("id")
    return "\n".join(rendered(notice).text for notice in notices)


def buttons(shown: Message) -> list[str]:
    return [
        button.data or button.url or button.copy or button.login or button.app for row in shown.rows for button in row
    ]


def answers(player: Player | int) -> list[str]:
    found = Notice.objects.filter(player__telegram_id=number_of(player), kind=Kind.ANSWER).order_by("id")
    return [notice.params["answer"] for notice in found]
