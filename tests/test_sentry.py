"""What would leave for Sentry, seen by a transport that sends nothing: no token, nobody's data, no variables."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from emotionduel import checks, sentry, trail
from tests.test_redaction import TOKEN

ROOT = Path(__file__).resolve().parent.parent
DSN = "https://abcdef@errors.example.org/1"
SECRET = "the-webhooks-secret"
PERSON = "Wilhelmina"

# In a process of its own: once started, Sentry's library has its hands in Django, RQ and logging.
SCENE = f"""
import json, logging, sys
from django.conf import settings
import django
django.setup()
import sentry_sdk
from sentry_sdk.transport import Transport
from emotionduel import sentry, trail

class Kept(Transport):
    def capture_envelope(self, envelope):
        print(json.dumps(envelope.serialize().decode(errors="replace")))

assert sentry.start(transport=Kept)
from django.db import IntegrityError
from django.urls import path
from django.test import Client

def page(request, token):
    address = "https://api.telegram.org/bot{TOKEN}/getMe"
    raise ValueError(address)

sys.modules["scene"] = type(sys)("scene")
sys.modules["scene"].urlpatterns = [path("boom/<str:token>/", page)]
settings.ROOT_URLCONF = "scene"
settings.ALLOWED_HOSTS = ["*"]
client = Client(raise_request_exception=False)
client.post("/boom/{"s" * 43}/?name={PERSON}", {{"name": "{PERSON}"}}, headers={{"cookie": "player={PERSON}",
    "X-Telegram-Bot-Api-Secret-Token": "{SECRET}", "X-Forwarded-For": "192.0.2.77"}})
log = logging.getLogger("duels.somewhere")
log.warning("a breadcrumb of {PERSON}")
name = "{PERSON}"
with trail.on(duel="aBcDeF", update=7):
    log.error("asked %s for %s", "https://api.telegram.org/bot{TOKEN}/getMe", name)
    try:
        said = 'duplicate key value violates unique constraint "name_once"'
        raise IntegrityError(said + "\\nDETAIL:  Key (name)=({PERSON})")
    except IntegrityError:
        log.exception("It failed")
sentry_sdk.flush()
"""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("data"))
    mine = {"DJANGO_SETTINGS_MODULE": "emotionduel.settings", "DATA_DIR": folder, "ENV_FILE": os.devnull}
    environment = {**os.environ, **mine, "TELEGRAM_BOT_TOKEN": TOKEN, "SENTRY_DSN": DSN}
    command = [sys.executable, "-c", SCENE]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return "\n".join(json.loads(line) for line in done.stdout.splitlines())


def events(sent: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in sent.splitlines() if line.startswith("{")]
    return [each for each in found if "exception" in each]


def test_an_error_is_told_with_its_place_and_its_duel(sent: str) -> None:
    page, asked, failed = events(sent)
    assert page["exception"]["values"][-1]["type"] == "ValueError"
    assert page["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "page"
    assert asked["logentry"]["message"] == "asked %s for %s"
    assert failed["exception"]["values"][0]["value"] == 'duplicate key value violates unique constraint "name_once"'
    assert failed["tags"] == {"duel": "aBcDeF", "update": "7"}


def test_no_token_leaves(sent: str) -> None:
    assert "bot<token>/getMe" in sent
    for secret in (TOKEN, TOKEN.partition(":")[2], SECRET, "s" * 43):
        assert secret not in sent


def test_nobody_is_named(sent: str) -> None:
    assert PERSON not in sent
    assert "192.0.2.77" not in sent
    for event in events(sent):
        assert not {"request", "user", "breadcrumbs", "extra", "contexts", "server_name"} & set(event)
        assert "vars" not in json.dumps(event)


def test_without_an_address_nothing_starts(settings: Any) -> None:
    settings.SENTRY_DSN = ""
    assert sentry.start() is False


def test_a_missing_package_is_told(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SENTRY_DSN = DSN
    assert checks.sentry_is_there() == []
    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    assert [each.id for each in checks.sentry_is_there()] == ["emotionduel.E009"]


def test_marks_are_tags() -> None:
    with trail.on(duel="a"):
        assert sentry.bare({"level": "error", "extra": {"x": 1}}) == {
            "level": "error",
            "exception": {"values": []},
            "tags": {"duel": "a"},
        }
