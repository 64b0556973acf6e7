from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import translation

from accounts import services
from accounts.models import Player
from duels import boards, deadlines, live, lobby, play
from duels.models import Duel, LiveCounter
from duels.tests.world import photo, played, public_duel, random_duel, room_duel, shows, the_duel, time_is_up

Commits = Callable[..., AbstractContextManager[list[Any]]]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What goes to the layer. It is tried out itself in test_spectators.py."""
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(live, "send", messages.append)
    return messages


@pytest.fixture
def hear(heard: list[dict[str, Any]], django_capture_on_commit_callbacks: Commits) -> Callable[..., Any]:
    """What spectators hear of each push, at the time it comes."""

    def hear(act: Callable[..., Any], *args: Any) -> list[dict[str, Any]]:
        heard.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act(*args)
        return [live.news([push]) for push in heard]

    return hear


def states(messages: list[dict[str, Any]]) -> list[str]:
    return [duel["state"] for message in messages for duel in message["duels"]]


def test_a_duel_is_told_from_its_start_to_its_verdict(ann: Player, bob: Player, hear: Callable[..., Any]) -> None:
    duel = Duel()
    steps: list[Callable[[], None]] = [lambda: shows(ann, duel, 80), lambda: shows(bob, duel, 40)]
    messages = hear(lambda: random_duel(ann, bob))
    duel = Duel.objects.get()
    for step in steps:
        messages += hear(step)
    assert [message["numbers"] for message in messages] == [[1], [2], [3], [4]]
    assert states(messages) == ["showing", "judging", "finished", "finished"]  # the third is read after the fourth
    assert live.number() == 4
    last = messages[-1]
    [told] = last["duels"]
    assert [(side["name"], side["match"], side["wins"]) for side in told["players"]] == [
        ("Ann", 80.0, True),
        ("Bob", 40.0, False),
    ]
    assert told["prompt"] == {"en": "Show joy", "ru": "Покажи joy"}
    [first, second] = last["rows"]
    assert (first["name"], first["tally"], first["streak"], first["last"]) == ("Ann", [1, 0, 0], 1, "w")
    assert set(first["boards"]) == {"rating", "language-en", *second["boards"], *periods()}
    assert second["boards"].keys() == {"rating", "language-en"}


def test_figures_are_told_as_the_page_shows_them_but_for_the_language(ann: Player, bob: Player) -> None:
    for _ in range(5):
        duel = public_duel(ann, 80.25, bob, 40)
    [first, _] = live.news([{"number": 1, "duel": duel.pk}])["rows"]
    with translation.override("ru"):
        for name in ("rating", "today", "week", "expressive", "emotion-happiness"):
            figure = first["boards"][boards.listing(name).key][0]
            shown = boards.page(name).rows[0].figure
            assert (str(figure).replace(".", ","), isinstance(figure, float)) == (shown, "," in shown)


def periods() -> set[str]:
    return {boards.listing("today").key, boards.listing("week").key}


def test_who_goes_first_and_what_was_seen_is_not_told_before_the_end(
    ann: Player, bob: Player, hear: Callable[..., Any]
) -> None:
    duel = random_duel(ann, bob)
    [message] = hear(play.submit_photo, ann, photo())
    assert states([message]) == ["judging"]
    play.record_score(duel.entries.get(player=ann).pk, 1, play.Seen("test", "1", match=70))
    [told] = live.news([{"number": 9, "duel": duel.pk}])["duels"]
    assert [side["match"] for side in told["players"]] == [None, None]
    assert hear(play.submit_photo, bob, photo())
    assert hear(play.submit_photo, bob, photo("again")) == []


def test_a_duel_that_is_void_or_nobody_came_to_is_gone(ann: Player, bob: Player, hear: Callable[..., Any]) -> None:
    duel = random_duel(ann, bob)
    assert states(hear(play.void, duel.pk, "test")) == ["gone"]
    duel = random_duel(ann, bob)
    time_is_up(duel)
    assert states(hear(deadlines.expire_one, duel.pk)) == ["gone"]


def test_of_a_private_room_nothing_but_the_rows_is_told(ann: Player, bob: Player, hear: Callable[..., Any]) -> None:
    assert hear(room_duel, ann, bob) == []
    duel = the_duel(ann)
    assert hear(shows, ann, duel, 80) == []
    [message] = hear(shows, bob, duel, 40)
    assert message["duels"] == []
    assert [row["name"] for row in message["rows"]] == ["Ann", "Bob"]


def test_of_a_practice_nothing_is_told(ann: Player, hear: Callable[..., Any]) -> None:
    assert hear(lambda: shows(ann, lobby.practise(ann), 50)) == []
    assert live.number() == 0


def test_who_left_the_leaderboard_is_nowhere_and_the_duel_with_them(
    ann: Player, bob: Player, hear: Callable[..., Any]
) -> None:
    services.change_setting(bob, services.Setting.ON_LEADERBOARD, False)

    def whole() -> None:
        duel = random_duel(ann, bob)
        shows(ann, duel, 80)
        shows(bob, duel, 40)

    messages = hear(whole)
    assert states(messages) == []
    assert [row["name"] for row in messages[-1]["rows"]] == ["Ann"]
    assert "Bob" not in str(messages)


def test_a_change_that_is_taken_back_takes_no_number(ann: Player, bob: Player) -> None:
    random_duel(ann, bob)
    before = live.number()
    with transaction.atomic():
        live.next_number()
        transaction.set_rollback(True)
    assert (live.next_number(), before) == (before + 1, before)


def test_without_redis_duels_end_all_the_same(
    ann: Player, bob: Player, settings: Any, django_capture_on_commit_callbacks: Commits
) -> None:
    config = {**settings.CHANNEL_LAYERS["default"], "CONFIG": {"hosts": ["redis://127.0.0.1:1"]}}
    settings.CHANNEL_LAYERS = {"default": config}
    with django_capture_on_commit_callbacks(execute=True):
        duel = random_duel(ann, bob)
        shows(ann, duel, 80)
        shows(bob, duel, 40)
    assert Duel.objects.get(pk=duel.pk).status == "finished"
    assert live.number() == 4


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_and_no_twin_however_many_ask_at_once() -> None:
    found: list[int] = []

    def ask() -> None:
        try:
            for _ in range(20):
                with transaction.atomic():
                    found.append(live.next_number())
        finally:
            connection.close()

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(1, 81))
    assert LiveCounter.objects.count() == 1


def test_what_comes_together_is_read_with_the_same_few_queries(
    ann: Player, bob: Player, cat: Player, dan: Player, django_assert_num_queries: Callable[[int], Any]
) -> None:
    pushes = [
        {"number": number, "duel": played(one, 80, other, 40).pk}
        for number, (one, other) in enumerate(((ann, bob), (cat, dan)), 1)
    ]
    for some in (pushes, pushes[:1]):
        with django_assert_num_queries(3):
            news = live.news(reversed([*some, *some]))
        assert len(news["rows"]) == 2 * len(news["duels"]) == 2 * len(some)
