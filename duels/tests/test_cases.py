"""Reports become cases; moderators decide them in the admin, and take decisions back."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import FOR_GOOD, Player
from duels import cases
from duels.calling_off import carry_out_due
from duels.models import Case, Duel, ModerationAct, Prompt, Report, Seat
from duels.notices import Kind
from duels.rules.moderation import Said, priority, trust
from duels.tests.moderators import QUEUE, decides, reported, statuses, takes_back
from duels.tests.seasons import ended_duel
from duels.tests.world import entry_of, last_told, newcomer, reread, told

Counted = Callable[..., AbstractContextManager[Any]]
Committed = Callable[..., AbstractContextManager[Any]]


class TestTheQueue:
    def test_weighs_reasons_numbers_and_who_was_right_before(self) -> None:
        assert trust(0, 0) == 1
        assert trust(9, 0) > 1.5 > 0.5 > trust(0, 9)
        assert priority([Said("offensive", 0, 0)]) > priority([Said("screen", 0, 0)]) > priority([Said("other", 0, 0)])
        assert priority([Said("other", 0, 0)] * 3) > priority([Said("other", 0, 0)])
        assert priority([Said("screen", 3, 0)]) > priority([Said("screen", 0, 3)])
        assert priority([], flagged="screen") == priority([Said("screen", 0, 0)])

    def test_is_worst_first(self, mod: Client, ann: Player, bob: Player, cat: Player, dan: Player) -> None:
        mild = reported(bob, ended_duel({ann: 80, bob: 40}, Prompt.objects.get()), ann, "other")
        worst = reported(cat, ended_duel({ann: 80, cat: 40}, Prompt.objects.get()), ann, "offensive")
        twice = ended_duel({ann: 90.0, bob: 10.0, cat: 20.0}, worst.entry.duel.prompt)
        for reporter in (bob, cat):
            reported(reporter, twice, ann, "screen")
        found = mod.get(QUEUE).context["cl"].result_list
        assert [each.pk for each in found] == [worst.pk, Case.objects.get(entry__duel=twice).pk, mild.pk]

    def test_asks_the_database_as_often_for_many_as_for_few(
        self, mod: Client, duel: Duel, bob: Player, django_assert_num_queries: Counted
    ) -> None:
        reported(bob, duel, duel.entries.exclude(player=bob).get().player)
        with django_assert_num_queries(8):
            mod.get(QUEUE)
        for _ in range(8):
            other = newcomer()
            reported(bob, ended_duel({other: 80.0, bob: 10.0}, duel.prompt), other)
        with django_assert_num_queries(8):
            assert len(mod.get(QUEUE).context["cl"].result_list) == 9

    def test_goes_by_an_index(self, case: Case) -> None:
        if connection.vendor == "postgresql":  # it would rather read through a few rows
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        assert "case_queue" in Case.objects.filter(status="open").order_by("-priority", "opened_at", "id").explain()

    def test_holds_what_the_site_itself_has_found(self, mod: Client, duel: Duel, ann: Player) -> None:
        case = cases.opened(entry_of(ann, duel), flagged="screen")
        assert case.priority == priority([], "screen")
        assert "found by the site: A picture of a screen" in mod.get(QUEUE).content.decode()

    def test_takes_in_reports_that_no_case_holds(self, duel: Duel, ann: Player, bob: Player) -> None:
        Report.objects.create(entry=entry_of(ann, duel), reporter=bob, reason="offensive")
        assert cases.open_missing() == 1
        assert cases.open_missing() == 0
        assert Case.objects.get().priority == 8


class TestADecision:
    def test_to_dismiss_tells_who_reported(self, mod: Client, case: Case, ann: Player, bob: Player) -> None:
        decides(mod, case, dismiss="")
        act = ModerationAct.objects.get()
        assert (act.what, act.by.username if act.by else "", act.why) == ("dismiss", "mod", "A phone's edge is in it")
        assert statuses() == ["dismissed"]
        assert told(bob)[-1] == Kind.REPORT_DISMISSED
        assert told(ann)[-1] == Kind.RESULT
        assert Case.objects.get().status == "closed"
        assert not mod.get(QUEUE).context["cl"].result_list

    def test_to_warn_tells_both(self, mod: Client, case: Case, ann: Player, bob: Player) -> None:
        assert "the players are told" in decides(mod, case, measure="warn")
        assert (told(ann)[-1], told(bob)[-1]) == (Kind.WARNED, Kind.REPORT_UPHELD)
        act = ModerationAct.objects.get()
        takes_back(mod, act)
        act.refresh_from_db()
        assert (act.status, act.undone_why, act.undone_by) == ("undone", "I was wrong", User.objects.get())
        assert (told(ann)[-1], told(bob)[-1]) == (Kind.WARNING_LIFTED, Kind.REPORT_REOPENED)
        assert (Case.objects.get().status, statuses()) == ("open", ["open"])

    @pytest.mark.parametrize(("measure", "days"), [("1", 1), ("3", 3), ("30", 30), ("good", None)])
    def test_to_suspend_lasts_as_long_as_chosen(
        self, mod: Client, case: Case, ann: Player, measure: str, days: int | None
    ) -> None:
        decides(mod, case, measure=measure)
        until = reread(ann).suspended_until
        assert until
        if days is None:
            assert until == FOR_GOOD
        else:
            assert abs(until - timezone.now() - timedelta(days=days)) < timedelta(minutes=9)
        assert told(ann)[-1] == Kind.SUSPENDED
        takes_back(mod, ModerationAct.objects.get())
        assert (reread(ann).suspended_until, reread(ann).suspension_reason) == (None, "")
        assert told(ann)[-1] == Kind.SUSPENSION_LIFTED

    def test_of_two_suspensions_the_longer_one_stands(self, mod: Client, case: Case, ann: Player, cat: Player) -> None:
        decides(mod, case, measure="30", why="first")
        other = reported(cat, ended_duel({ann: 80.0, cat: 10.0}, case.entry.duel.prompt), ann)
        decides(mod, other, measure="1", why="second")
        assert reread(ann).suspension_reason == "first"
        takes_back(mod, ModerationAct.objects.get(why="first"))
        assert reread(ann).suspension_reason == "second"
        takes_back(mod, ModerationAct.objects.get(why="second"))
        assert reread(ann).suspended_until is None

    def test_to_suspend_ends_a_search(self, mod: Client, case: Case, ann: Player) -> None:
        from duels import lobby

        lobby.find_opponent(ann)
        decides(mod, case, measure="good")
        assert not Seat.objects.filter(player=ann).exists()

    def test_to_call_off_is_carried_out_by_a_job(
        self, mod: Client, case: Case, duel: Duel, ann: Player, bob: Player
    ) -> None:
        decides(mod, case, void="on", measure="1")
        assert sorted(ModerationAct.objects.values_list("what", "status")) == [("suspend", "stands"), ("void", "due")]
        assert carry_out_due() == 1
        duel.refresh_from_db()
        assert (duel.status, reread(ann).wins, reread(bob).losses) == ("void", 0, 0)
        assert told(bob)[-1] == told(ann)[-1] == Kind.CALLED_OFF
        takes_back(mod, ModerationAct.objects.get(what="void"))
        assert carry_out_due() == 1
        assert (reread(ann).wins, told(bob)[-1]) == (1, Kind.RESTORED)
        assert Case.objects.get().status == "closed"  # the suspension stands

    def test_a_duel_is_called_off_once(self, mod: Client, case: Case, duel: Duel, ann: Player, bob: Player) -> None:
        other = reported(ann, duel, bob)
        decides(mod, case, void="on")
        assert "Choose what is to be done" in decides(mod, other, void="on")  # the page offers it no more
        late = cases.Decision(User.objects.get(), "He, too", "screen", (cases.Act(ModerationAct.What.VOID),))
        with pytest.raises(cases.Stale):  # to whoever had opened it before
            cases.decide(other.pk, other.version, late)
        assert ModerationAct.objects.count() == 1
        assert Case.objects.get(pk=other.pk).status == "open"

    def test_says_why_and_what(self, mod: Client, case: Case) -> None:
        assert "This field is required" in decides(mod, case, measure="warn", why=" ")
        assert "Choose what is to be done" in decides(mod, case)
        assert not ModerationAct.objects.exists()

    def test_of_two_moderators_the_second_is_told(self, mod: Client, case: Case, ann: Player) -> None:
        decides(mod, case, measure="warn")
        assert "Somebody else has acted" in decides(mod, case, measure="30", version=case.version)
        assert reread(ann).suspended_until is None
        act = ModerationAct.objects.get()
        takes_back(mod, act)
        assert "somebody has taken it back" in takes_back(mod, act)
        assert told(ann).count(Kind.WARNING_LIFTED) == 1

    def test_more_can_be_done_about_a_closed_case(self, mod: Client, case: Case, ann: Player, bob: Player) -> None:
        decides(mod, case, measure="warn")
        decides(mod, case, measure="3")
        assert reread(ann).suspended_until
        assert told(bob).count(Kind.REPORT_UPHELD) == 1
        assert "Somebody else has acted" in decides(mod, case, dismiss="")

    def test_makes_other_reports_of_the_same_player_weigh_more_or_less(
        self, mod: Client, case: Case, ann: Player, bob: Player, django_capture_on_commit_callbacks: Committed
    ) -> None:
        other = reported(bob, ended_duel({ann: 80.0, bob: 10.0}, case.entry.duel.prompt), ann)
        with django_capture_on_commit_callbacks(execute=True):
            decides(mod, case, dismiss="", follow=False)
        assert Case.objects.get(pk=other.pk).priority < other.priority
        with django_capture_on_commit_callbacks(execute=True):
            takes_back(mod, ModerationAct.objects.get())
        assert Case.objects.get(pk=other.pk).priority == other.priority

    def test_a_new_report_opens_a_closed_case(self, mod: Client, ann: Player, bob: Player, cat: Player) -> None:
        duel = ended_duel({ann: 80.0, bob: 10.0, cat: 1.0}, ended_duel({ann: 9, bob: 8}, Prompt.objects.get()).prompt)
        case = reported(bob, duel, ann)
        decides(mod, case, dismiss="")
        assert reported(cat, duel, ann).status == "open"
        assert "Somebody else has acted" in decides(mod, case, measure="warn", version=case.version + 1)


def test_a_notice_of_an_act_is_for_its_player_alone(mod: Client, case: Case, ann: Player) -> None:
    decides(mod, case, measure="warn")
    assert last_told(ann, Kind.WARNED).params == {"act": ModerationAct.objects.get().pk}


def test_a_suspension_from_before_there_were_acts_can_be_taken_back(mod: Client, ann: Player) -> None:
    until = timezone.now() + timedelta(days=9)
    Player.objects.filter(pk=ann.pk).update(suspended_until=until, suspension_reason="by hand")
    import_module("duels.migrations.0004_moderation").keep_suspensions(apps, None)
    act = ModerationAct.objects.get()
    assert (act.player, act.until, act.why, act.by) == (ann, until, "by hand", None)
    url = reverse("admin:duels_moderationact_change", args=[act.pk])
    assert "take-back" in mod.get(url).content.decode()
    assert "Taken back" in takes_back(mod, act)
    assert reread(ann).suspended_until is None
