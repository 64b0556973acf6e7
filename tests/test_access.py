"""Who may see what: every door of the URLconf stands in a table here, and who is not named there finds it shut."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts import signin
from accounts.models import Barred, Block, Player
from accounts.tests.staff import StaffClient
from duels import arena, cases, lobby
from duels.models import ModerationAct, Notice, TrainedWeights, TrainingSet, Update
from duels.sockets import sockets
from duels.tests.world import a_prompt, entry_of, newcomer, public_duel, room_duel, shows
from emotionduel.groups import MODERATORS

pytestmark = pytest.mark.django_db

PEOPLE = ("nobody", "ann", "bob", "unproven", "staff", "moderator", "administrator")
# Ann is who acts, Bob her opponent, who stands on no leaderboard. Unproven is an administrator without a second factor;
# staff is signed in rightly, and has no permission.

# By door: addresses, and what GET says to each of PEOPLE; one figure where all are told the same.
PUBLIC: dict[str, dict[str, str]] = {
    "": {"/": "200"},
    "live/": {"/live/": "200"},
    "healthz": {"/healthz": "200"},
    "readyz": {"/readyz": "200"},
    "metrics": {"/metrics": "200"},  # to this machine itself; tests/test_watch.py knocks from elsewhere
    "language/": {"/language/": "302"},
    "privacy/": {"/privacy/": "200"},
    "mirror/": {"/mirror/": "200"},
    "signin/": {"/signin/": "200"},
    "signin/telegram/": {"/signin/telegram/": "403"},
    "signin/<str:token>/": {"/signin/no-such-token/": "403", "/signin/{link}/": "200"},
    "signout/": {"/signout/": "405"},
    "telegram/webhook/": {"/telegram/webhook/": "405"},
    "me/": {"/me/": "302 200 200 302 302 302 302"},
    "me/data/": {"/me/data/": "302 200 200 302 302 302 302"},
    "me/settings/": {"/me/settings/": "302"},
    "me/erase/": {"/me/erase/": "302 200 200 302 302 302 302"},
    "web-app/": {"/web-app/": "200"},
    "web-app/settings/": {"/web-app/settings/": "200"},
    "web-app/erase/": {"/web-app/erase/": "200"},
    "players/<public_id:public_id>/": {
        "/players/{ann}/": "200",
        "/players/{bob}/": "404 404 200 404 404 404 404",
        "/players/aaaaaaaaaaaa/": "404",
    },
    "players/<public_id:public_id>/card.jpg": {"/players/{ann}/card.jpg": "200", "/players/{bob}/card.jpg": "404"},
    "duels/<public_id:public_id>/": {
        "/duels/{public}/": "200",
        "/duels/{room}/": "200",
        "/duels/{practice}/": "404 200 404 404 404 404 404",
    },
    "duels/<public_id:public_id>/card.jpg": {"/duels/{public}/card.jpg": "200", "/duels/{practice}/card.jpg": "404"},
    "arena/": {"/arena/": "200"},
    "arena/redraw/": {"/arena/redraw/": "302"},
    "arena/try/": {"/arena/try/": "302"},
    "arena/<slug:token>/": {"/arena/{arena}/": "200", "/arena/guessed/": "404"},
    "arena/<slug:token>/stage/": {"/arena/{arena}/stage/": "200", "/arena/guessed/stage/": "404"},
    "arena/<slug:token>/photo/<int:seat>/": {"/arena/{arena}/photo/0/": "302"},
    "arena/<slug:token>/retry/": {"/arena/{arena}/retry/": "302"},
    "arena/<slug:token>/again/": {"/arena/{arena}/again/": "302"},
    "arena/<slug:token>/card.jpg": {"/arena/{arena}/card.jpg": "404", "/arena/guessed/card.jpg": "404"},
    "api/v1/": {"/api/v1/": "200"},
    "api/v1/leaderboard/": {"/api/v1/leaderboard/": "200"},
    "api/v1/players/<public_id:public_id>/": {"/api/v1/players/{ann}/": "200", "/api/v1/players/{bob}/": "404"},
    "api/v1/players/<public_id:public_id>/history/": {
        "/api/v1/players/{ann}/history/": "200",
        "/api/v1/players/{bob}/history/": "404",
    },
    "api/v1/duels/": {"/api/v1/duels/": "200"},
    "api/v1/duels/<public_id:public_id>/": {"/api/v1/duels/{public}/": "200", "/api/v1/duels/{practice}/": "404"},
    "api/v1/prompts/": {"/api/v1/prompts/": "200"},
    "api/v1/live/": {"/api/v1/live/": "200"},
    "api/v1/<path:rest>/": {"/api/v1/secrets/": "404"},
    "api/schema/": {"/api/schema/": "200"},
    "api/docs/": {"/api/docs/": "200"},
}
STAFF: dict[str, dict[str, str]] = {
    "admin/": {"/admin/": "302 302 302 302 200 200 200"},
    "admin/login/": {"/admin/login/": "200 200 200 200 302 302 302"},
    "admin/logout/": {"/admin/logout/": "302 302 302 302 405 405 405"},
    "admin/password_change/": {"/admin/password_change/": "302 302 302 302 200 200 200"},
    "admin/password_change/done/": {"/admin/password_change/done/": "302 302 302 302 200 200 200"},
    "admin/autocomplete/": {"/admin/autocomplete/": "302 302 302 302 403 403 403"},
    "admin/jsi18n/": {"/admin/jsi18n/": "302 302 302 302 200 200 200"},
    "admin/r/<path:content_type_id>/<path:object_id>/": {"/admin/r/0/0/": "302 302 302 302 404 404 404"},
    "admin/auth/user/<id>/password/": {"/admin/auth/user/{user}/password/": "302 302 302 302 403 403 200"},
    "admin/duels/case/<int:pk>/photo/<int:entry>/": {
        "/admin/duels/case/{case}/photo/{entry}/": "302 302 302 302 403 502 502"  # Telegram is asked, and is not there
    },
    "admin/duels/case/<int:pk>/decide/": {"/admin/duels/case/{case}/decide/": "302 302 302 302 405 405 405"},
    "admin/duels/moderationact/<int:pk>/take-back/": {
        "/admin/duels/moderationact/{act}/take-back/": "302 302 302 302 405 405 405"
    },
    "admin/<app_label>/": {"/admin/auth/": "302 302 302 302 404 404 200"},
    "admin/(?P<url>.*)$": {"/admin/nothing/": "302 302 302 302 404 404 404"},
}
# What administrators may do to each model, and what moderators.
MODELS: dict[str, tuple[str, str]] = {
    "auth.group": ("add change delete view", ""),
    "auth.user": ("add change delete view", ""),
    "axes.accessattempt": ("delete view", ""),
    "axes.accesslog": ("delete view", ""),
    "axes.accessfailurelog": ("delete view", ""),
    "accounts.player": ("change view", "view"),
    "accounts.block": ("add change delete view", "view"),
    "accounts.barred": ("view", "view"),
    "admin.logentry": ("view", ""),
    "duels.duel": ("view", "view"),
    "duels.case": ("view", "view"),
    "duels.entry": ("view", "view"),
    "duels.moderationact": ("view", "view"),
    "duels.room": ("view", ""),
    "duels.seat": ("view", ""),
    "duels.update": ("view", ""),
    "duels.notice": ("view", ""),
    "duels.trainingset": ("view", ""),
    "duels.trainedweights": ("view", ""),
    "duels.prompt": ("add change delete view", ""),
}
MODEL_DOORS = {"": "view", "add/": "add", "history/": "view", "delete/": "delete", "change/": "view"}
MODEL_DOOR = re.compile(r"admin/(\w+)/(\w+)/(?:<path:object_id>/(?=.))?(|add/|history/|delete/|change/)")
ACTIONS = ("/admin/duels/case/{case}/decide/", "/admin/duels/moderationact/{act}/take-back/")
SOCKETS = {"ws/live/", "ws/mirror/"}
WITHOUT_TOKEN = {
    "webhook",
    "set_language",
    "try_out",
    "web_app",
    "change_settings",
    "erase",
}  # and the API, which changes nothing


def walk(patterns: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in patterns:
        route = before + re.sub(r"^\^\(\?P<app_label>.*\)/\$$", "<app_label>/", str(each.pattern))
        if isinstance(each, URLResolver):
            yield from walk(each.url_patterns, route)
        else:
            yield route, each


DOORS = dict(walk(get_resolver().url_patterns))
KNOWN = PUBLIC | STAFF


def model_of(route: str) -> str:
    """Of an address in the admin that belongs to one model; "" for all others."""
    found = None if route in STAFF else MODEL_DOOR.fullmatch(route)
    return f"{found[1]}.{found[2]}" if found else ""


@pytest.fixture
def world(settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the addresses name."""
    a_prompt()
    ann, bob, cat = (newcomer(name) for name in ("Ann", "Bob", "Cat"))
    shown = public_duel(ann, 80, cat, 40)
    entry = entry_of(cat, shown)
    names = {"public": shown.public_id, "entry": str(entry.pk), "room": played_room(ann, cat)}
    names |= {"case": str(cases.opened(entry).pk)}
    names |= {"act": str(ModerationAct.objects.create(player=cat, what=ModerationAct.What.WARN, why="once").pk)}
    names["practice"] = practised(ann)
    Player.objects.filter(pk=bob.pk).update(on_leaderboard_at=None)
    duel = arena.open_duel([arena.Sitter("Guest"), arena.Sitter("Other")], "en", None, "joy")
    Block.objects.create(player=ann, other=bob)
    Update.objects.create(update_id=1, payload={})
    guest = {"username": "guest", "ip_address": "192.0.2.1"}
    AccessAttempt.objects.create(**guest, failures_since_start=1)
    AccessLog.objects.create(**guest)
    Barred.objects.create(digest="of somebody", until=timezone.now())
    LogEntry.objects.create(user=User.objects.create_user("before"), action_flag=CHANGE, object_repr="something")
    TrainedWeights.objects.create(training_set=TrainingSet.objects.create(folder="given"), digest="of weights")
    AccessFailureLog.objects.create(**guest, locked_out=True)
    lobby.open_room(bob, size=3)
    names |= {"ann": ann.public_id, "bob": bob.public_id, "arena": duel.token, "link": signin.make_link(ann)}
    return names


