"""Against a server on loopback that answers as chat APIs do."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from duels.models import Prompt
from duels.suggestions import items
from duels.tests.world import a_prompt

pytestmark = pytest.mark.django_db
GOOD = {
    "kind": "style",
    "difficulty": 2,
    "emotions": ["happiness"],
    "en": "Be the sun",
    "ru": "Изобрази солнце",
    "judged": "a face beaming like the sun",
}


class Server(HTTPServer):
    answer: object = ""
    status = 200
    asked: dict[str, object]
    key: str | None


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.server.asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.key = self.headers["Authorization"]
        body = json.dumps({"choices": [{"message": {"content": self.server.answer}}]}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        settings.LLM_URL, settings.LLM_KEY = f"http://127.0.0.1:{server.server_port}/v1", "key"
        settings.LLM_MODEL = "small"
        yield server
        server.shutdown()


def test_new_prompts_are_filed_switched_off(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    a_prompt("known")
    server.answer = f"Here they are:\n```json\n{json.dumps([GOOD])}\n```"
    call_command("suggest_prompts", "--count", "3")
    prompt = Prompt.objects.get(en="Be the sun")
    assert (prompt.active, prompt.kind, prompt.ru) == (False, "style", "Изобрази солнце")
    assert server.asked["model"] == "small"
    assert "Show known" in json.dumps(server.asked)
    assert server.key == "Bearer key"
    assert "1 new prompts" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "dance"},
        {"emotions": ["lust"]},
        {"emotions": []},
        {"difficulty": 9},
        {"difficulty": "hard"},
        {"en": ""},
        {"ru": "х" * 121},
        {"judged": "Солнце"},
    ],
    ids=str,
)
def test_what_is_odd_is_left_out(server: Server, change: dict[str, object]) -> None:
    server.answer = json.dumps([GOOD | change, "nonsense", None, GOOD])
    call_command("suggest_prompts")
    assert Prompt.objects.count() == 1


def test_what_is_known_is_not_filed_twice(server: Server) -> None:
    server.answer = json.dumps([GOOD, GOOD | {"judged": "another"}, GOOD | {"en": "Another"}])
    call_command("suggest_prompts")
    call_command("suggest_prompts")
    assert Prompt.objects.count() == 1


def test_without_a_server_it_says_so(settings: Settings) -> None:
    settings.LLM_URL = ""
    with pytest.raises(CommandError, match="LLM_URL"):
        call_command("suggest_prompts")


def test_a_server_that_fails_is_no_traceback(server: Server, settings: Settings) -> None:
    server.answer = "I would rather not."
    with pytest.raises(CommandError, match="no list"):
        call_command("suggest_prompts")
    server.status = 500
    with pytest.raises(CommandError, match="gave no answer"):
        call_command("suggest_prompts")
    settings.LLM_URL = "http://127.0.0.1:1/v1"
    with pytest.raises(CommandError, match="gave no answer"):
        call_command("suggest_prompts")
    settings.LLM_URL = "file:///etc"
    with pytest.raises(CommandError, match="http"):
        call_command("suggest_prompts")


def test_an_answer_that_is_no_list_holds_nothing() -> None:
    assert items('[{"en": "x"}] thanks') == [{"en": "x"}]
