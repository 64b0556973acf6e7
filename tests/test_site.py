from django.test import Client


def test_the_site_says_that_it_is_alive(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_the_front_page_says_what_is_here(client: Client, db: None) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "EmotionDuel" in answer.content.decode()


def test_a_strange_host_is_turned_away(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example.org"}).status_code == 400
