"""How a duel moves ratings: openskill's Plackett-Luce, by places alone (its margins are broken upstream)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from openskill.models import PlackettLuce

from duels.rules.verdict import Outcome

UNSURE = 5.0  # above this sigma a rating carries a "?" and stands below the ranked
ENOUGH_FACES = 5  # before a mean match is shown among others
LAST = 5  # outcomes that are kept at hand


@dataclass(frozen=True)
class Skill:
    mu: float = 25.0
    sigma: float = 25.0 / 3

    @property
    def rating(self) -> int:
        """The figure that people see. Not the ordinal: that one rises by a mere draw and drifts up as sigma falls."""
        return round(1500 + 40 * (self.mu - 25))

    @property
    def sure(self) -> bool:
        return self.sigma <= UNSURE

    def __str__(self) -> str:
        return f"{self.rating}{'' if self.sure else '?'}"


@dataclass(frozen=True)
class Tally:
    """What a player's finished duels add up to. A streak counts wins above zero and losses below it."""

    wins: int = 0
    losses: int = 0
    draws: int = 0
    streak: int = 0
    best_streak: int = 0
    worst_streak: int = 0
    last: str = ""  # the first letters of the last outcomes, the newest first
    faces: int = 0
    match_sum: float = 0.0

    @property
    def expressive(self) -> float | None:
        """The mean match, once it says something of the player."""
        return self.match_sum / self.faces if self.faces >= ENOUGH_FACES else None


@cache
def model() -> PlackettLuce:
    return PlackettLuce()


def rate(skills: Sequence[Skill], places: Sequence[int]) -> list[Skill]:
    teams = [[model().rating(mu=skill.mu, sigma=skill.sigma)] for skill in skills]
    rated = model().rate(teams, ranks=[float(place) for place in places])
    return [Skill(team[0].mu, team[0].sigma) for team in rated]


def add(tally: Tally, outcome: Outcome, match: float | None = None) -> Tally:
    tally = replace(tally, last=(outcome[0] + tally.last)[:LAST])
    if match is not None:
        tally = replace(tally, faces=tally.faces + 1, match_sum=tally.match_sum + match)
    if outcome is Outcome.DRAW:
        return replace(tally, draws=tally.draws + 1, streak=0)
    if outcome is Outcome.WIN:
        streak = max(tally.streak, 0) + 1
        return replace(tally, wins=tally.wins + 1, streak=streak, best_streak=max(tally.best_streak, streak))
    streak = min(tally.streak, 0) - 1
    return replace(tally, losses=tally.losses + 1, streak=streak, worst_streak=min(tally.worst_streak, streak))
