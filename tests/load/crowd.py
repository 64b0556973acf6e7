"""Players who play duel after duel: two begin one at each beat, and each sends a photo a moment after the prompt."""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.load import updates
from tests.load.telegram import SENDS, Telegram, Told
from tests.load.updates import Door, Json

FIRST = 700_000_001
PROMPTS = ("⚔️ Against", "⚔️ Против")
# After which a player may begin anew, though no result came.
OVER = ("💤", "🛠", "and nobody came", "и никого", "didn't answer in time", "Ответа не было")
THINKS = (0.5, 3.0)  # seconds from the prompt to the photo
GREETING = ("consent", "faces:1")


@dataclass
class Turn:
    """One player's part in a duel, in seconds since 1970."""

    chat: int
    photo_at: float = 0.0
    update: int = 0  # that brought the photo
    told_at: float = 0.0


@dataclass
class Crowd:
    telegram: Telegram
    door: Door
    count: int
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    turns: dict[int, Turn] = field(default_factory=dict)
    duels: dict[str, list[Turn]] = field(default_factory=dict)
    greeted: dict[int, int] = field(default_factory=dict)
    idle: deque[int] = field(default_factory=deque)
    begun: int = 0
    lacking: int = 0  # duels that nobody was free to begin
    answers: Counter[int] = field(default_factory=Counter)
    tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    def __post_init__(self) -> None:
        self.telegram.listen = self.hear

    @property
    def chats(self) -> range:
        return range(FIRST, FIRST + self.count)

    # What is done in Telegram's thread.

    async def come(self) -> None:
        """Everybody is greeted, and agrees."""
        await self.door.open()
        for chat in self.chats:
            self.greeted[chat] = 0
            self.does(updates.command(chat, "/start"))
        while len(self.idle) < self.count:
            await asyncio.sleep(0.05)

    async def play(self, rate: float, seconds: float) -> None:
        """Begins so many duels a second, whatever becomes of those before."""
        begin = time.monotonic()
        for number in range(round(rate * seconds)):
            await asyncio.sleep(max(0.0, begin + number / rate - time.monotonic()))
            self.begin_duel()

    async def play_on(self, duels: int, at_once: int) -> None:
        """So many duels, of which never more than that run at the same time."""
        end = self.begun + duels
        while self.begun < end:
            if 2 * at_once > self.count - len(self.idle):
                self.begin_duel()
            await asyncio.sleep(0.02)

    def begin_duel(self) -> None:
        if len(self.idle) < 2:
            self.lacking += 1
            return
        self.begun += 1
        for chat in (self.idle.popleft(), self.idle.popleft()):
            self.does(updates.command(chat, "/duel"))

    async def rest(self, within: float) -> bool:
        """Until all duels are over, and everybody is free again."""
        end = time.monotonic() + within
        while len(self.idle) < self.count and time.monotonic() < end:
            await asyncio.sleep(0.1)
        return len(self.idle) == self.count

    def does(self, update: Json, after: float = 0.0) -> None:
        task = asyncio.create_task(self.post(update, after))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def post(self, update: Json, after: float = 0.0) -> None:
        await asyncio.sleep(after)
        self.answers[await self.door.post(update)] += 1

    async def show(self, turn: Turn) -> None:
        await asyncio.sleep(self.chance.uniform(*THINKS))
        which = self.chance.randrange(len(self.telegram.photos))
        update = updates.photo(turn.chat, which, len(self.telegram.photos[which]))
        turn.photo_at, turn.update = time.time(), update["update_id"]
        await self.post(update)

    def hear(self, told: Told) -> None:
        if told.chat in self.greeted:
            self.greet(told)
        elif told.method in SENDS and told.duel:
            self.ended(told)
        elif told.method in SENDS and told.text.startswith(PROMPTS):
            self.turns[told.chat] = Turn(told.chat)
            task = asyncio.create_task(self.show(self.turns[told.chat]))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        elif any(words in told.text for words in OVER):
            self.free(told.chat)

    def greet(self, told: Told) -> None:
        if told.method not in SENDS and not told.method.startswith("edit"):
            return
        step = self.greeted[told.chat]
        if step == len(GREETING):
            del self.greeted[told.chat]
            self.free(told.chat)
        else:
            self.greeted[told.chat] = step + 1
            self.does(updates.press(told.chat, GREETING[step]))

    def ended(self, told: Told) -> None:
        turn = self.turns.pop(told.chat, None)
        if turn is None:  # it came once more
            return
        turn.told_at = told.at
        self.duels.setdefault(told.duel, []).append(turn)
        self.free(told.chat)

    def free(self, chat: int) -> None:
        self.turns.pop(chat, None)
        if chat not in self.idle:
            self.idle.append(chat)

    # What was measured.

    def ended_since(self, begin: float) -> dict[str, list[Turn]]:
        """Duels whose second photo came after this moment, and of whose end both players were told."""
        full = {duel: turns for duel, turns in list(self.duels.items()) if len(turns) > 1}
        return {duel: turns for duel, turns in full.items() if last_photo(turns).photo_at >= begin}


def last_photo(turns: Sequence[Turn]) -> Turn:
    return max(turns, key=lambda turn: turn.photo_at)