def played_room(one: Player, other: Player) -> str:
    duel = room_duel(one, other)
    shows(one, duel, 70)
    shows(other, duel, 30)
    return duel.public_id


def practised(player: Player) -> str:
    lobby.practise(player)
    entry = player.entries.latest("id")
    shows(player, entry.duel, 60)
    return entry.duel.public_id


@pytest.fixture
def people(world: dict[str, str]) -> dict[str, Client]:
    clients: dict[str, Client] = {name: StaffClient() for name in PEOPLE}
    for name in ("ann", "bob"):
        clients[name].post(f"/signin/{signin.make_link(Player.objects.get(public_id=world[name]))}/")
    clients["unproven"] = Client()
    clients["unproven"].force_login(User.objects.create_superuser("unproven"))
    moderator = User.objects.create_user("moderator", is_staff=True)
    moderator.groups.add(moderators())
    clients["staff"].force_login(User.objects.create_user("staff", is_staff=True))
    clients["moderator"].force_login(moderator)
    clients["administrator"].force_login(User.objects.create_superuser("administrator"))
    world["user"] = str(moderator.pk)
    return clients


def moderators() -> Group:
    """As it comes with `migrate`."""
    return Group.objects.get(name=MODERATORS)


def test_every_door_stands_in_the_table() -> None:
    unknown = {
        route for route in DOORS if route not in KNOWN and model_of(route) not in MODELS and not old_address(route)
    }
    assert unknown == set(), "say in tests/test_access.py who may see them"
    assert set(KNOWN) - set(DOORS) == set()
    assert set(MODELS) - {model_of(route) for route in DOORS} == set()
    assert {str(each.pattern) for each in sockets} == SOCKETS


