"""Suspensions that outlast an erasure: moderators see them and can lift them, while the person is gone and after."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from accounts.models import Barred, Player
from duels import cases, erasure
from duels.models import Case, ModerationAct
from duels.telegram.tests.letters import says
from duels.tests.moderators import decides, staff, takes_back
from duels.tests.world import reread, told

MARKS = "/admin/accounts/barred/"


@pytest.fixture
def gone(mod: Client, case: Case, ann: Player) -> int:
    """Ann's number: she was suspended for good, and left."""
    number = ann.telegram_id
    assert number
    decides(mod, case, measure="good", why="Screens, again")
    erasure.forget(reread(ann))
    return number


def lifts(client: Client, why: str = "They wrote to us") -> str:
    mark = Barred.objects.get()
    fields = {"action": "lift", "_selected_action": mark.pk, "sure": "1", "why": why}
    return client.post(MARKS, fields, follow=True).content.decode()


def test_a_moderator_sees_them_and_finds_one_by_its_number(mod: Client, gone: int) -> None:
    Barred.objects.create(digest="another", until=timezone.now() + timedelta(days=1), reason="Hands")
    found = mod.get(MARKS, {"q": str(gone)}).context["cl"].result_list
    assert [mark.reason for mark in found] == ["Screens, again"]
    assert [mark.reason for mark in mod.get(MARKS, {"q": "hands"}).context["cl"].result_list] == ["Hands"]
    assert not mod.get(MARKS, {"q": str(gone + 1)}).context["cl"].result_list
    assert not mod.get(MARKS, {"q": "9" * 40}).context["cl"].result_list
    assert Barred.objects.first().digest not in mod.get(MARKS).content.decode()  # type: ignore[union-attr]


def test_lifted_it_is_noted_by_whom_and_why_and_bars_nobody(mod: Client, gone: int) -> None:
    assert "1 suspension was lifted." in lifts(mod)
    assert not Barred.objects.exists()
    note = LogEntry.objects.get()
    assert (note.user.username, note.change_message) == ("mod", "lifted: They wrote to us")
    says(Player(telegram_id=gone), "/start")
    assert Player.objects.get(telegram_id=gone).suspended_until is None


def test_it_is_asked_why_first(mod: Client, gone: int) -> None:
    lifts(mod, why="")
    assert Barred.objects.count() == 1


def test_who_may_not_decide_lifts_nothing(client: Client, mod: Client, gone: int) -> None:
    client.force_login(staff("reader"))
    lifts(client)
    assert Barred.objects.count() == 1


def test_who_has_come_again_has_an_act_that_can_be_taken_back(mod: Client, gone: int) -> None:
    says(Player(telegram_id=gone), "/start")
    again = Player.objects.get(telegram_id=gone)
    act = ModerationAct.objects.get(player=again)
    assert (act.what, act.until, act.why, act.by) == ("suspend", again.suspended_until, "Screens, again", None)
    takes_back(mod, act)
    assert reread(again).suspended_until is None
    assert "suspension_lifted" in told(again)


def test_who_comes_for_the_first_time_has_none(ann: Player) -> None:
    cases.taken_over(ann)
    assert not ModerationAct.objects.exists()
