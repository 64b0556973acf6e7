"""Every read of many rows. Pages go by key, not by number: the millionth is as quick as the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from django.db.models import F, Prefetch, Q, QuerySet

from accounts.models import Player
from duels import boards
from duels.boards import Board as Board  # here, too: it is what the bot asks for
from duels.models import BoardFigure, Duel, Entry
from duels.rules import figures
from duels.rules.rating import Skill

PAGE = 20
LAST = 10
LINE = 1000  # duels that a line of ratings goes back
ENOUGH = figures.BEST_OF

Item = TypeVar("Item")
Key = TypeVar("Key")


class Order(StrEnum):
    NEWEST = "newest"
    BEST = "best"  # by match


@dataclass(frozen=True)
class Page(Generic[Item, Key]):
    items: Sequence[Item]
    next: Key | None  # what to ask the next page with; None: there is none


PlayerKey = tuple[bool, float, int]
EntryKey = tuple[datetime | float, int]


@dataclass(frozen=True)
class Profile:
    player: Player
    rating: str
    rank: int | None
    last: tuple[str, ...]  # outcomes, the newest first
    best: str | None  # emotions
    worst: str | None


def leaderboard(
    board: Board = Board.RATING, after: PlayerKey | None = None, size: int = PAGE
) -> Page[Player, PlayerKey]:
    listing = boards.listing(board)
    found = listing.page(after, size + 1)
    return Page(found[:size], listing.key_of(found[size - 1]) if len(found) > size else None)


def player_key(board: Board, player: Player) -> PlayerKey:
    value = player.mu if board is Board.RATING else player.expressive or 0.0
    return player.ranked if board is Board.RATING else True, value, player.pk


def rank(player: Player, board: Board = Board.RATING) -> int | None:
    """The place on the board; None for who is not on it."""
    return boards.place_of(player, board)


def finished_entries(player: Player) -> QuerySet[Entry]:
    """Of duels that count: no practice, none that was void."""
    return Entry.objects.filter(player=player).exclude(outcome="")


def history(
    player: Player,
    order: Order = Order.NEWEST,
    after: EntryKey | None = None,
    size: int = PAGE,
    among: QuerySet[Entry] | None = None,
) -> Page[Entry, EntryKey]:
    """Each entry with its duel, prompt, and all that played in it."""
    field = "ended_at" if order is Order.NEWEST else "match"
    entries = (finished_entries(player) if among is None else among).filter(**{f"{field}__isnull": False})
    if after is not None:
        value, pk = after
        entries = entries.filter(Q(**{f"{field}__lt": value}) | Q(**{field: value, "pk__lt": pk}))
    entries = entries.select_related("duel__prompt").prefetch_related("duel__entries__player")
    found = list(entries.order_by(f"-{field}", "-id")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], (getattr(last, field), last.pk) if last else None)


def entry_key(player: Player, order: Order, after: int | None) -> EntryKey | None:
    """From the number of an entry that was shown last; another player's gives none."""
    entry = finished_entries(player).filter(pk=after).first() if after else None
    value = None if entry is None else entry.match if order is Order.BEST else entry.ended_at
    return None if entry is None or value is None else (value, entry.pk)


def profile(player: Player) -> Profile:
    best, worst = best_and_worst(player)
    rating = str(Skill(player.mu, player.sigma))
    return Profile(player, rating, rank(player), last_outcomes(player), best, worst)


def last_outcomes(player: Player) -> tuple[str, ...]:
    entries = finished_entries(player).order_by("-ended_at", "-id")
    return tuple(entries.values_list("outcome", flat=True)[:LAST])


def best_and_worst(player: Player) -> tuple[str | None, str | None]:
    """The emotions that the player shows best and worst, by mean match where they were asked for."""
    means = emotion_means(player)
    if len(means) < 2:
        return None, None
    ordered = sorted(means, key=lambda emotion: (means[emotion], emotion))
    return ordered[-1], ordered[0]


def emotion_means(player: Player, enough: int = ENOUGH) -> dict[str, float]:
    """By the last matches in duels that asked for each: those that the boards go by, too."""
    rows = BoardFigure.objects.filter(player=player, board__startswith=figures.EMOTION).order_by("board")
    kept = {board.removeprefix(figures.EMOTION): matches for board, matches in rows.values_list("board", "kept")}
    return {emotion: sum(each) / len(each) for emotion, each in kept.items() if len(each) >= enough}


def running_duel(player: Player) -> Duel | None:
    """What the player is in now, practice aside."""
    duels = Duel.objects.filter(seats__player=player, status__in=Duel.RUNNING).exclude(origin=Duel.Origin.PRACTICE)
    return duels.select_related("prompt").prefetch_related("entries__player").first()


def practice_of(player: Player) -> Duel | None:
    duels = Duel.objects.filter(seats__player=player, origin=Duel.Origin.PRACTICE, status__in=Duel.RUNNING)
    return duels.select_related("prompt").first()


def seen(pk: int) -> Duel:
    """A duel with all that a result shows: its entries come by place, who has none last."""
    by_place = Entry.objects.select_related("player").order_by(F("place").asc(nulls_last=True), "id")
    return Duel.objects.select_related("prompt").prefetch_related(Prefetch("entries", by_place)).get(pk=pk)


def duel_of(public_id: str) -> Duel | None:
    return Duel.objects.filter(public_id=public_id).select_related("prompt").first()


def player_of(public_id: str) -> Player | None:
    """The gone have no page of their own."""
    return Player.objects.filter(public_id=public_id, anonymised_at=None).first()


def rating_history(player: Player) -> list[tuple[datetime, float, float]]:
    """(when, mu, sigma) after each of the last duels that moved it, the oldest first."""
    moved = finished_entries(player).filter(mu_after__isnull=False).order_by("-ended_at", "-id")
    rows = moved.values_list("ended_at", "mu_after", "sigma_after")[:LINE]
    newest = [(ended, mu, sigma) for ended, mu, sigma in rows if ended and mu is not None and sigma is not None]
    return newest[::-1]
