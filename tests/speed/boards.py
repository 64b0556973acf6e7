"""The boards with many players: what a page and a place cost in the database."""

import random
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection

from accounts.models import Player
from duels import boards, landmarks
from duels.rules import figures
from duels.views import front
from scoring import EMOTIONS
from tests.speed import Row, percentile

SAMPLES = 200
FEWER = 60  # of each of the other boards: building so many queries takes its time
NORMAL = "(25 + 5 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))"
# Many a rating is shared: by those who have won their first duel, say.
PLAYERS = f"""
    insert into accounts_player (public_id, name, name_key, language, created, on_leaderboard_at, mu, sigma, ranked,
        wins, losses, draws, streak, best_streak, worst_streak, last, faces, match_sum, expressive, suspension_reason)
    select 'p' || lpad(i::text, 11, '0'), 'Player ' || i, 'player ' || i, (array['en', 'ru'])[1 + mod(i, 2)], now(),
        case when mod(i, 50) > 0 then now() end, case when mod(i, 5) = 0 then 26.96 else {NORMAL} end, 4, mod(i, 5) > 1,
        mod(i, 40), mod(i, 30), mod(i, 3), 1, 3, -2, 'wlwwd', 30, 1500, 100 * random(), ''
    from generate_series(%s, %s) i
"""  # noqa: S608
FIGURES = """
    insert into duels_boardfigure (player_id, board, value, kept)
    select id, %s, round((100 * random())::numeric, 1), '[40, 50, 60, 70, 80]' from accounts_player
    where mod(id, %s) = 0 and not exists
        (select from duels_boardfigure where player_id = accounts_player.id and board = %s)
"""
DUELS = """
    with new as (
        insert into duels_duel (public_id, origin, listed, prompt_id, wording, status, created, finished_at, verdict,
            reminded, void_reason, rated, counted)
        select 'd' || lpad(i::text, 11, '0'), 'random', mod(i, 3) > 0, (select min(id) from duels_prompt), 'joy',
            'finished', now(), now(), 'contest', false, '', true, true
        from generate_series(%s, %s) i returning id
    )
    insert into duels_entry (duel_id, player_id, status, attempt, media, file_id, file_unique_id, forwarded, album,
        content_hash, picture_hash, reason, match, scorer, scorer_version, outcome, place, ended_at, tries,
        lease_holder)
    select new.id, player, 'judged', 1, 'photo', '', '', false, '', '', '', '', 50, '', '',
        case when place = 1 then 'win' else 'loss' end, place, now(), 0, ''
    from new, lateral (values (1 + mod(new.id * 7919, %s), 1), (1 + mod(new.id * 104729 + 1, %s), 2)) of (player, place)
    on conflict do nothing
"""


def measure(players: int) -> Row:
    fill(players)
    took = time.perf_counter()
    found = landmarks.measure(boards.listing("rating"))
    took = time.perf_counter() - took
    for name in boards.names():
        landmarks.measure(boards.listing(name))
    some = list(
        Player.objects.filter(on_leaderboard_at__isnull=False, id__in=random.sample(range(1, players), SAMPLES))
    )
    return {
        "first": p95(some, lambda player: front.shown("rating", "")),
        "pages": {name: p95(sample(name, some), partial(page_after, name)) for name in boards.names()},
        "places": {name: p95(sample(name, some), partial(place_on, name)) for name in boards.names()},
        "landmarks": found,
        "measuring": took,
    }


def sample(name: str, some: list[Player]) -> list[Player]:
    return some if name == boards.Board.RATING else some[:FEWER]


def page_after(name: str, player: Player) -> None:
    front.shown(name, player.public_id)


def place_on(name: str, player: Player) -> None:
    boards.place_of(player, name)


def p95(players: list[Player], act: Callable[[Player], Any]) -> float:
    """Seconds in the database."""
    return percentile([in_database(act, player) for player in players])


def in_database(act: Callable[[Player], Any], player: Player) -> float:
    """As PostgreSQL itself counts, planning included, once it has all it needs in memory."""
    asked: list[tuple[str, Any]] = []

    def noted(execute: Any, sql: str, params: Any, *given: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, *given)

    with connection.execute_wrapper(noted):
        act(player)
    return sum(explained(sql, params) for sql, params in asked)


def explained(sql: str, params: Any) -> float:
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, timing off, format json) {sql}", params)
        [[plans]] = cursor.fetchall()
    return sum((plan["Planning Time"] + plan["Execution Time"]) / 1000 for plan in plans)


def fill(players: int) -> None:
    have = Player.objects.count()
    periods = [boards.listing(name).key for name in (boards.TODAY, boards.WEEK)]
    emotions = [figures.of_emotion(each) for each in EMOTIONS]
    shares = {**dict.fromkeys(emotions, 4), periods[0]: 10, periods[1]: 3}
    with connection.cursor() as cursor:
        cursor.execute(PLAYERS, [have + 1, players])
        for board, share in shares.items():
            cursor.execute(FIGURES, [board, share, board])
        cursor.execute(DUELS, [have // 5 + 1, players // 5, players, players])
        cursor.execute("vacuum analyze")
