import pytest
from django.test import Client

from duels.mirror.consumer import COOKIE, visitor_of
from duels.models import Prompt
from duels.tests.world import a_prompt

pytestmark = pytest.mark.django_db


def test_it_offers_the_prompts_that_are_played_in_the_readers_language(client: Client) -> None:
    shown, hidden = a_prompt("shown"), a_prompt("hidden")
    Prompt.objects.filter(pk=shown.pk).update(ru="гнев с улыбкой", en="anger with a smile", judged="angry smile")
    Prompt.objects.filter(pk=hidden.pk).update(active=False, en="switched off")
    english = client.get("/mirror/").content.decode()
    assert '<option value="angry smile">anger with a smile</option>' in english
    assert "switched off" not in english
    russian = client.get("/mirror/", headers={"accept-language": "ru"}).content.decode()
    assert '<option value="angry smile">гнев с улыбкой</option>' in russian


def test_a_visitor_keeps_one_name_that_no_script_can_read(client: Client) -> None:
    cookie = client.get("/mirror/").cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert visitor_of([(b"cookie", f"{COOKIE}={cookie.value}".encode())])
    assert COOKIE not in client.get("/mirror/").cookies


def test_one_question_to_the_database_however_many_prompts(client: Client, django_assert_num_queries: object) -> None:
    for slug in ("one", "two", "three"):
        a_prompt(slug)
    with django_assert_num_queries(1):  # type: ignore[operator]
        client.get("/mirror/")


def test_the_easiest_prompt_is_the_first_to_be_tried(client: Client) -> None:
    a_prompt("a-hard-one", difficulty=3)
    a_prompt("an-easy-one")
    page = client.get("/mirror/").content.decode()
    assert page.index("Show an-easy-one") < page.index("Show a-hard-one")
