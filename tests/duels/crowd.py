"""Many persons at once, each of whom answers what the bot says as people do: well, twice, badly or not at all."""

import random
import time
from dataclasses import dataclass, field

from tests.botapi import Person, Shown
from tests.botapi.person import versions
from tests.duels.site import Site
from tests.duels.steps import face, wall
from tests.faces import EMOTIONS, PERSONS

LOOK = 0.2  # seconds
SEARCH_IS_OVER = ("and nobody came", "и никого", "didn't answer in time", "Ответа не было")
ENDS = ("🏆", "😤", "💔", "🙈 Not", "🙈 Ни", "🤝 A draw", "🤝 Ничья", "💤", "🛠")


@dataclass
class Player:
    person: Person
    duels: int  # still to be played
    seen: set[tuple[int, int]] = field(default_factory=set)
    done: bool = False

    def look(self, chance: random.Random) -> None:
        for shown in versions(self.person.chat):
            if (shown.id, shown.version) not in self.seen:
                self.seen.add((shown.id, shown.version))
                self.answer(shown, chance)

    def answer(self, shown: Shown, chance: random.Random) -> None:
        pressed = [button for row in shown.rows for button in row if button.get("callback_data", "") in ANSWERED]
        if pressed:
            self.press(shown, pressed[0], chance)
        elif shown.text.startswith("🎭") and "/delete_me" not in shown.text:  # the menu: all is agreed on
            self.search(chance)
        elif shown.text.startswith("⚔️ Against") or shown.text.startswith("⚔️ Против"):
            self.show(chance)
        elif shown.text.startswith(ENDS):
            self.duels -= 1
            self.search(chance)
        elif any(words in shown.text for words in SEARCH_IS_OVER):
            self.done = True

    def press(self, shown: Shown, button: dict[str, str], chance: random.Random) -> None:
        for _ in range(1 + (chance.random() < 0.1)):
            self.person.press_data(shown, button)

    def search(self, chance: random.Random) -> None:
        if self.duels <= 0:
            self.done = True
            return
        for _ in range(1 + (chance.random() < 0.1)):
            self.person.types("/duel")

    def show(self, chance: random.Random) -> None:
        luck = chance.random()
        if luck < 0.05:
            return
        if luck < 0.15:
            self.person.sends_photo(wall())
        if luck > 0.1:
            # Few different ones: drawing takes its time.
            self.person.sends_photo(face(chance.randrange(PERSONS), chance.choice(EMOTIONS[:2])))


ANSWERED = {"consent", "faces:1", "ready"}


def play(site: Site, count: int, duels: int, within: float) -> None:
    chance = random.Random(count)
    players = [Player(site.newcomer(f"P{number}", chance.choice(("en", "ru"))), duels) for number in range(count)]
    for player in players:
        player.person.types("/start")
    end = time.monotonic() + within
    while not all(player.done for player in players):
        for player in players:
            player.look(chance)
        stuck = [f"{player.person}:\n{player.person.told()}" for player in players if not player.done]
        assert time.monotonic() < end, f"{len(stuck)} still wait, the first of them {stuck[0]}"
        time.sleep(LOOK)
