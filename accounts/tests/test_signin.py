import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telebot.util import validate_web_app_data

from accounts import services, signin
from accounts.models import Player, SignInLink
from accounts.refusals import Refused
from accounts.signin import Why
from accounts.tests.proofs import TOKEN, init_data, login
from emotionduel import limits as counting

pytestmark = pytest.mark.django_db
ANN, BOB = 5_123_456_789, 7
STARTED = time.time()  # hypothesis wants the same text in every run


@pytest.fixture(autouse=True)
def _a_bot(settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = TOKEN


@pytest.fixture
def ann() -> Player:
    return services.rename(services.enter(ANN, "en")[0], "Ann")


@pytest.fixture
def bob() -> Player:
    return services.rename(services.enter(BOB, "ru")[0], "Bob")


def refusal(prove: Callable[..., object], *args: Any) -> Why:
    with pytest.raises(Refused) as refused:
        prove(*args)
    return Why(refused.value.reason)


def link_of(player: Player) -> str:
    return f"/signin/{signin.make_link(player)}/"


def who_is_it(client: Client) -> str:
    """As the pages call whoever looks at them."""
    found = re.search(r'class="myself"[^>]*>([^<]*)', client.get("/privacy/").content.decode())
    return found[1] if found else ""


# The link.


def test_a_link_shows_whose_it_is_as_often_as_it_is_looked_at_and_lets_in_once(client: Client, ann: Player) -> None:
    link = link_of(ann)
    for _ in range(3):
        assert "Sign in as Ann" in client.get(link).content.decode()
    assert who_is_it(client) == ""
    assert client.post(link).headers["Location"] == "/me/"
    assert who_is_it(client) == "Ann"
    assert Client().post(link).status_code == 403
    assert Client().get(link).status_code == 403


def test_a_link_does_not_outlive_its_minutes_and_is_cleared_away(ann: Player) -> None:
    token = signin.make_link(ann)
    SignInLink.objects.update(expires_at=timezone.now())
    assert refusal(signin.use_link, token) == Why.LINK
    signin.make_link(ann)
    assert SignInLink.objects.count() == 1


def test_the_token_itself_is_kept_nowhere(ann: Player) -> None:
    token = signin.make_link(ann)
    assert token not in str(SignInLink.objects.values().get())
    assert len(token) >= 43  # 256 bits


@pytest.mark.parametrize("token", ["x", "telegrams", "%00", "я" * 50, "a" * 2000])
def test_a_token_out_of_thin_air_opens_nothing(client: Client, token: str) -> None:
    answer = client.get(f"/signin/{token}/")
    assert (answer.status_code, "Write /web to the bot" in answer.content.decode()) == (403, True)


def test_a_strange_page_cannot_press_the_button(ann: Player) -> None:
    assert Client(enforce_csrf_checks=True).post(link_of(ann)).status_code == 403
    assert SignInLink.objects.exists()


# What Telegram signs.


def test_telegrams_login_lets_its_player_in(client: Client, ann: Player) -> None:
    address = f"/signin/telegram/?{urlencode(login(ANN))}"
    assert "Sign in as Ann" in client.get(address).content.decode()
    assert who_is_it(client) == ""
    client.post(address)
    assert who_is_it(client) == "Ann"


def test_init_data_is_read_as_telebot_reads_it(ann: Player) -> None:
    text = init_data(ANN)
    assert validate_web_app_data(TOKEN, text)
    assert signin.by_init_data(text) == ann


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data())
def test_any_changed_letter_of_a_login_is_refused(ann: Player, data: st.DataObject) -> None:
    fields = login(ANN, STARTED, username="annie")
    row = data.draw(st.integers(0, len(fields) - 1))
    side = data.draw(st.integers(0, 1))
    text = fields[row][side]
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(blacklist_characters=text[place]))
    changed = text[:place] + letter + text[place + 1 :]
    fields[row] = (changed, fields[row][1]) if side == 0 else (fields[row][0], changed)
    assert refusal(signin.by_login, fields) == Why.FORGED


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data())
def test_any_changed_letter_of_init_data_is_refused_unless_it_says_the_same(ann: Player, data: st.DataObject) -> None:
    text = init_data(ANN, STARTED)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.one_of(st.characters(), st.sampled_from("&=%+;0aA")))
    changed = text[:place] + letter + text[place + 1 :]
    if parse_qsl(changed, keep_blank_values=True) != parse_qsl(text, keep_blank_values=True):
        assert refusal(signin.by_init_data, changed) == Why.FORGED


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert refusal(signin.by_init_data, text) == Why.FORGED
    assert refusal(signin.by_login, [(text, text)]) == Why.FORGED


def test_a_field_twice_or_beside_the_signed_ones_is_refused(ann: Player) -> None:
    for more in (("id", str(BOB)), ("next", "/"), ("hash", "0")):
        assert refusal(signin.by_login, [*login(ANN), more]) == Why.FORGED
    assert refusal(signin.by_init_data, init_data(ANN) + "&auth_date=1") == Why.FORGED


def test_without_a_token_nothing_is_believed(settings: Any, ann: Player) -> None:
    settings.TELEGRAM_BOT_TOKEN = ""
    key_known_to_all = login(ANN)
    assert refusal(signin.by_login, key_known_to_all) == Why.FORGED


