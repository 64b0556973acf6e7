"""The page of a case: what it shows, to whom, and photos that are kept nowhere."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Player
from duels.models import Case, Duel, Entry, ModerationAct, Prompt
from duels.tests.moderators import QUEUE, decides, page, reported, staff
from duels.tests.seasons import ended_duel
from duels.tests.world import entry_of, newcomer
from emotionduel.groups import ADMINISTRATORS, MODERATORS

Counted = Callable[..., AbstractContextManager[Any]]
Committed = Callable[..., AbstractContextManager[Any]]


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
        with django_assert_max_num_queries(16):
            mod.get(page(case))
        for _ in range(3):
            other = newcomer()
            duel = ended_duel({ann: 80.0, other: 10.0}, case.entry.duel.prompt)
            decides(mod, reported(other, duel, ann), measure="warn")
        with django_assert_max_num_queries(16):
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
