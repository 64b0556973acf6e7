"""Reports become cases; moderators decide them in the admin, and take decisions back."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import FOR_GOOD, Player
from duels import cases, moderation
from duels.calling_off import carry_out_due
from duels.models import Case, Duel, Entry, ModerationAct, Prompt, Report, Seat
from duels.notices import Kind
from duels.rules.moderation import Said, priority, trust
from duels.tests.seasons import ended_duel
from duels.tests.world import entry_of, last_told, newcomer, reread, told
from emotionduel.groups import ADMINISTRATORS, MODERATORS

Counted = Callable[..., AbstractContextManager[Any]]
Committed = Callable[..., AbstractContextManager[Any]]
QUEUE = reverse("admin:duels_case_changelist")


@pytest.fixture
def mod(client: Client, db: None) -> Client:
    client.force_login(staff("mod", MODERATORS))
    return client


def staff(name: str, group: str = "") -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name=group))
    return user


@pytest.fixture
def duel(ann: Player, bob: Player) -> Duel:
    return ended_duel({ann: 80, bob: 40}, Prompt.objects.get())


def reported(reporter: Player, duel: Duel, whose: Player, reason: str = "screen") -> Case:
    moderation.report(reporter, duel, whose.public_id, Report.Reason(reason))
    return Case.objects.get(entry=entry_of(whose, duel))


@pytest.fixture
def case(duel: Duel, ann: Player, bob: Player) -> Case:
    """Bob has reported Ann."""
    return reported(bob, duel, ann)


def page(case: Case) -> str:
    return reverse("admin:duels_case_change", args=[case.pk])


def decides(client: Client, case: Case, follow: bool = True, **fields: Any) -> str:
    """As the page that was opened now would have it."""
    version = Case.objects.get(pk=case.pk).version
    said = {"version": version, "why": "A phone's edge is in it", "reason": "screen", "act": "", **fields}
    if "dismiss" in fields:
        del said["act"]
    answer = client.post(reverse("admin:duels_case_decide", args=[case.pk]), said, follow=follow)
    return answer.content.decode()


def takes_back(client: Client, act: ModerationAct, why: str = "I was wrong") -> str:
    url = reverse("admin:duels_moderationact_take_back", args=[act.pk])
    return client.post(url, {"why": why}, follow=True).content.decode()


def statuses() -> list[str]:
    return list(Report.objects.order_by("pk").values_list("status", flat=True))


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
        with django_assert_num_queries(7):
            mod.get(QUEUE)
        for _ in range(8):
            other = newcomer()
            reported(bob, ended_duel({other: 80.0, bob: 10.0}, duel.prompt), other)
        with django_assert_num_queries(7):
            assert len(mod.get(QUEUE).context["cl"].result_list) == 9

    def test_goes_by_an_index(self, case: Case) -> None:
        plan = Case.objects.filter(status="open").order_by("-priority", "opened_at", "id").explain()
        assert "case_queue" in plan or "postgres" in Case.objects.db  # a planner of PostgreSQL's scans few rows

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


class TestThePage:
    def test_shows_the_duel_what_was_said_and_the_players_record(
        self, mod: Client, case: Case, duel: Duel, ann: Player, cat: Player
    ) -> None:
        other = reported(cat, ended_duel({ann: 80.0, cat: 10.0}, duel.prompt), ann, "offensive")
        decides(mod, other, measure="warn", reason="offensive", why="Mind your hands")
        text = mod.get(page(case)).content.decode()
        for words in (duel.public_id, "80.0", "A picture of a screen", "Bob", "Mind your hands", "1 upheld"):
            assert words in text, words

    def test_asks_the_database_as_often_whatever_the_record(
        self, mod: Client, case: Case, ann: Player, django_assert_max_num_queries: Counted
    ) -> None:
        with django_assert_max_num_queries(15):
            mod.get(page(case))
        for _ in range(3):
            other = newcomer()
            duel = ended_duel({ann: 80.0, other: 10.0}, case.entry.duel.prompt)
            decides(mod, reported(other, duel, ann), measure="warn")
        with django_assert_max_num_queries(15):
            mod.get(page(case))

    def test_speaks_russian(self, mod: Client, case: Case) -> None:
        text = mod.get(page(case), headers={"Accept-Language": "ru"}).content.decode()
        assert "История игрока" in text
        assert "Фото экрана" in text


class TestWhoMay:
    def test_moderators_and_administrators_come_with_migrate(self, db: None) -> None:
        Group.objects.all().delete()
        Permission.objects.filter(content_type__app_label="duels").delete()
        call_command("migrate", verbosity=0)
        mods = set(Group.objects.get(name=MODERATORS).permissions.values_list("codename", flat=True))
        assert {"decide_case", "view_photos", "view_case", "view_player", "view_duel"} <= mods
        assert not {name for name in mods if name.startswith(("add_", "change_", "delete_"))}
        everything = set(Group.objects.get(name=ADMINISTRATORS).permissions.values_list("pk", flat=True))
        assert everything == set(Permission.objects.values_list("pk", flat=True))

    def test_what_somebody_gave_a_group_stays(self, db: None) -> None:
        group = Group.objects.get(name=MODERATORS)
        given = Permission.objects.get(codename="change_prompt")
        group.permissions.add(given)
        call_command("migrate", verbosity=0)
        assert group.permissions.filter(pk=given.pk).exists()
        assert Group.objects.count() == 2

    @pytest.mark.parametrize(
        ("given", "opens", "decides_", "sees"),
        [
            ((), 403, 403, 403),
            (("view_case",), 200, 403, 403),
            (("view_case", "decide_case"), 200, 302, 403),
            (("view_case", "view_photos"), 200, 403, 404),
            (("decide_case", "view_photos"), 403, 403, 403),
        ],
    )
    def test_only_who_has_the_permission(
        self, client: Client, case: Case, given: tuple[str, ...], opens: int, decides_: int, sees: int
    ) -> None:
        Entry.objects.update(file_id="")
        user = staff("somebody")
        user.user_permissions.set(Permission.objects.filter(codename__in=given))
        client.force_login(user)
        photo = reverse("admin:duels_case_photo", args=[case.pk, case.entry_id])
        decide = reverse("admin:duels_case_decide", args=[case.pk])
        said = {"version": case.version, "why": "x", "reason": "screen", "measure": "warn", "act": ""}
        assert client.get(page(case)).status_code == opens
        assert client.get(photo).status_code == sees
        assert client.post(decide, said).status_code == decides_
        assert client.get(decide).status_code in {403, 405}
        if act := ModerationAct.objects.first():
            back = reverse("admin:duels_moderationact_take_back", args=[act.pk])
            assert client.post(back, {"why": "x"}).status_code == 403  # it takes leave to see acts, too

    def test_nobody_without_staff(self, client: Client, case: Case) -> None:
        photo = reverse("admin:duels_case_photo", args=[case.pk, case.entry_id])
        for url in (QUEUE, page(case), photo):
            assert client.get(url).status_code == 302
        client.force_login(User.objects.create_user("player"))
        assert client.get(photo).status_code == 302


@pytest.fixture
def telegrams(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What Telegram has under each file_id."""
    found: dict[str, Any] = {}
    monkeypatch.setattr("duels.telegram.files.fetch", lambda file_id: found.get(file_id, TimeoutError("away")))
    return found


