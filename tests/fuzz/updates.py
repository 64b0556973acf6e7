"""Updates of every type that aiogram knows, as its types shape them, near to what our bot reads; and broken ones."""

import json
import types
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from enum import Enum
from random import Random
from typing import Any, Literal, Union, get_args, get_origin

from aiogram.types import TelegramObject, Update
from pydantic.fields import FieldInfo

from duels.telegram.commands import COMMANDS
from duels.telegram.presses import PRESSES
from tests.fuzz.words import HOSTILE

Json = Any
PEOPLE = range(7001, 7009)  # they meet each other again and again
DEEPEST = 4
NUMBERS = (0, 1, -1, 2, 5, 77, 2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 2**64, 10**30)
WORDS = ("1", "0", "", "yes", "rating", "newest", "best", "en", "ru", "xx", "9" * 30, "-1", "²", "٣", "ABC234")
ODD: tuple[Json, ...] = (
    *(None, True, False, [], {}, "", "0", 0.5, -0.0, 1e308, [[]], {"": {}}, [None], {"id": None}),
    *NUMBERS,
)


class Updates:
    """Each is made from its own seed."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)

    def update(self, number: int) -> Json:
        kind = self.kind()
        made = self.as_ours(kind, self.fill(kind_of(Update, kind)))
        found = {"update_id": number, kind: made}
        for _ in range(self.chance.choice((0, 0, 1, 1, 2, 5))):
            self.mutate(found)
        return {**found, "update_id": number} if isinstance(found, dict) else found

    def kind(self) -> str:
        """Half of them of those that we ask Telegram for."""
        asked = ("message", "callback_query", "edited_message", "my_chat_member")
        return self.chance.choice((self.chance.choice(KINDS), self.chance.choice(asked)))

    def as_ours(self, kind: str, made: Json) -> Json:
        """Mostly from one of our players, in the private chat, saying something that the bot knows."""
        if not isinstance(made, dict) or self.chance.random() < 0.2:
            return made
        who = self.chance.choice(PEOPLE)
        made["from"] = {
            "id": who,
            "is_bot": False,
            "first_name": self.text(),
            "language_code": self.chance.choice(WORDS),
        }
        chat = {"id": who, "type": self.chance.choice(("private", "private", "private", "group", "channel"))}
        if kind == "callback_query":
            made |= {"data": self.data(), "message": {"message_id": 77, "date": 0, "chat": chat}}
        elif "chat" in made:
            made["chat"] = chat
        if kind.endswith("message") and self.chance.random() < 0.5:
            made["text"] = self.typed()
        return made

    def typed(self) -> str:
        command = f"/{self.chance.choice([*COMMANDS, 'nothing'])}"
        words = self.chance.choice((*HOSTILE, *WORDS, "", "3", "room_ABC234"))
        return self.chance.choice((f"{command} {words}", command, words))

    def data(self) -> str:
        verb = self.chance.choice([*PRESSES, "nothing", ""])
        words = [self.chance.choice(WORDS) for _ in range(self.chance.randrange(4))]
        return self.chance.choice((":".join([verb, *words]), verb, self.text()))

    def text(self) -> str:
        return self.chance.choice((*HOSTILE, *WORDS, "a", "image/jpeg", "private"))

    # A value for each type.

    def fill(self, kind: Any, depth: int = 0) -> Json:
        if isinstance(kind, type) and issubclass(kind, TelegramObject):
            return self.object(kind, depth)
        origin, inner = get_origin(kind), get_args(kind)
        if origin in (Union, types.UnionType):
            return self.fill(self.chance.choice([each for each in inner if each is not type(None)]), depth)
        if origin is list:
            return [self.fill(inner[0], depth + 1) for _ in range(self.chance.choice((0, 1, 1, 3)))]
        if origin is Literal:
            return self.chance.choice(inner)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self.chance.choice(list(kind)).value
        return self.plain(kind)

    def plain(self, kind: Any) -> Json:
        makers: dict[Any, Callable[[], Json]] = {
            bool: lambda: self.chance.random() < 0.5,
            int: lambda: self.chance.choice((*NUMBERS, *PEOPLE)),
            float: lambda: self.chance.uniform(-180, 180),
            str: self.text,
            datetime: lambda: self.chance.choice((0, 1_700_000_000, 2**31, 10**12, -1)),
        }
        return makers.get(kind, lambda: deepcopy(self.chance.choice(ODD)))()

    def object(self, kind: type[TelegramObject], depth: int) -> Json:
        made = {}
        for name, field in kind.model_fields.items():
            if field.is_required() or (depth < DEEPEST and self.chance.random() < 0.15 / (depth + 1)):
                made[field.alias or name] = self.fill(type_of(field), depth + 1) if depth < 2 * DEEPEST else None
        return made

    # What breaks it.

    def mutate(self, value: Json) -> None:
        """One place of it, however deep, becomes another."""
        places = list(places_in(value))
        if not places:
            return
        inside, key = self.chance.choice(places)
        change = self.chance.randrange(5)
        if change == 0 and isinstance(inside, dict):
            del inside[key]
        elif change == 1:
            inside[key] = self.text()
        elif change == 2 and isinstance(inside, dict):
            inside[self.text()] = inside[key]
        elif change == 3:
            inside[key] = [inside[key]]
        else:
            inside[key] = deepcopy(self.chance.choice(ODD))  # later blows change it


def places_in(value: Json) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from places_in(inner)


def kind_of(kind: type[TelegramObject], name: str) -> Any:
    return type_of(kind.model_fields[name])


def type_of(field: FieldInfo) -> Any:
    return field.annotation


KINDS = tuple(name for name in Update.model_fields if name != "update_id")


def written(update: Json) -> bytes:
    """Half letters, too, which JSON can carry and no database keep."""
    return json.dumps(update).encode()
