"""What moderators do in the admin, for tests."""

from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from accounts.models import Player
from duels import moderation
from duels.models import Case, Duel, ModerationAct, Report
from duels.tests.world import entry_of

QUEUE = "/admin/duels/case/"


def staff(name: str, group: str = "") -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name=group))
    return user


def reported(reporter: Player, duel: Duel, whose: Player, reason: str = "screen") -> Case:
    moderation.report(reporter, duel, whose.public_id, Report.Reason(reason))
    return Case.objects.get(entry=entry_of(whose, duel))


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
