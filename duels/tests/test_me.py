"""Own pages: on the site, by session, and inside Telegram, by pass. Nobody gets at another's."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import signin
from accounts.models import Player
from accounts.tests.proofs import TOKEN, init_data
from duels.models import Duel, Entry
from duels.notices import Kind
from duels.tests.world import played, reread, room_duel, shows, told

EVERYTHING = {"face_for_opponents": "on", "face_for_public": "on", "on_leaderboard": "on", "notifications": "on"}
DOORS = ["/me/", "/me/settings/", "/me/erase/"]


@pytest.fixture(autouse=True)
def _a_bot(settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = TOKEN


@pytest.fixture
def anns(client: Client, ann: Player) -> Client:
    """The browser in which Ann is signed in."""
    client.post(f"/signin/{signin.make_link(ann)}/")
    client.post("/language/", {"language": "en", "next": "/"})
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def settings_of(player: Player, /, **changes: str) -> dict[str, str]:
    return {"name": player.name, "language": player.language, **EVERYTHING, **changes}


def in_a_room(one: Player, match: float, other: Player, other_match: float = 40) -> Duel:
    """Where the same two may meet as often as they like."""
    duel = room_duel(one, other)
    shows(one, duel, match)
    shows(other, duel, other_match)
    return duel


# On the site.


@pytest.mark.parametrize("door", DOORS)
def test_who_is_not_signed_in_is_shown_how(client: Client, db: None, door: str) -> None:
    ask = client.post if "settings" in door else client.get
    assert ask(door).headers["Location"] == "/signin/"
    assert "/web" in text(client.get("/signin/"))


@pytest.mark.parametrize("door", ["/me/", "/me/erase/", "/web-app/"])
def test_own_pages_are_kept_by_no_cache(anns: Client, door: str) -> None:
    assert "no-store" in anns.get(door).headers["Cache-Control"]


def test_the_history_has_private_duels_too(anns: Client, ann: Player, bob: Player, cat: Player) -> None:
    played(ann, 80, bob, 40)
    private = in_a_room(ann, 30, cat, 70)
    page = text(anns.get("/me/"))
    assert page.count('class="mark win"') == page.count('class="mark loss"') == 1
    assert page.index("Cat") < page.index("Bob")
    assert f"/duels/{private.public_id}/" in page
    assert '<dd class="up">1</dd>' in page


def test_the_history_goes_on_by_key_and_costs_as_much_on_every_page(
    anns: Client, ann: Player, bob: Player, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for match in range(25):
        in_a_room(ann, 50 + match, bob)
    with django_assert_num_queries(5):
        first = text(anns.get("/me/"))
    after = re.search(r'href="(/me/\?after=\d+)"', first)
    assert after
    with django_assert_num_queries(6):
        second = text(anns.get(after[1]))
    assert [page.count("<time") for page in (first, second)] == [20, 5]
    assert "Earlier duels" not in second


def test_anothers_entry_is_no_key_to_anything(anns: Client, ann: Player, bob: Player, cat: Player) -> None:
    played(ann, 80, bob, 40)
    in_a_room(bob, 80, cat)
    for after in (Entry.objects.get(player=cat).pk, 10**30, "-1", "x", "²"):
        assert text(anns.get(f"/me/?after={after}")).count("<time") == 1


def test_who_has_left_has_no_name_in_the_history(anns: Client, ann: Player, bob: Player) -> None:
    played(ann, 80, bob, 40)
    Player.objects.filter(pk=bob.pk).update(name="")
    assert "someone who has left" in text(anns.get("/me/"))


def test_settings_are_shown_and_changed(anns: Client, ann: Player) -> None:
    assert text(anns.get("/me/")).count("checked") == 2
    answer = anns.post("/me/settings/", {"name": "  Annie  Hall ", "language": "ru", "face_for_public": "on"})
    assert answer.headers["Location"] == "/me/?saved=1"
    changed = reread(ann)
    assert (changed.name, changed.language, bool(changed.face_for_public_at)) == ("Annie Hall", "ru", True)
    assert (changed.on_leaderboard_at, changed.notifications_at, changed.face_for_opponents_at) == (None, None, None)
    assert "Сохранено" in text(anns.get("/me/?saved=1"))


def test_what_was_on_keeps_its_date(anns: Client, ann: Player) -> None:
    anns.post("/me/settings/", settings_of(ann))
    assert reread(ann).on_leaderboard_at == ann.on_leaderboard_at


@pytest.mark.parametrize("name", ["", "x", "y" * 30, "Bob", "B0b", "admin", "<b>Ann</b>"])
def test_where_the_name_is_refused_nothing_is_changed(anns: Client, ann: Player, bob: Player, name: str) -> None:
    answer = anns.post("/me/settings/", {"name": name, "language": "ru"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text(answer)
    assert 'role="alert"' in text(answer)
    assert "<b>Ann" not in text(answer)
    assert (reread(ann).name, reread(ann).language, bool(reread(ann).notifications_at)) == ("Ann", "en", True)


def test_the_suspended_are_told_until_when_and_can_still_leave(anns: Client, ann: Player) -> None:
    until = timezone.now() + timedelta(days=1)
    Player.objects.filter(pk=ann.pk).update(suspended_until=until, suspension_reason="rude & loud")
    page = text(anns.get("/me/"))
    assert "You can&#x27;t play until" in page
    assert "rude &amp; loud" in page
    anns.post("/me/erase/", {"sure": "yes"})
    assert reread(ann).anonymised_at


def test_erasure_asks_once_then_forgets_and_signs_out(anns: Client, ann: Player) -> None:
    assert "Yes, delete me" in text(anns.get("/me/erase/"))
    assert reread(ann).telegram_id
    assert "You are gone" in text(anns.post("/me/erase/"))
    assert (reread(ann).telegram_id, reread(ann).name) == (None, "")
    assert told(ann)[-1] == Kind.FORGOTTEN
    assert anns.get("/me/").headers["Location"] == "/signin/"


@pytest.mark.parametrize("door", ["/me/settings/", "/me/erase/", "/signout/"])
def test_a_strange_page_can_press_nothing(ann: Player, door: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = anns_cookies(ann)
    assert strict.post(door, {"name": "Mallory", "language": "en"}).status_code == 403
    assert reread(ann).name == "Ann"


def anns_cookies(ann: Player) -> Any:
    client = Client()
    client.post(f"/signin/{signin.make_link(ann)}/")
    return client.cookies


def test_nothing_in_a_request_makes_it_anothers_page(anns: Client, ann: Player, bob: Player) -> None:
    his = {"player": bob.public_id, "id": str(bob.pk), "public_id": bob.public_id, "pass": signin.make_pass(bob)}
    assert "<h1>Ann</h1>" in text(anns.get("/me/", his))
    anns.post("/me/settings/", settings_of(ann, name="Annie", **his))
    anns.post("/me/erase/", his)
    assert (reread(bob).name, reread(ann).anonymised_at is None) == ("Bob", False)


# Inside Telegram.


def test_the_mini_app_alone_may_be_framed_and_by_telegram_alone(anns: Client) -> None:
    framed, own = anns.get("/web-app/").headers, anns.get("/me/").headers
    assert "frame-ancestors https://web.telegram.org" in framed["Content-Security-Policy"]
    assert "default-src 'self'" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert "frame-ancestors 'none'" in own["Content-Security-Policy"]
    assert own["X-Frame-Options"] == "DENY"


def test_the_page_inside_telegram_asks_for_telegrams_word_first(client: Client, ann: Player) -> None:
    assert 'name="data"' in text(client.get("/web-app/"))
    page = client.post("/web-app/", {"data": init_data(ann.telegram_id or 0)})
    assert "<h1>Ann</h1>" in text(page)
    assert not client.cookies


def test_neither_a_cookie_nor_nothing_opens_it(anns: Client, ann: Player) -> None:
    for door in ("/web-app/", "/web-app/settings/", "/web-app/erase/"):
        for proof in ({}, {"data": ""}, {"data": init_data(404)}, {"pass": "x"}, {"pass": signin.make_pass(ann)[:-1]}):
            answer = anns.post(door, {"sure": "yes", **settings_of(ann, name="Mallory"), **proof})
            assert answer.status_code == 403
    assert reread(ann).name == "Ann"


def pass_in(page: str) -> str:
    found = re.search(r'name="pass" value="([^"]+)"', page)
    assert found
    return found[1]


def test_settings_are_changed_inside_telegram(client: Client, ann: Player) -> None:
    key = pass_in(text(client.post("/web-app/", {"data": init_data(ann.telegram_id or 0)})))
    page = text(client.post("/web-app/settings/", settings_of(ann, language="ru") | {"pass": key}))
    assert "Сохранено" in page
    assert reread(ann).face_for_public_at
    refused = client.post("/web-app/settings/", settings_of(ann, name="x") | {"pass": pass_in(page)})
    assert refused.status_code == 422
    assert "В имени должно быть от 2 до 24 символов" in text(refused)


def test_the_history_goes_on_inside_telegram(client: Client, ann: Player, bob: Player) -> None:
    for match in range(21):
        in_a_room(ann, 50 + match, bob)
    page = text(client.post("/web-app/", {"data": init_data(ann.telegram_id or 0)}))
    after = re.search(r'name="after" value="(\d+)"', page)
    assert after
    assert text(client.post("/web-app/", {"pass": pass_in(page), "after": after[1]})).count("<time") == 1


def test_who_erases_themselves_inside_telegram_is_asked_once(client: Client, ann: Player) -> None:
    key = pass_in(text(client.post("/web-app/", {"data": init_data(ann.telegram_id or 0)})))
    sure = text(client.post("/web-app/erase/", {"pass": key}))
    assert "Yes, delete me" in sure
    assert reread(ann).anonymised_at is None
    client.post("/web-app/erase/", {"pass": pass_in(sure), "sure": "yes"})
    assert reread(ann).anonymised_at
    assert client.post("/web-app/", {"pass": key}).status_code == 403


# Privacy.


def test_the_page_says_what_the_bot_says(client: Client, ann: Player) -> None:
    from duels.privacy import sections

    page = text(client.get("/privacy/", headers={"accept-language": "en"}))
    assert all(title.replace("'", "&#x27;") in page for title, _ in sections())
    assert "14 days" in page
    assert "Что мы храним" in text(client.get("/privacy/", headers={"accept-language": "ru"}))
