"""What holds for every page, whatever is on it."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


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
