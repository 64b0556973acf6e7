from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import barring, services, signin
from accounts.models import Barred, Browser, Player

pytestmark = pytest.mark.django_db
NUMBER = 4242


def suspended(days: float = 3) -> Player:
    player, _ = services.enter(NUMBER)
    player.suspended_until, player.suspension_reason = timezone.now() + timedelta(days=days), "screens"
    player.save()
    return player


def test_nobody_gets_round_a_suspension_by_going_and_coming_again() -> None:
    before = suspended()
    until = before.suspended_until
    services.anonymise(before)
    assert str(NUMBER) not in "".join(Barred.objects.values_list("digest", flat=True))
    again, fresh = services.enter(NUMBER)
    assert fresh
    assert again.pk != before.pk
    assert (again.suspended_until, again.suspension_reason) == (until, "screens")
    assert not Barred.objects.exists(), "where moderators can lift it, it stands once"
    services.anonymise(again)
    assert Barred.objects.count() == 1


def test_who_was_not_suspended_or_no_longer_leaves_no_mark() -> None:
    services.anonymise(suspended(days=-1))
    assert not Barred.objects.exists()
    again, _ = services.enter(NUMBER)
    assert again.suspended_until is None


def test_the_mark_goes_when_the_suspension_ends() -> None:
    services.anonymise(suspended())
    assert barring.forget_ended(10) == 0
    Barred.objects.update(until=timezone.now())
    assert barring.forget_ended(10) == 1
    again, _ = services.enter(NUMBER)
    assert again.suspended_until is None


def test_an_ended_mark_that_nobody_cleared_yet_bars_nobody() -> None:
    services.anonymise(suspended())
    Barred.objects.update(until=timezone.now())
    again, _ = services.enter(NUMBER)
    assert again.suspended_until is None
    assert not Barred.objects.exists()


def test_the_mark_tells_nothing_without_our_secret_key(settings: pytest.FixtureRequest) -> None:
    one = barring.digest_of(NUMBER)
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    assert barring.digest_of(NUMBER) != one


def test_sessions_go_with_their_player(client: Client) -> None:
    player, _ = services.enter(NUMBER)
    client.post(f"/signin/{signin.make_link(player)}/")
    assert (Browser.objects.count(), Session.objects.count()) == (1, 1)
    services.anonymise(player)
    assert (Browser.objects.count(), Session.objects.count()) == (0, 0)


def test_who_signs_out_leaves_no_browser_behind(client: Client) -> None:
    player, _ = services.enter(NUMBER)
    client.post(f"/signin/{signin.make_link(player)}/")
    client.post("/signout/")
    assert not Browser.objects.exists()
