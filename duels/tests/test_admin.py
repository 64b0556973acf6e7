from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from accounts.models import Player
from duels import lobby
from duels.models import Notice, Prompt, Update
from duels.tests.world import played, reread

OVERVIEWS = ["accounts_player", "accounts_block", "duels_prompt", "duels_duel", "duels_room", "duels_seat"]
OVERVIEWS += ["duels_update", "duels_notice", "duels_case", "duels_moderationact"]
OVERVIEWS += ["duels_trainingset", "duels_trainedweights"]


@pytest.fixture
def _something_everywhere(ann: Player, bob: Player, cat: Player) -> None:
    played(ann, 80, bob, 40)
    lobby.open_room(cat, size=3)
    Update.objects.create(update_id=1, sender=1, payload={})


@pytest.mark.usefixtures("_something_everywhere")
@pytest.mark.parametrize("name", OVERVIEWS)
def test_every_overview_and_page_opens(admin_client: Client, name: str) -> None:
    url = reverse(f"admin:{name}_changelist")
    assert admin_client.get(url, {"q": "Ann"}).status_code == 200
    answer = admin_client.get(url)
    for row in answer.context["cl"].result_list[:2]:
        assert admin_client.get(reverse(f"admin:{name}_change", args=[row.pk])).status_code == 200


@pytest.mark.usefixtures("_something_everywhere")
@pytest.mark.parametrize("name", ["duels_duel", "duels_room", "duels_seat", "duels_update", "duels_notice"])
def test_what_happened_is_not_rewritten(admin_client: Client, name: str) -> None:
    row = admin_client.get(reverse(f"admin:{name}_changelist")).context["cl"].result_list[0]
    assert admin_client.post(reverse(f"admin:{name}_change", args=[row.pk]), {}).status_code == 403
    assert admin_client.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert admin_client.get(reverse(f"admin:{name}_add")).status_code == 403


def test_duels_are_listed_with_as_many_queries_however_many(
    admin_client: Client, ann: Player, bob: Player, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for _ in range(5):
        played(ann, 80, bob, 80)
    with django_assert_max_num_queries(9):  # type: ignore[attr-defined]
        admin_client.get(reverse("admin:duels_duel_changelist"))


def act(client: Client, name: str, action: str, *rows: int) -> None:
    url = reverse(f"admin:duels_{name}_changelist")
    client.post(url, {"action": action, "_selected_action": rows})


def test_prompts_are_switched_on_and_off_together(admin_client: Client, prompt: Prompt) -> None:
    act(admin_client, "prompt", "switch_off", prompt.pk)
    assert Prompt.objects.filter(active=False).count() == 1
    act(admin_client, "prompt", "switch_on", prompt.pk)
    assert Prompt.objects.filter(active=True).count() == 1


def test_a_prompt_is_measured_again_on_demand_and_after_a_new_wording(admin_client: Client, prompt: Prompt) -> None:
    measured = {"cosines": [0.1, 0.2, 0.3], "matches": [10.0, 50.0, 90.0], "played": 7}
    Prompt.objects.update(spread=measured)
    page = admin_client.get(reverse("admin:duels_prompt_changelist")).content.decode()
    assert "0.100 / 0.200 / 0.300" in page
    assert "10.0 / 50.0 / 90.0 (7)" in page
    act(admin_client, "prompt", "measure_again", prompt.pk)
    assert Prompt.objects.filter(spread__isnull=True).exists()
    Prompt.objects.update(spread=measured)
    url = reverse("admin:duels_prompt_change", args=[prompt.pk])
    fields = {"slug": "joy", "ru": "Радость", "en": "Joy", "emotions": '["happiness"]', "difficulty": 1, "kind": "one"}
    admin_client.post(url, fields | {"judged": "joy", "active": "on"})
    assert Prompt.objects.get().en == "Joy"
    assert Prompt.objects.get().spread == measured
    admin_client.post(url, fields | {"judged": "a face full of joy"})
    assert Prompt.objects.get().spread is None


def test_failed_letters_are_given_another_try(admin_client: Client, ann: Player) -> None:
    update = Update.objects.create(update_id=1, payload={}, status="failed", tries=8, error="x")
    done = Update.objects.create(update_id=2, payload={}, status="done")
    act(admin_client, "update", "again", update.pk, done.pk)
    assert list(Update.objects.order_by("pk").values_list("status", "tries")) == [("waiting", 0), ("done", 0)]
    notice = Notice.objects.create(player=ann, kind="cancelled", status="failed", tries=8)
    act(admin_client, "notice", "again", notice.pk)
    assert Notice.objects.get().status == "waiting"


@pytest.mark.parametrize(("length", "words"), [(3, "queue judge: 3"), (None, "queue judge: Redis is away")])
def test_the_post_shows_how_much_waits(
    admin_client: Client, ann: Player, length: int | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duels.wake.length", lambda name: length)
    Notice.objects.create(player=ann, kind="cancelled")
    page = admin_client.get(reverse("admin:duels_notice_changelist")).content.decode()
    assert "1 wait; queue telegram" in page
    assert words in page


def test_who_may_only_look_sends_nothing_again(client: Client, ann: Player) -> None:
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_notice"))
    client.force_login(looker)
    notice = Notice.objects.create(player=ann, kind="cancelled", status="failed")
    act(client, "notice", "again", notice.pk)
    assert Notice.objects.get().status == "failed"


def test_a_consent_a_rating_or_a_suspension_is_nobodys_to_edit(admin_client: Client, ann: Player) -> None:
    url = reverse("admin:accounts_player_change", args=[ann.pk])
    admin_client.post(url, {"language": "ru", "suspension_reason": "screens", "name": "Changed", "mu": 99, "wins": 9})
    ann.refresh_from_db()
    assert (ann.language, ann.suspension_reason) == ("ru", "")
    assert (ann.name, ann.mu, ann.wins) == ("Ann", 25.0, 0)


def erase(client: Client, *players: Player, sure: bool = True) -> str:
    found = {"action": "erase", "_selected_action": [player.pk for player in players]} | ({"sure": 1} if sure else {})
    return client.post(reverse("admin:accounts_player_changelist"), found, follow=True).content.decode()


def test_an_admin_erases_a_person_after_being_asked(admin_client: Client, ann: Player, bob: Player) -> None:
    played(ann, 80, bob, 40)
    assert "cannot be taken back" in erase(admin_client, ann, sure=False)
    assert reread(ann).anonymised_at is None
    assert "1 person was erased" in erase(admin_client, ann)
    assert (reread(ann).telegram_id, reread(ann).name) == (None, "")
    [note] = LogEntry.objects.all()
    assert (note.object_repr, note.get_change_message()) == (ann.public_id, "erased")
    assert reread(bob).name == "Bob"


def test_who_may_only_change_players_erases_nobody(client: Client, ann: Player) -> None:
    user = User.objects.create_user("mod", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_player", "change_player"]))
    client.force_login(user)
    erase(client, ann)
    assert reread(ann).anonymised_at is None
    user.user_permissions.add(Permission.objects.get(codename="delete_player"))
    erase(client, ann)
    assert reread(ann).anonymised_at
