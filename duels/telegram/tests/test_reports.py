"""Reports and what comes of them, as players have it: by the webhook and their messages."""

import json
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from accounts.models import Player
from duels.calling_off import carry_out_due
from duels.models import Case, Duel, ModerationAct, Report
from duels.telegram import inbox
from duels.telegram.tests.letters import buttons, message, read, user
from duels.tests.seasons import ended_duel
from duels.tests.world import a_prompt, played, random_duel, room_duel, shows, where
from emotionduel.groups import MODERATORS

pytestmark = pytest.mark.django_db
numbers = count(1)


@pytest.fixture(autouse=True)
def _door(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TELEGRAM_WEBHOOK_SECRET = "the-secret"
    monkeypatch.setattr(inbox, "answer", lambda press: None)


def arrives(**body: Any) -> None:
    data = {"update_id": next(numbers), **body}
    headers = {"X-Telegram-Bot-Api-Secret-Token": "the-secret"}
    url = reverse("telegram-webhook")
    answer = Client().post(url, json.dumps(data), content_type="application/json", headers=headers)
    assert answer.status_code == 200
    inbox.handle_updates()


def presses(player: Player, data: str) -> None:
    number = player.telegram_id or 0
    shown = {"message_id": 77, "date": 0, "chat": {"id": number, "type": "private"}}
    arrives(callback_query={"id": "q", "from": user(number), "data": data, "message": shown})


def says(player: Player, text: str) -> None:
    arrives(message=message(player.telegram_id or 0, text=text))


@pytest.fixture
def duel(ann: Player, bob: Player) -> Duel:
    return ended_duel({ann: 80, bob: 40}, a_prompt("fear", ru="Страх"))


@pytest.fixture
def mod(client: Client) -> Client:
    staff = User.objects.create_user("mod", is_staff=True)
    staff.groups.add(Group.objects.get(name=MODERATORS))
    client.force_login(staff)
    return client


def decides(mod: Client, **fields: Any) -> None:
    case = Case.objects.get()
    said = {"version": case.version, "why": "I see the <edge> of a phone", "reason": "screen", **fields}
    assert mod.post(reverse("admin:duels_case_decide", args=[case.pk]), said).status_code == 302


def reports(reporter: Player, duel: Duel) -> None:
    presses(reporter, f"report:{duel.public_id}")
    presses(reporter, next(data for data in buttons(read(reporter)) if data.endswith(":screen")))


def test_from_the_button_to_the_suspension_and_back(mod: Client, duel: Duel, ann: Player, bob: Player) -> None:
    Player.objects.filter(pk=ann.pk).update(language="ru")
    reports(bob, duel)
    assert "Thank you" in read(bob).text
    assert Report.objects.get().entry.player == ann
    decides(mod, act="", measure="3")
    assert "You were right about the photo of <b>Ann</b>" in read(bob).text
    for told in (read(ann).text, told_to_who_wants_to_play(ann)):
        assert "Играть нельзя до" in told
        assert "Фото экрана" in told
        assert "I see the &lt;edge&gt; of a phone" in told
    assert where(ann) == ""
    take_back(mod)
    assert "можно играть снова" in read(ann).text
    assert "once more" in read(bob).text
    says(ann, "/duel")
    assert where(ann) == "searching"


def told_to_who_wants_to_play(player: Player) -> str:
    says(player, "/duel")
    return read(player).text


def take_back(mod: Client) -> None:
    act = ModerationAct.objects.get()
    mod.post(reverse("admin:duels_moderationact_take_back", args=[act.pk]), {"why": "Seen anew"})


def test_for_good_is_for_good(mod: Client, duel: Duel, ann: Player, bob: Player) -> None:
    reports(bob, duel)
    decides(mod, act="", measure="good")
    assert "can't play any more" in read(ann).text
    assert "can't play any more" in told_to_who_wants_to_play(ann)
    assert "9999" not in told_to_who_wants_to_play(ann)


def test_a_duel_called_off_is_told_to_each_in_their_own_words(
    mod: Client, duel: Duel, ann: Player, bob: Player
) -> None:
    reports(bob, duel)
    decides(mod, act="", void="on")
    carry_out_due()
    assert "because of your photo" in read(ann).text
    assert "A picture of a screen" in read(ann).text
    assert "because of an opponent's photo" in read(bob).text
    assert "<b>1500?</b>" in read(bob).text
    says(bob, "/history")
    assert duel.public_id not in read(bob).text
    take_back(mod)
    carry_out_due()
    assert "counts again" in read(bob).text


def test_a_dismissal_is_told_to_who_reported(mod: Client, duel: Duel, ann: Player, bob: Player) -> None:
    before = read(ann).text
    reports(bob, duel)
    decides(mod, dismiss="")
    assert "found nothing wrong" in read(bob).text
    assert read(ann).text == before


def test_a_report_is_one_tap_filed_once_and_block_lies_beside_it(ann: Player, bob: Player) -> None:
    duel = played(ann, 80, bob, 40)
    presses(ann, f"report:{duel.public_id}")
    assert "photo of <b>Bob</b>" in read(ann).text
    *reasons, block = buttons(read(ann))
    assert [data.split(":")[-1] for data in reasons] == list(Report.Reason)
    for data in reasons[:2]:
        presses(ann, data)
    assert [each.reason for each in Report.objects.all()] == ["not_a_face"]
    presses(ann, block)
    assert ann.blocks.get().other == bob


def test_of_several_opponents_one_is_chosen_first(ann: Player, bob: Player, cat: Player) -> None:
    duel = room_duel(ann, bob, cat)
    for player in (ann, bob, cat):
        shows(player, duel, 50)
    presses(ann, f"report:{duel.public_id}")
    assert "About whom?" in read(ann).text
    presses(ann, buttons(read(ann))[1])
    presses(ann, next(data for data in buttons(read(ann)) if data.endswith("screen")))
    report = Report.objects.get()
    assert (report.entry.player, report.reason) == (cat, "screen")


def test_a_duel_that_goes_on_is_not_reported(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    presses(ann, f"reported:{duel.public_id}:{bob.public_id}:offensive")
    assert "isn't over yet" in read(ann).text
    assert not Report.objects.exists()
