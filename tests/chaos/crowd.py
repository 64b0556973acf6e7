"""Persons who play duel after duel whatever happens, and after a while without news ask again, as people do."""

import random
import time
from dataclasses import dataclass, field

from tests.botapi import Shown
from tests.duels import crowd
from tests.duels.crowd import ENDS, SEARCH_IS_OVER
from tests.duels.site import Site

IMPATIENT = 45.0  # seconds
REMATCH = 0.1
DOZES = 0.1  # instead of saying that they are still there
ENDLESS = 10**9


@dataclass
class Player(crowd.Player):
    heard: float = field(default_factory=time.monotonic)

    def answer(self, shown: Shown, chance: random.Random) -> None:
        self.heard = time.monotonic()
        verbs = {
            button["callback_data"].split(":")[0]: button
            for row in shown.rows
            for button in row
            if "callback_data" in button
        }
        if "rematch" in verbs and self.duels > 0 and (offered(shown) or chance.random() < REMATCH):
            self.person.press_data(shown, verbs["rematch"])
        elif any(words in shown.text for words in SEARCH_IS_OVER):
            self.search(chance)
        elif "ready" in verbs and chance.random() < DOZES:
            return
        else:
            super().answer(shown, chance)

    def ask_again(self, chance: random.Random) -> None:
        if time.monotonic() - self.heard > IMPATIENT:
            self.heard = time.monotonic()
            self.person.types("/cancel")
            self.search(chance)


def offered(shown: Shown) -> bool:
    """By the opponent of a duel that has ended: it is taken, whatever else goes on."""
    return not shown.text.startswith(ENDS)


class Crowd:
    def __init__(self, site: Site, count: int, seed: int) -> None:
        self.site, self.chance = site, random.Random(seed)
        languages = [self.chance.choice(("en", "ru")) for _ in range(count)]
        self.players = [
            Player(site.newcomer(f"P{number}", language), ENDLESS) for number, language in enumerate(languages)
        ]
        for player in self.players:
            player.person.types("/start")

    def look(self) -> None:
        for player in self.players:
            player.look(self.chance)
            player.ask_again(self.chance)

    def stop(self) -> None:
        """Whoever is in a duel ends it; whoever waits for one waits no more."""
        for player in self.players:
            player.duels = 0
            player.person.types("/cancel")
