"""Spectators look anew when somebody who stands on a page changes how they appear."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from accounts.forms import SettingsForm, settings_of
from accounts.models import Player
from accounts.refusals import Refused
from accounts.services import Setting
from duels import appearance, erasure, live
from duels.tests.world import newcomer, played, random_duel, reread

Numbers = Callable[..., list[int | None]]
Commits = Callable[..., AbstractContextManager[list[Any]]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Commits) -> Numbers:
    """Of each push, which duel it is about."""
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(live, "send", messages.append)

    def said(act: Callable[..., object], *args: object) -> list[int | None]:
        messages.clear()
        before = live.number()
        with django_capture_on_commit_callbacks(execute=True):
            act(*args)
        assert [message["number"] for message in messages] == list(range(before + 1, live.number() + 1))
        return [message["duel"] for message in messages]

    return said


@pytest.fixture
def bob_played(ann: Player, bob: Player) -> Player:
    played(ann, 80, bob, 40)
    return reread(bob)


def test_who_leaves_the_boards_or_comes_back_takes_a_number_without_a_duel(bob_played: Player, said: Numbers) -> None:
    for on in (False, True):
        assert said(appearance.change_setting, bob_played, Setting.ON_LEADERBOARD, on) == [None]
        assert said(appearance.change_setting, bob_played, Setting.ON_LEADERBOARD, on) == []


def test_so_do_a_new_name_and_a_new_language(bob_played: Player, said: Numbers) -> None:
    assert said(appearance.rename, bob_played, "Bobby") == [None]
    assert said(appearance.set_language, bob_played, "ru") == [None]


def test_so_does_who_is_erased_with_a_duel_that_goes_on(ann: Player, bob: Player, said: Numbers) -> None:
    random_duel(ann, bob)
    assert said(erasure.forget, bob) == [None]


def test_so_does_the_settings_form_once_however_much_it_changes(bob_played: Player, said: Numbers) -> None:
    form = SettingsForm(bob_played, {**settings_of(bob_played), "name": "Bobby", "language": "ru"})
    assert said(appearance.save, bob_played, form) == [None]


def test_so_does_the_admin(bob_played: Player, said: Numbers, client: Client) -> None:
    client.force_login(User.objects.create_superuser("staff"))
    address = f"/admin/accounts/player/{bob_played.pk}/change/"
    assert said(client.post, address, {"language": "ru"}) == [None]
    assert reread(bob_played).language == "ru"


def test_what_nobody_sees_is_nobodys_business(bob_played: Player, said: Numbers) -> None:
    assert said(appearance.change_setting, bob_played, Setting.NOTIFICATIONS, False) == []
    appearance.change_setting(bob_played, Setting.ON_LEADERBOARD, False)
    assert said(appearance.rename, bob_played, "Bobby") == []
    assert said(erasure.forget, bob_played) == []
    assert said(appearance.rename, newcomer(), "Eve") == []


def test_a_refused_change_takes_no_number(bob_played: Player, said: Numbers) -> None:
    def taken() -> None:
        with pytest.raises(Refused):
            appearance.rename(bob_played, "Ann")

    assert said(taken) == []
