"""Duels of every size and every end, by chance; and all that follows from duels, to be compared."""

from collections.abc import Mapping
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Player
from duels import deadlines, ending, play
from duels.models import BoardFigure, Duel, Entry, ModerationAct, Prompt
from duels.tests.world import long_ago, photo, room_duel, seen, time_is_up

FIGURES = ["mu", "sigma", "ranked", "wins", "losses", "draws", "streak", "best_streak", "worst_streak", "last"]
FIGURES += ["faces", "match_sum", "expressive"]


def a_season(players: list[Player], duels: int, chance: Random) -> None:
    for _ in range(duels):
        some = chance.sample(players, chance.choice((2, 2, 3, 4)))
        duel = room_duel(*some, rated=chance.random() < 0.9)
        for player in some:
            if chance.random() < 0.8:
                entry = play.submit_photo(player, photo())
                play.record_score(entry.pk, 1, seen(chance.choice((None, 0.0, 20.0, 55.5, 55.5, 99.9))))
        time_is_up(duel)
        if chance.random() < 0.1:
            play.void(duel.pk, "test")
        deadlines.expire(long_ago())


def brief_season(players: list[Player], duels: int, chance: Random) -> None:
    """As many ends as above, without the way there."""
    prompts = list(Prompt.objects.all())
    for _ in range(duels):
        some = chance.sample(players, chance.choice((2, 2, 2, 3, 4)))
        matches = [chance.choice((None, 0.0, 20.0, 55.5, 55.5, 99.9)) for _ in some]
        ended_duel(dict(zip(some, matches, strict=True)), chance.choice(prompts), rated=chance.random() < 0.9)


def ended_duel(matches: Mapping[Player, float | None], prompt: Prompt | None, rated: bool = True) -> Duel:
    """None: a photo without a face."""
    duel = Duel.objects.create(
        origin=Duel.Origin.ROOM, prompt=prompt, wording="x", status="open", deadline=timezone.now(), rated=rated
    )
    Entry.objects.bulk_create(
        Entry(
            duel=duel,
            player=player,
            attempt=1,
            file_id="photo",
            match=match,
            status="faceless" if match is None else "judged",
        )
        for player, match in matches.items()
    )
    with transaction.atomic():
        ending.finish(duel)
    duel.refresh_from_db()
    return duel


def standings() -> dict[str, list[Any]]:
    """Every rating, tally, streak and board figure, and what each entry says."""
    figures = BoardFigure.objects.order_by("player", "board").values_list("player", "board", "value", "kept")
    moved = ("pk", "place", "outcome", "mu_before", "sigma_before", "mu_after", "sigma_after")
    return {
        "players": list(Player.objects.order_by("pk").values_list("pk", *FIGURES)),
        "entries": list(Entry.objects.order_by("pk").values_list(*moved)),
        "figures": list(figures),
        "duels": list(Duel.objects.order_by("pk").values_list("pk", "status", "counted", "void_reason")),
    }


def void_act(duel: Duel) -> ModerationAct:
    """Decided, and not carried out."""
    player = duel.entries.order_by("pk")[0].player
    return ModerationAct.objects.create(player=player, duel=duel, what="void", status="due", why="a test")


def take_back(act: ModerationAct) -> None:
    ModerationAct.objects.filter(pk=act.pk, status="stands").update(status="undoing")
