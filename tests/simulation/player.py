"""One simulated player: reads what the bot writes, and answers as a person would, a moment later."""

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from PIL import Image

from tests.botapi import BotApi, Person, Shown
from tests.faces import EMOTIONS, PERSONS, draw_face, photo_bytes

LANGUAGES = ("en", "ru")
THINKS = (0.3, 2.0)  # seconds from and to
FACELESS, GIVES_UP, AS_FILE = 0.06, 0.03, 0.1  # how often
LINK = re.compile(r"https://t\.me/\S+")
WALL = Image.new("RGB", (640, 480), (120, 150, 130))


@dataclass
class Turn:
    """A player's part in one duel, by the clock of this machine."""

    asked: float
    dealt: float = 0.0
    acted: float = 0.0  # photo sent, or given up


@dataclass
class Player:
    person: Person
    looks: int
    over: Callable[["Player", str, Shown], None]  # a duel is: its id, empty where it did not count
    idle: bool = False  # in the menu, with nothing begun
    turn: Turn = field(default_factory=lambda: Turn(0.0))
    guests: list["Player"] = field(default_factory=list)  # whom the next room's link is for
    photos: int = 0
    faceless: int = 0
    gave_up: int = 0
    read: dict[int, int] = field(default_factory=dict)  # versions of each message
    plans: list[tuple[float, Callable[[], object]]] = field(default_factory=list)

    @classmethod
    def new(cls, api: BotApi, number: int, over: Callable[["Player", str, Shown], None]) -> "Player":
        person = Person(api, f"Player {number + 1}", LANGUAGES[number % len(LANGUAGES)])
        return cls(person, number % PERSONS, over)

    def begin(self) -> None:
        self.soon(partial(self.person.types, "/start"))

    def seek(self) -> None:
        self.idle, self.turn = False, Turn(time.monotonic())
        self.soon(partial(self.person.types, "/duel"))

    def invite(self, guests: list["Player"]) -> None:
        self.guests = guests
        for each in (self, *guests):
            each.idle, each.turn = False, Turn(time.monotonic())
        self.soon(partial(self.person.types, f"/room {1 + len(guests)}"))

    def soon(self, what: Callable[[], object]) -> None:
        self.plans.append((time.monotonic() + random.uniform(*THINKS), what))

    def step(self) -> bool:
        """Whether anything happened."""
        now, plans = time.monotonic(), self.plans
        due = [what for when, what in plans if when <= now]
        self.plans = [plan for plan in plans if plan[0] > now]
        for what in due:
            what()
        news = self.news()
        for shown in news:
            self.react(shown)
        return bool(due or news)

    def news(self) -> list[Shown]:
        """The last version of each message that is new or was edited."""
        found = []
        for message in list(self.person.chat.messages.values()):
            versions = len(message.versions)
            if message.by_bot and not message.deleted and self.read.get(message.message_id) != versions:
                self.read[message.message_id] = versions
                found.append(Shown(message, versions - 1))
        return found

    def react(self, shown: Shown) -> None:
        """By the buttons and the first sign, which are the same in every language."""
        buttons = verbs(shown)
        if "rematch" in buttons:
            self.over(self, buttons["rematch"][0]["callback_data"].split(":")[1], shown)
        elif shown.text.startswith(("💤", "🛠", "⚖️")):  # nobody came, or the duel is void
            self.over(self, "", shown)
        elif shown.text.startswith("⚔️") and not buttons:
            self.show_face()
        elif shown.text.startswith(("🙈", "🤔", "✂️", "💔")):
            self.soon(self.send_face)
        elif shown.text.startswith(("⏳", "🌙", "⌛")):  # the search or the room came to nothing
            self.soon(partial(self.person.types, "/duel"))
        elif self.guests and (link := LINK.search(shown.text)):
            self.let_in(link[0])
        else:
            self.press(shown, buttons)

    def press(self, shown: Shown, buttons: dict[str, list[dict[str, Any]]]) -> None:
        for verb in ("consent", "faces", "ready", "give_up"):
            if verb in buttons:
                self.turn.acted = time.monotonic()
                self.soon(partial(self.person.press_data, shown, random.choice(buttons[verb])))
                return
        if "me" in buttons and not self.turn.asked:
            self.idle = True

    def let_in(self, link: str) -> None:
        guests, self.guests = self.guests, []
        for guest in guests:
            guest.soon(partial(guest.person.opens, link))

    def show_face(self) -> None:
        self.turn.dealt = time.monotonic()
        chance = random.random()
        if chance < GIVES_UP:
            self.gave_up += 1
            self.soon(partial(self.person.types, "/cancel"))
        elif chance < GIVES_UP + FACELESS:
            self.faceless += 1
            self.soon(partial(self.send, photo_bytes(WALL)))
        else:
            self.soon(self.send_face)

    def send_face(self) -> None:
        self.send(photo(self.looks, random.choice(EMOTIONS)))

    def send(self, picture: bytes) -> None:
        self.photos += 1
        self.turn.acted = time.monotonic()
        if random.random() < AS_FILE:
            self.person.sends_file(picture)
        else:
            self.person.sends_photo(picture)


def verbs(shown: Shown) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for button in (button for row in shown.rows for button in row if "callback_data" in button):
        found.setdefault(button["callback_data"].split(":")[0], []).append(button)
    return found


@cache
def drawn(looks: int, emotion: str) -> Image.Image:
    return draw_face(looks, emotion, (640, 480))


def photo(looks: int, emotion: str) -> bytes:
    """No two alike, as with a camera."""
    left, top = random.randrange(40), random.randrange(30)
    return photo_bytes(drawn(looks, emotion).crop((left, top, left + 600, top + 450)), quality=random.randrange(78, 96))
