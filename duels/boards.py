"""The boards: who stands on each, page by page, and anybody's place. Nowhere is everybody counted.

A board is known by its name, as in addresses: rating, today, week, expressive, emotion-anger, language-ru.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleLessThan,
)
from django.utils import timezone

from accounts.models import PLAYED, SHOWN, Player
from duels.models import BoardFigure, Landmark
from duels.rules import figures
from duels.rules.rating import Skill
from duels.words import tenths
from scoring import EMOTIONS

PAGE = 20
LANDMARK = ("ranked", "value", "player")


class Board(StrEnum):
    """Those that the bot offers, too."""

    RATING = "rating"
    EXPRESSIVE = "expressive"  # by mean match


TODAY, WEEK = "today", "week"
Where = tuple[bool, float, int]


class Key(NamedTuple):
    """Where somebody stands: the higher, the better. The id tells equals apart."""

    ranked: bool
    value: float
    player: int


@dataclass(frozen=True)
class Listing:
    key: str  # what its figures and landmarks are stored under
    rows: QuerySet[Any]  # players, or figures of theirs
    order: tuple[str, ...]  # what they go by, as Key's last fields

    def key_of(self, row: Any) -> Key:
        *ranked, value, player = (getattr(row, name) for name in self.order)
        return Key(ranked[0] if ranked else True, value, player)

    def page(self, after: Where | None, size: int) -> list[Any]:
        rows = self.rows if after is None else self.rows.filter(compared(TupleLessThan, self.order, after))
        return list(rows.order_by(*(f"-{name}" for name in self.order))[:size])

    def row_of(self, player: Player) -> Any:
        return self.rows.filter(**{self.order[-1]: player.pk}).first()


def names() -> tuple[str, ...]:
    emotions = (figures.of_emotion(emotion) for emotion in EMOTIONS)
    languages = (f"language-{code}" for code, _ in settings.LANGUAGES)
    return (Board.RATING, TODAY, WEEK, Board.EXPRESSIVE, *emotions, *languages)


def listing(name: str, now: datetime | None = None) -> Listing:
    kind, _, which = name.partition("-")
    if kind == "emotion":
        return of_figures(name, Q(value__isnull=False))
    if name in {TODAY, WEEK}:
        period = figures.of_day if name == TODAY else figures.of_week
        return of_figures(period(now or timezone.now()), Q(value__isnull=False, value__gt=0))
    players = Player.objects.filter(SHOWN)
    if name == Board.EXPRESSIVE:
        return Listing(name, players.filter(expressive__isnull=False), ("expressive", "pk"))
    narrowed = players.filter(language=which) if kind == "language" else players
    return Listing(name, narrowed.filter(PLAYED), ("ranked", "mu", "pk"))


def of_figures(board: str, on_it: Q) -> Listing:
    rows = BoardFigure.objects.filter(on_it, board=board, player__on_leaderboard_at__isnull=False)
    return Listing(board, rows.select_related("player"), ("value", "player_id"))


def compared(how: Any, fields: Sequence[str], key: Where) -> Any:
    """As one comparison of rows: so the database begins at the right place of its index."""
    return how(Tuple(*map(F, fields)), key[-len(fields) :])


def place_of(player: Player, name: str = Board.RATING) -> int | None:
    """None for who is not on the board."""
    board = listing(name)
    row = board.row_of(player)
    return None if row is None else place_at(board, board.key_of(row))


def place_at(board: Listing, key: Key) -> int:
    """Counted from the nearest landmark above: at most as many rows as lie between two, however long the board is."""
    mark = landmark_above(board, key)
    if mark is None:
        return 1 + board.rows.filter(compared(TupleGreaterThan, board.order, key)).count()
    return 1 + mark.above + board.rows.filter(between(board, key, mark)).count()


def between(board: Listing, key: Key, mark: Landmark) -> Q:
    """Above the key, up to the landmark. Each part is one stretch of the index, and the database guesses its length
    well: of rows that are compared as a whole it sees the first column alone, and so many share a rating.
    """
    *ranked, value, player = board.order
    segment = Q(**{ranked[0]: key.ranked}) if ranked else Q()
    beside, below = Q(**{value: key.value, f"{player}__gt": key.player}), Q(**{f"{player}__lte": mark.player})
    if mark.value == key.value:
        return segment & beside & below
    amid = Q(**{f"{value}__gt": key.value, f"{value}__lt": mark.value})
    return segment & (beside | amid | Q(**{value: mark.value}) & below)


def landmark_above(board: Listing, key: Key) -> Landmark | None:
    """Or the very one; None: nobody has measured so far, for there are few."""
    marks = Landmark.objects.filter(board=board.key, ranked=key.ranked)
    return marks.filter(compared(TupleGreaterThanOrEqual, LANDMARK[1:], key)).order_by(*LANDMARK[1:]).first()


@dataclass(frozen=True)
class Row:
    """As a board shows it."""

    place: int
    player: Player
    figure: str  # what this board goes by
    best: str | None  # emotion
    key: Key

    @property
    def rating(self) -> str:
        return str(Skill(self.player.mu, self.player.sigma))

    @property
    def sorted_by(self) -> str:
        """For the page's script: the id is nobody's business."""
        return f"{self.key.ranked:d} {self.key.value!r}"


@dataclass(frozen=True)
class BoardPage:
    name: str
    key: str  # the period's own, of a board that begins anew with each
    rows: Sequence[Row]
    next: str | None  # public id of whom the next page comes after


def page(name: str, after: str = "", size: int = PAGE) -> BoardPage:
    """After the player of that public id, wherever they stand by now; from the top where they are gone."""
    board = listing(name)
    last = board.rows.filter(**{player_field(board, "public_id"): after}).first() if after else None
    begin = board.key_of(last) if last else None
    found = board.page(begin, size + 1)
    first = 1 + place_at(board, begin) if begin else 1
    players = [player_in(row) for row in found[:size]]
    best = best_emotions(players)
    rows = [
        Row(place, player, shown(name, row), best[player.pk], board.key_of(row))
        for place, (row, player) in enumerate(zip(found, players, strict=False), first)
    ]
    following = players[-1].public_id if len(found) > size else None
    return BoardPage(name, board.key, rows, following)


def player_field(board: Listing, field: str) -> str:
    return field if board.rows.model is Player else f"player__{field}"


def player_in(row: Player | BoardFigure) -> Player:
    return row if isinstance(row, Player) else row.player


def shown(name: str, row: Player | BoardFigure) -> str:
    found = figure(name, row)
    return tenths(found) if isinstance(found, float) else found


def figure(name: str, row: Player | BoardFigure) -> str | float:
    """As text, where that is the same in every language."""
    if name == Board.EXPRESSIVE and isinstance(row, Player):
        return round(row.expressive or 0.0, 1)
    if isinstance(row, Player):
        return str(Skill(row.mu, row.sigma))
    value = row.value or 0.0
    return f"{value:+.0f}" if name.startswith((TODAY, WEEK, figures.DAY)) else round(value, 1)


def best_emotions(players: Sequence[Player]) -> dict[int, str | None]:
    """By player."""
    kept: dict[int, dict[str, list[float]]] = {player.pk: {} for player in players}
    rows = BoardFigure.objects.filter(player__in=players, board__in=[figures.of_emotion(each) for each in EMOTIONS])
    for player, board, matches in rows.values_list("player", "board", "kept"):
        kept[player][board] = matches
    return {player: figures.best(own) for player, own in kept.items()}