def old_address(route: str) -> bool:
    """Leads to .../change/, and says nothing by itself."""
    return bool(re.fullmatch(r"admin/\w+/\w+/<path:object_id>/", route))


def test_each_sees_what_the_table_says(world: dict[str, str], people: dict[str, Client]) -> None:
    odd = []
    for addresses in KNOWN.values():
        for address, row in addresses.items():
            expected = row.split() * (len(PEOPLE) if " " not in row else 1)
            found = [str(people[who].get(address.format(**world)).status_code) for who in PEOPLE]
            odd += [(address, found, expected)] if found != expected else []
    assert odd == []


def test_staff_see_of_each_model_what_the_table_says(world: dict[str, str], people: dict[str, Client]) -> None:
    odd = []
    for route in filter(model_of, DOORS):
        address, what = address_of(route), MODEL_DOORS[MODEL_DOOR.fullmatch(route)[3]]  # type: ignore[index]
        administrators, mods = MODELS[model_of(route)]
        for who in PEOPLE:
            answer = people[who].get(address)
            may = {"administrator": administrators, "moderator": mods}.get(who, "")
            shut = answer.status_code == 403 or "/admin/login/" in answer.headers.get("Location", "")
            odd += [(who, address, answer.status_code)] if shut == (what in may.split()) else []
    assert odd == []


def address_of(route: str) -> str:
    first = apps.get_model(model_of(route))._default_manager.order_by("pk").first()
    assert first, f"give the world a {model_of(route)}"
    return "/" + route.replace("<path:object_id>", str(first.pk))


def test_nobody_but_staff_with_a_second_factor_changes_anything_in_the_admin(
    world: dict[str, str], people: dict[str, Client]
) -> None:
    odd = []
    for address in [*map(address_of, filter(model_of, DOORS)), *(each.format(**world) for each in ACTIONS)]:
        for who in ("nobody", "ann", "unproven", "staff"):
            answer = people[who].post(address, {"post": "yes", "action": "delete_selected"})
            shut = answer.status_code == 403 or "/admin/login/" in answer.headers.get("Location", "")
            odd += [] if shut else [(who, address, answer.status_code)]
    assert odd == []


def test_posts_want_a_token_except_where_no_cookie_counts() -> None:
    exempt = {
        each.callback.__name__
        for route, each in DOORS.items()
        if getattr(each.callback, "csrf_exempt", False) and not route.startswith("api/")
    }
    assert exempt == WITHOUT_TOKEN


def test_ones_own_pages_are_ones_own(world: dict[str, str], people: dict[str, Client]) -> None:
    """Nothing in a request says whose they are but the session."""
    for who, name in (("ann", "Ann"), ("bob", "Bob")):
        for query in ("", f"?player={world['ann']}", f"?public_id={world['ann']}", "?id=1"):
            assert people[who].get(f"/me/{query}").context["player"].name == name


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_other_method_changes_a_thing(world: dict[str, str], people: dict[str, Client], method: str) -> None:
    for addresses in PUBLIC.values():
        for address in addresses:
            answer = getattr(people["ann"], method)(address.format(**world))
            assert answer.status_code in {200, 302, 403, 404, 405}, (method, address)
    assert Player.objects.filter(public_id=world["ann"], name="Ann").exists()
    assert Notice.objects.exists()
