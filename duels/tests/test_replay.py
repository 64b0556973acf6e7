from random import Random

import pytest
from django.core.management import call_command
from django.db.models import QuerySet

from accounts.models import Player
from duels import lobby, play
from duels.models import BoardFigure, Duel, Entry
from duels.replay import replay
from duels.tests.seasons import a_season
from duels.tests.world import newcomer, photo, seen


def test_replaying_a_season_finds_the_same_figures(ann: Player, bob: Player, cat: Player, dan: Player) -> None:
    players = [ann, bob, cat, dan, newcomer("Eve")]
    a_season(players, 40, Random(4))
    assert set(Duel.objects.values_list("status", flat=True)) == {"finished", "cancelled", "void"}
    assert Duel.objects.filter(counted=True).exists()
    assert Duel.objects.filter(status="finished", counted=False).exists()
    found = replay(write=False)
    assert (found.players, found.entries, found.figures) == ([], [], {})


def test_replaying_puts_right_what_was_spoiled(ann: Player, bob: Player, cat: Player) -> None:
    a_season([ann, bob, cat, newcomer("Eve")], 12, Random(5))
    right = list(Player.objects.order_by("pk").values())
    entries = list(Entry.objects.order_by("pk").values("mu_before", "sigma_after"))
    figures = list(figures_now())
    Player.objects.update(mu=1, sigma=2, wins=99, streak=-7, match_sum=3, expressive=1, ranked=True, last="")
    BoardFigure.objects.filter(player=ann).delete()
    BoardFigure.objects.filter(player=bob).update(value=3, kept=[7])
    BoardFigure.objects.create(player=bob, board="emotion-disgust", value=3)
    Entry.objects.filter(duel__counted=True).update(mu_before=0, sigma_after=0)
    with pytest.raises(SystemExit):
        call_command("replay_ratings", "--check")
    call_command("replay_ratings")
    assert list(Player.objects.order_by("pk").values()) == right
    assert list(Entry.objects.order_by("pk").values("mu_before", "sigma_after")) == entries
    assert list(figures_now()) == figures
    call_command("replay_ratings", "--check")


def figures_now() -> QuerySet[BoardFigure, tuple[object, ...]]:
    return BoardFigure.objects.order_by("player", "board").values_list("player", "board", "value", "kept")


def test_practice_is_none_of_it(ann: Player) -> None:
    practice = lobby.practise(ann)
    play.record_score(play.submit_photo(ann, photo()).pk, 1, seen(90))
    practice.refresh_from_db()
    assert practice.status == "finished"
    assert replay(write=False).players == []