@pytest.mark.parametrize(
    ("prove", "signed", "seconds"),
    [(signin.by_login, login, signin.LOGIN_SECONDS), (signin.by_init_data, init_data, signin.INIT_DATA_SECONDS)],
)
def test_old_signatures_and_those_from_the_future_are_refused(
    ann: Player, prove: Any, signed: Any, seconds: int
) -> None:
    now = time.time()
    for at in (now - seconds + 30, now + 30):
        assert prove(signed(ANN, at)) == ann
    for at in (now - seconds - 5, now + 120, 10**17):
        assert refusal(prove, signed(ANN, at)) in {Why.OLD, Why.FORGED}


def test_strangers_and_who_has_gone_are_told_so(client: Client, ann: Player) -> None:
    services.anonymise(ann)
    for number in (ANN, 404):
        answer = client.get(f"/signin/telegram/?{urlencode(login(number))}")
        assert answer.status_code == 403
        assert "You don&#x27;t play here yet" in answer.content.decode()
        assert "press Start" in answer.content.decode()


# The session.


def test_who_only_looks_around_gets_no_cookie_and_costs_no_query(
    client: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/privacy/")
    assert not answer.cookies
    assert not client.get("/signin/").cookies


def test_who_is_signed_in_costs_two_queries(
    client: Client, ann: Player, django_assert_num_queries: Callable[[int], Any]
) -> None:
    client.post(link_of(ann))
    with django_assert_num_queries(2):
        assert who_is_it(client) == "Ann"


def test_signing_in_changes_the_sessions_key(client: Client, ann: Player, bob: Player) -> None:
    client.post(link_of(ann))
    before = client.cookies["sessionid"].value
    client.post(link_of(bob))
    assert client.cookies["sessionid"].value != before
    assert list(Session.objects.values_list("pk", flat=True)) == [client.cookies["sessionid"].value]
    assert who_is_it(client) == "Bob"


def test_the_cookie_is_for_this_site_alone(client: Client, ann: Player, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    cookie = client.post(link_of(ann)).cookies["sessionid"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")


def test_the_player_is_spoken_to_in_their_language_unless_this_browser_chose_one(client: Client, bob: Player) -> None:
    client.post(link_of(bob))
    assert 'lang="ru"' in client.get("/privacy/").content.decode()
    chosen = Client()
    chosen.post("/language/", {"language": "en", "next": "/"})
    chosen.post(link_of(bob))
    assert 'lang="en"' in chosen.get("/privacy/").content.decode()


def test_signing_out_ends_this_session_alone(client: Client, ann: Player) -> None:
    other = Client()
    for browser in (client, other):
        browser.post(link_of(ann))
    client.post("/signout/")
    assert (who_is_it(client), who_is_it(other)) == ("", "Ann")
    assert Session.objects.count() == 1


def test_signing_out_everywhere_ends_every_session_link_pass_and_signature(client: Client, ann: Player) -> None:
    other = Client()
    for browser in (client, other):
        browser.post(link_of(ann))
    token, key, signed = signin.make_link(ann), signin.make_pass(ann), login(ANN)
    client.post("/signout/", {"everywhere": "1"})
    assert (who_is_it(client), who_is_it(other)) == ("", "")
    assert refusal(signin.use_link, token) == Why.LINK
    assert refusal(signin.by_pass, key) == refusal(signin.by_login, signed) == Why.OLD
    other.post(link_of(ann))
    assert who_is_it(other) == "Ann"


def test_who_has_gone_is_signed_in_nowhere(client: Client, ann: Player) -> None:
    client.post(link_of(ann))
    token, key = signin.make_link(ann), signin.make_pass(ann)
    services.anonymise(ann)
    assert who_is_it(client) == ""
    assert refusal(signin.use_link, token) == Why.LINK
    assert refusal(signin.by_pass, key) == Why.OLD
    assert not SignInLink.objects.exists()


def test_sessions_that_ran_out_are_cleared_away(client: Client, ann: Player) -> None:
    client.post(link_of(ann))
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    Client().post(link_of(ann))
    assert Session.objects.count() == 1


def test_staff_stay_in_the_admin_when_the_player_signs_out(admin_client: Client, ann: Player) -> None:
    admin_client.post(link_of(ann))
    admin_client.post("/signout/")
    assert who_is_it(admin_client) == ""
    assert admin_client.get("/admin/").status_code == 200


# The pass.


def test_a_pass_lasts_an_hour_and_is_nobody_elses(ann: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    key = signin.make_pass(ann)
    assert signin.by_pass(key) == ann
    for wrong in ("", key[:-1], key + "x", key.replace(":", "::", 1)):
        assert refusal(signin.by_pass, wrong) == Why.OLD
    later = time.time() + signin.PASS_SECONDS + 5
    monkeypatch.setattr(time, "time", lambda: later)
    assert refusal(signin.by_pass, key) == Why.OLD


# The limit.


def test_one_address_knocks_so_often_and_no_more(
    client: Client, ann: Player, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    monkeypatch.setattr(counting, "SECONDS", 10**10)  # no minute ends in between

    def knock(address: str) -> int:
        return client.get("/signin/nothing/", headers={"X-Forwarded-For": f"6.6.6.6, {address}"}).status_code

    assert {knock("192.0.2.1") for _ in range(signin.PER_MINUTE)} == {403}
    assert knock("192.0.2.1") == 429
    assert knock("192.0.2.2") == 403
