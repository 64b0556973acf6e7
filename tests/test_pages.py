"""What holds for every page, whatever is on it."""

import time
from typing import Any

import pytest
from django.test import Client

from accounts import sessions
from duels.tests.world import a_prompt, newcomer, played

pytestmark = pytest.mark.django_db
GZIP = {"accept-encoding": "gzip"}


def test_pages_may_run_no_inline_code_and_ask_nobody_else(client: Client) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_pages_are_shown_in_no_strange_frame(client: Client) -> None:
    headers = client.get("/").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_the_browsers_language_is_spoken(client: Client) -> None:
    assert 'lang="ru"' in client.get("/", headers={"accept-language": "ru"}).content.decode()
    assert 'lang="en"' in client.get("/", headers={"accept-language": "fr"}).content.decode()


def test_the_switch_is_remembered(client: Client) -> None:
    client.post("/language/", {"language": "ru", "next": "/"})
    assert 'lang="ru"' in client.get("/", headers={"accept-language": "en"}).content.decode()


@pytest.mark.parametrize("path", ["/", "/arena/", "/mirror/"])
def test_who_only_looks_around_gets_no_cookie(client: Client, path: str) -> None:
    answer = client.get(path)
    assert set(answer.cookies) <= ({"csrftoken"} if path == "/arena/" else {"mirror"} if path == "/mirror/" else set())


def test_a_crawler_reads_the_language_that_its_address_names(client: Client) -> None:
    text = client.get("/?language=ru").content.decode()
    assert 'lang="ru"' in text
    assert 'property="og:url" content="http://testserver/?language=ru"' in text
    assert 'hreflang="en" href="http://testserver/?language=en"' in text


def test_a_person_reads_their_own_whatever_the_address_names(client: Client) -> None:
    assert 'lang="en"' in client.get("/?language=ru", headers={"accept-language": "en"}).content.decode()
    assert 'lang="en"' in client.get("/?language=xx").content.decode()
    client.post("/language/", {"language": "en", "next": "/"})
    assert 'lang="en"' in client.get("/?language=ru").content.decode()


def test_what_is_not_there_is_said_in_the_readers_language(client: Client) -> None:
    answer = client.get("/nothing/", headers={"accept-language": "ru"})
    assert (answer.status_code, "Здесь ничего нет" in answer.content.decode()) == (404, True)


def test_a_form_without_its_cookie_is_told_what_to_do() -> None:
    answer = Client(enforce_csrf_checks=True).post("/arena/", headers={"accept-language": "ru"})
    assert (answer.status_code, "обнови страницу" in answer.content.decode()) == (403, True)


@pytest.mark.parametrize("path", ["/arena/redraw/", "/arena/try/"])
def test_an_address_of_a_form_leads_back_to_its_page(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"] == "/arena/"


def test_browsers_come_back_by_https_alone_where_the_site_speaks_it(client: Client, settings: Any) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers
    settings.SECURE_HSTS_SECONDS = 60
    assert Client().get("/", secure=True).headers["Strict-Transport-Security"].startswith("max-age=60")


@pytest.mark.parametrize("address", ["/", "/live/", "/players/{}/", "/duels/{}/", "/privacy/", "/api/docs/"])
def test_what_anybody_may_see_is_compressed(client: Client, address: str) -> None:
    ann, bob = newcomer("Ann"), newcomer("Bob")
    a_prompt()
    duel = played(ann, 80, bob, 40)
    answer = client.get(address.format(duel.public_id if "duels" in address else ann.public_id), headers=GZIP)
    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, "gzip")


@pytest.mark.parametrize("address", ["/me/", "/web-app/", "/admin/login/"])
def test_what_is_ones_own_is_not(client: Client, address: str) -> None:
    """Its size would betray what stands beside a stranger's words."""
    ann = newcomer("Ann")
    session = client.session
    session.update({sessions.PLAYER: ann.public_id, sessions.SINCE: time.time()})
    session.save()
    answer = client.get(address, headers=GZIP)
    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, None)
