import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from accounts import services
from accounts.models import Player
from duels import boards, cursors, lobby
from duels.models import Prompt
from duels.tests.world import a_prompt, newcomer, public_duel, random_duel, room_duel, shows
from emotionduel import limits
from emotionduel.cache import Forgiving
from tests.redis import program, server

Counted = Callable[[int], AbstractContextManager[object]]
PAGES = ["leaderboard/", "leaderboard/?board=expressive", "duels/", "prompts/"]


def asked(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(path if path.startswith("http") else f"/api/v1/{path}")
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    return answer.json()


def hide(player: Player) -> None:
    services.change_setting(player, services.Setting.ON_LEADERBOARD, False)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Redis runs beside the tests: each begins as if it had not been asked yet."""
    monkeypatch.setattr(Forgiving, "down_until", 0.0)


class TestWhatIsThere:
    def test_is_told_at_the_door(self, client: Client, db: None) -> None:
        for address in asked(client, "").values():
            assert client.get(address).status_code == 200

    @pytest.mark.parametrize("path", PAGES)
    def test_is_asked_for_its_headers_too(self, client: Client, db: None, path: str) -> None:
        assert client.head(f"/api/v1/{path}").status_code == 200

    def test_every_board_that_pages_show(self, client: Client, ann: Player, bob: Player) -> None:
        public_duel(ann, 80, bob, 40)
        for board in boards.names():
            asked(client, f"leaderboard/?board={board}")
        [gained] = asked(client, "leaderboard/?board=today")["results"]
        assert (gained["name"], gained["value"] > 0) == ("Ann", True)

    def test_the_leaderboard(self, client: Client, ann: Player, bob: Player) -> None:
        public_duel(ann, 80, bob, 40)
        best, other = asked(client, "leaderboard/")["results"]
        assert (best["name"], best["wins"], best["streak"], best["ranked"]) == ("Ann", 1, 1, False)
        assert best["rating"] > 1500 > other["rating"]

    def test_a_player(self, client: Client, ann: Player, bob: Player) -> None:
        public_duel(ann, 80, bob, 40)
        found = asked(client, f"players/{ann.public_id}/")
        assert (found["rank"], found["last"], found["emotions"]) == (1, ["win"], {"happiness": 80.0})

    def test_a_history(self, client: Client, ann: Player, bob: Player) -> None:
        duel = public_duel(ann, 80, bob, 40)
        [past] = asked(client, f"players/{ann.public_id}/history/")["results"]
        assert (past["duel"]["id"], past["outcome"], past["match"]) == (duel.public_id, "win", 80.0)

    def test_a_duel(self, client: Client, ann: Player, bob: Player) -> None:
        duel = public_duel(ann, 80, bob, 40)
        found = asked(client, f"duels/{duel.public_id}/")
        assert found["task"] == {"en": "Show joy", "ru": "Покажи joy", "judged": "joy"}
        assert [entry["player"]["name"] for entry in found["entries"]] == ["Ann", "Bob"]
        assert found["entries"][0]["rating"]["after"] > found["entries"][0]["rating"]["before"] == 1500

    def test_what_runs(self, client: Client, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        shows(ann, duel, 80)
        [running] = asked(client, "live/")["duels"]
        assert running["id"] == duel.public_id
        assert [(entry["sent"], entry["match"]) for entry in running["entries"]] == [(True, None), (False, None)]


class TestWhatIsNobodysBusiness:
    def test_players_who_left_the_leaderboard(self, client: Client, ann: Player, bob: Player) -> None:
        duel = public_duel(ann, 80, bob, 40)
        hide(bob)
        assert asked(client, f"players/{bob.public_id}/", 404)
        assert asked(client, f"players/{bob.public_id}/history/", 404)
        everything = [
            "leaderboard/",
            "duels/",
            "live/",
            f"players/{ann.public_id}/history/",
            f"duels/{duel.public_id}/",
        ]
        for path in everything:
            assert "Bob" not in str(asked(client, path)), path
            assert bob.public_id not in str(asked(client, path)), path
        other = asked(client, f"duels/{duel.public_id}/")["entries"][1]
        assert (other["player"], other["match"]) == ({"id": "", "name": ""}, 40.0)
        assert (other["emotions"], other["rating"]) == (None, None)

    def test_private_rooms_but_for_who_knows_the_id(self, client: Client, ann: Player, bob: Player) -> None:
        duel = room_duel(ann, bob)
        assert asked(client, "live/")["duels"] == []
        shows(ann, duel, 80)
        shows(bob, duel, 40)
        assert asked(client, "duels/")["results"] == []
        assert asked(client, f"players/{ann.public_id}/history/")["results"] == []
        assert asked(client, f"duels/{duel.public_id}/")["status"] == "finished"

    def test_practice(self, client: Client, ann: Player) -> None:
        practice = lobby.practise(ann)
        assert asked(client, f"duels/{practice.public_id}/", 404)
        assert asked(client, "live/")["duels"] == []

    def test_prompts_that_are_not_dealt(self, client: Client, prompt: Prompt) -> None:
        a_prompt("secret", active=False)
        assert [each["slug"] for each in asked(client, "prompts/")["results"]] == ["joy"]

    def test_telegram_consents_and_our_own_numbers(self, client: Client, ann: Player, bob: Player) -> None:
        duel = public_duel(ann, 80, bob, 40)
        for path in (f"players/{ann.public_id}/", f"duels/{duel.public_id}/"):
            text = str(asked(client, path))
            assert str(ann.telegram_id) not in text
            assert "file" not in text
            assert "_at'" not in text


def all_pages(client: Client, path: str) -> list[Any]:
    results, page = [], asked(client, path)
    while True:
        results += page["results"]
        if page["next"] is None:
            return results
        page = asked(client, page["next"])


class TestPages:
    @pytest.mark.parametrize("board", ["rating", "expressive"])
    def test_of_a_leaderboard_leave_nobody_out(self, client: Client, prompt: Prompt, board: str) -> None:
        for number in range(45):
            mu = 25 + number % 4
            newcomer(f"P{number}", mu=mu, wins=1, ranked=number % 3 == 0, expressive=float(mu))
        names = [each["name"] for each in all_pages(client, f"leaderboard/?board={board}")]
        assert (len(names), len(set(names))) == (45, 45)

    def test_of_duels_and_histories_leave_nothing_out(self, client: Client, ann: Player, bob: Player) -> None:
        ids = {public_duel(ann, 80, bob, 40).public_id for _ in range(22)}
        assert {each["id"] for each in all_pages(client, "duels/")} == ids
        for order in ("newest", "best"):
            found = all_pages(client, f"players/{ann.public_id}/history/?order={order}")
            assert len(found) == 22
            assert {each["duel"]["id"] for each in found} == ids

    def test_of_prompts_leave_nothing_out(self, client: Client, db: None) -> None:
        for number in range(45):
            a_prompt(f"p-{number}")
        assert len({each["slug"] for each in all_pages(client, "prompts/")}) == 45

    @pytest.mark.parametrize("path", [*PAGES, "players/{}/history/", "players/{}/history/?order=best"])
    @pytest.mark.parametrize(
        "cursor", ["x", "ИИ", "bnVsbA", cursors.write(True), cursors.write(1e999, "a"), cursors.write("a\0", "b", "c")]
    )
    def test_begin_nowhere_odd(self, client: Client, ann: Player, path: str, cursor: str) -> None:
        path = path.format(ann.public_id)
        sign = "&" if "?" in path else "?"
        assert "cursor" in asked(client, f"{path}{sign}cursor={cursor}", 400)

    @pytest.mark.parametrize("path", PAGES)
    def test_without_a_cursor_begin_at_the_beginning(self, client: Client, prompt: Prompt, path: str) -> None:
        sign = "&" if "?" in path else "?"
        assert asked(client, f"{path}{sign}cursor=") == asked(client, path)

    def test_of_no_such_board_are_refused(self, client: Client, db: None) -> None:
        assert "board" in asked(client, "leaderboard/?board=best", 400)


@pytest.mark.parametrize("path", ["players/x/", "duels/%00/", "nothing/", "players/nobodyatall2/history/"])
def test_what_is_not_there_is_said_so_in_json(client: Client, db: None, path: str) -> None:
    assert "detail" in asked(client, path, 404)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed(client: Client, ann: Player, method: str) -> None:
    for path in ("", "leaderboard/", f"players/{ann.public_id}/", "duels/", "prompts/", "live/"):
        assert getattr(client, method)(f"/api/v1/{path}").status_code == 405


@pytest.mark.parametrize(("path", "queries"), [("leaderboard/", 1), ("duels/", 2), ("live/", 3), ("prompts/", 1)])
def test_lists_ask_the_database_as_often_for_many_as_for_one(
    client: Client, ann: Player, bob: Player, django_assert_num_queries: Counted, path: str, queries: int
) -> None:
    public_duel(ann, 80, bob, 40)
    random_duel(newcomer("Eve"), newcomer("Flo"))
    for _ in range(2):
        with django_assert_num_queries(queries):
            asked(client, path)
        public_duel(ann, 80, bob, 40)
        random_duel(newcomer(), newcomer())


def test_a_history_asks_the_database_as_often_for_many_as_for_one(
    client: Client, ann: Player, bob: Player, django_assert_num_queries: Counted
) -> None:
    for _ in range(3):
        public_duel(ann, 80, bob, 40)
        with django_assert_num_queries(4):
            asked(client, f"players/{ann.public_id}/history/")


class TestTheLimit:
    @pytest.fixture
    def counting(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """In a minute that does not end before the test does."""
        if program() is None:
            pytest.skip("redis-server is not installed")
        monkeypatch.setattr(limits, "SECONDS", 10**10)
        with server() as url:
            Redis.from_url(url, retry=Retry(ConstantBackoff(0.1), 100)).ping()
            settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": url}}
            settings.API_PER_MINUTE = 3
            yield

    @pytest.mark.usefixtures("counting", "away")
    def test_is_each_addresss_own(self, client: Client, db: None) -> None:
        assert [client.get("/api/v1/").status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = client.get("/api/v1/live/")
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) > 0
        assert client.get("/api/v1/", REMOTE_ADDR="10.0.0.9").status_code == 200

    @pytest.mark.usefixtures("counting", "away")
    def test_is_not_escaped_by_a_header_of_ones_own(self, client: Client, db: None) -> None:
        for number in range(4):
            forwarded = {"x-forwarded-for": f"1.2.3.{number}, 9.9.9.9"}
            last = client.get("/api/v1/", headers=forwarded)
        assert last.status_code == 429
        assert client.get("/api/v1/", headers={"x-forwarded-for": "9.9.9.9, 8.8.8.8"}).status_code == 200

    @pytest.mark.usefixtures("away")
    def test_holds_nobody_up_while_redis_is_away(self, client: Client, db: None, settings: Any) -> None:
        settings.API_PER_MINUTE = 1
        assert [client.get("/api/v1/").status_code for _ in range(3)] == [200] * 3


def test_the_schema_is_one_that_programs_understand(client: Client) -> None:
    found = client.get("/api/schema/").json()
    assert found["openapi"].startswith("3.")
    assert len(found["paths"]) == 8
    assert all(list(operations) == ["get"] for operations in found["paths"].values())


def test_the_page_for_people_shows_every_door(client: Client) -> None:
    text = client.get("/api/docs/").content.decode()
    for path in client.get("/api/schema/").json()["paths"]:
        assert f"<code>{path}</code>" in text
    assert "<style" not in text
    assert "style=" not in text
    assert "<script>" not in text


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_whatever_is_asked_there_is_an_answer_as_the_schema_says(
    live_server: Any, tmp_path: Path, ann: Player, bob: Player
) -> None:
    duel = public_duel(ann, 80, bob, 40)
    ids = {"players/{public_id}/": ann.public_id, "players/{public_id}/history/": ann.public_id}
    ids["duels/{public_id}/"] = duel.public_id
    known = '[[operations]]\ninclude-path = "/api/v1/%s"\nparameters = { public_id = "%s" }\n'
    (tmp_path / "schemathesis.toml").write_text("".join(known % each for each in ids.items()))
    program = Path(sys.executable).parent / "schemathesis"
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    command = [str(program), "run", f"{live_server.url}/api/schema/"]
    limits = ["--checks", checks, "--max-examples", "20", "--phases", "coverage,fuzzing", "--no-color"]
    done = subprocess.run(
        [*command, *limits], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300, env=os.environ
    )
    assert done.returncode == 0, done.stdout + done.stderr