JPEG, PNG, WEBP = b"\xff\xd8\xff\xe0...", b"\x89PNG\r\n\x1a\n...", b"RIFF\0\0\0\0WEBPVP8 "
FILM = b"\0\0\0\x18ftypisom"


class TestAPhoto:
    def get(self, client: Client, case: Case, entry: Entry | None = None) -> Any:
        return client.get(reverse("admin:duels_case_photo", args=[case.pk, (entry or case.entry).pk]))

    @pytest.mark.parametrize(
        ("bytes_", "kind"), [(JPEG, "image/jpeg"), (PNG, "image/png"), (WEBP, "image/webp"), (FILM, "video/mp4")]
    )
    def test_comes_from_telegram_and_is_kept_by_nobody(
        self, mod: Client, case: Case, telegrams: dict[str, Any], bytes_: bytes, kind: str
    ) -> None:
        telegrams["photo"] = bytes_
        answer = self.get(mod, case)
        assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, bytes_, kind)
        assert "no-store" in answer["Cache-Control"]
        assert "public" not in answer["Cache-Control"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert not answer.has_header("ETag")

    def test_is_a_picture_or_nothing(self, mod: Client, case: Case, telegrams: dict[str, Any]) -> None:
        telegrams["photo"] = b"<html><script>alert(1)</script>"
        assert self.get(mod, case).status_code == 415

    def test_that_telegram_does_not_give_is_said_so(self, mod: Client, case: Case, telegrams: dict[str, Any]) -> None:
        assert self.get(mod, case).status_code == 502

    def test_of_another_duel_is_not_of_this_case(
        self, mod: Client, case: Case, cat: Player, dan: Player, telegrams: dict[str, Any]
    ) -> None:
        telegrams["photo"] = JPEG
        other = entry_of(cat, ended_duel({cat: 80, dan: 40}, Prompt.objects.get()))
        assert self.get(mod, case, other).status_code == 404
        assert self.get(mod, case, case.entry.duel.entries.exclude(pk=case.entry_id).get()).status_code == 200


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
