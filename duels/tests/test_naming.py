"""Names that moderators take away, from a case and from the list of players; and give back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services, signin
from accounts.models import Player
from accounts.refusals import Refusal, Refused
from duels import appearance, cases, erasure
from duels.models import Case, LiveCounter, ModerationAct
from duels.notices import Kind
from duels.telegram import messages
from duels.tests.moderators import decides, staff, takes_back
from duels.tests.world import last_told, reread, told

PLAYERS = "/admin/accounts/player/"


def takes(client: Client, player: Player, why: str = "It is not yours", **seen: str) -> str:
    fields = {"action": "take_name", "_selected_action": player.pk, "sure": "1", "why": why}
    names = {f"name-{player.pk}": player.name} | {f"name-{player.pk}": name for name in seen.values()}
    return client.post(PLAYERS, fields | names, follow=True).content.decode()


def words(player: Player, kind: Kind) -> str:
    found = messages.render(last_told(player, kind))
    assert found
    return found.text


def test_a_name_goes_with_a_word_to_the_player_and_a_note_of_who_and_why(mod: Client, ann: Player) -> None:
    assert "1 name was taken away." in takes(mod, ann)
    name, act = reread(ann).name, ModerationAct.objects.get()
    assert (act.what, act.status, act.why, act.former, act.given) == (
        "rename",
        "stands",
        "It is not yours",
        "Ann",
        name,
    )
    assert act.by
    assert act.by.username == "mod"
    assert name not in {"Ann", ""}
    text = words(ann, Kind.NAME_TAKEN_AWAY)
    assert all(part in text for part in ("“Ann”", name, "It is not yours"))


def test_it_is_told_in_the_players_language(mod: Client, ann: Player) -> None:
    services.set_language(ann, "ru")
    takes(mod, reread(ann))
    assert "Модераторы отобрали твоё имя «Ann»" in words(ann, Kind.NAME_TAKEN_AWAY)
    assert not reread(ann).name.isascii(), "the made name is Russian, too"


def test_it_is_asked_why_first(mod: Client, ann: Player) -> None:
    asked = mod.post(PLAYERS, {"action": "take_name", "_selected_action": ann.pk}).content.decode()
    assert f'name="name-{ann.pk}" value="Ann"' in asked
    takes(mod, ann, why=" ")
    assert (reread(ann).name, ModerationAct.objects.count()) == ("Ann", 0)


def test_a_name_that_was_changed_meanwhile_is_left_alone(mod: Client, ann: Player, case: Case) -> None:
    appearance.rename(ann, "Innocent")
    assert "Innocent is called so now" in takes(mod, ann, seen="Ann")
    assert "Nothing was changed" in decides(mod, case, rename="on", name="Ann")
    assert (reread(ann).name, ModerationAct.objects.count()) == ("Innocent", 0)


def test_a_case_can_take_it_away_beside_all_else(mod: Client, ann: Player, bob: Player, case: Case) -> None:
    decides(mod, case, rename="on", name="Ann", measure="1", reason="offensive")
    assert set(ModerationAct.objects.values_list("what", flat=True)) == {"rename", "suspend"}
    assert reread(ann).name != "Ann"
    assert {Kind.NAME_TAKEN_AWAY, Kind.SUSPENDED} <= set(told(ann))
    assert told(bob)[-1] == Kind.REPORT_UPHELD
    page = mod.get(reverse("admin:duels_case_change", args=[case.pk])).content.decode()
    assert f"Ann → {reread(ann).name}" in page


def test_they_may_choose_any_other_name_but_not_that_one(mod: Client, ann: Player, bob: Player) -> None:
    takes(mod, ann)
    for spelling in ("Ann", "ANN", "А n n"):
        with pytest.raises(Refused) as refused:
            appearance.rename(reread(ann), spelling)
        assert refused.value.reason is Refusal.NAME_TAKEN_AWAY
    assert appearance.rename(reread(ann), "Better").name == "Better"
    assert appearance.rename(bob, "Ann").name == "Ann", "it was about her alone"


def test_nor_that_one_on_their_own_page(mod: Client, client: Client, ann: Player) -> None:
    takes(mod, ann)
    client.post(f"/signin/{signin.make_link(ann)}/")
    answer = client.post("/me/settings/", {"name": "ANN", "language": "en"})
    assert answer.status_code == 422
    assert "A moderator has taken that name from you" in answer.content.decode()
    assert reread(ann).name != "ANN"


def test_taken_back_the_name_returns(mod: Client, ann: Player) -> None:
    takes(mod, ann)
    act = ModerationAct.objects.get()
    takes_back(mod, act)
    act.refresh_from_db()
    assert (reread(ann).name, act.status, act.undone_why) == ("Ann", "undone", "I was wrong")
    assert "you are called <b>Ann</b> again" in words(ann, Kind.NAME_GIVEN_BACK)
    appearance.rename(appearance.rename(reread(ann), "Other"), "Ann")


def test_taken_back_it_replaces_no_name_that_was_chosen_since_or_is_anothers(
    mod: Client, ann: Player, bob: Player
) -> None:
    takes(mod, ann)
    chosen = appearance.rename(reread(ann), "Chosen")
    takes_back(mod, ModerationAct.objects.get())
    assert reread(ann).name == "Chosen"
    assert "“Ann” is allowed" in words(ann, Kind.NAME_GIVEN_BACK)
    takes(mod, chosen)
    appearance.rename(bob, "Chosen")
    takes_back(mod, ModerationAct.objects.latest("pk"))
    assert reread(bob).name == "Chosen" != reread(ann).name


def test_pages_that_show_it_look_anew(mod: Client, ann: Player, case: Case) -> None:
    before = LiveCounter.objects.get().number
    takes(mod, ann)
    assert LiveCounter.objects.get().number == before + 1


def test_an_erasure_forgets_the_name_in_the_act_too(mod: Client, ann: Player) -> None:
    takes(mod, ann)
    erasure.forget(reread(ann))
    act = ModerationAct.objects.get()
    assert (act.former, act.given, act.why) == ("", "", "")
    takes_back(mod, act)
    assert reread(ann).name == ""


def test_only_who_may_decide_may_take_names(client: Client, ann: Player, admin_user: Any) -> None:
    client.force_login(staff("reader"))
    takes(client, ann)
    assert reread(ann).name == "Ann"
    with pytest.raises(cases.Stale):
        cases.take_name(ann.pk, "Somebody", admin_user, "why")
