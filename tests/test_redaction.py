"""The bot's token is told nowhere: not in a log, an error page, a stored failure, or a dying process's last words."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from telebot import apihelper

from duels.models import Notice, Update
from duels.telegram import bot, inbox, outbox
from duels.tests.world import newcomer
from duels.workers import SteadyWorker
from emotionduel.logs import Redacting
from tests import redis
from tests.botapi import BotApi

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _a_token(settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = TOKEN


@pytest.fixture
def written() -> Any:
    """All that is logged, down to the libraries' chatter, as our handler writes it."""
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Redacting())
    loggers = [logging.getLogger(name) for name in ("", "django", "urllib3", "TeleBot", "rq.worker")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    for logger in loggers[:2]:  # the others pass on to the first
        logger.addHandler(handler)
    yield out.getvalue
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def boom() -> None:
    """A job's, and a page's."""
    raise ValueError(f"https://api.telegram.org/bot{TOKEN}/sendMessage")


def ask_in_vain(library: Callable[[str], object]) -> None:
    address = f"http://127.0.0.1:9/bot{TOKEN}/getMe"
    try:
        library(address)
    except Exception:
        logging.getLogger("somewhere").exception("It could not be asked: %s", address)


@pytest.mark.parametrize(
    "library",
    [
        lambda address: requests.get(address, timeout=1),
        lambda address: urllib3.PoolManager(retries=urllib3.Retry(1, backoff_factor=0)).request("GET", address),
        lambda address: apihelper.get_me(TOKEN),  # type: ignore[no-untyped-call]
    ],
    ids=["requests", "urllib3", "telebot"],
)
def test_libraries_whose_errors_carry_addresses(
    written: Any, library: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apihelper, "API_URL", "http://127.0.0.1:9/bot{0}/{1}")
    monkeypatch.setattr(apihelper, "CUSTOM_REQUEST_SENDER", None)
    monkeypatch.setattr(apihelper, "RETRY_ON_ERROR", False)
    ask_in_vain(library)
    assert "<token>" in written()
    assert TOKEN not in written()
    assert TOKEN.partition(":")[2] not in written()


def test_what_our_client_does_and_fails_at(written: Any, settings: Any) -> None:
    with BotApi() as api:
        settings.TELEGRAM_API_URL = api.url
        with pytest.raises(bot.Passing) as error:
            bot.send(1, "hello")  # the double knows another token
    settings.TELEGRAM_API_URL = "http://127.0.0.1:9"
    with pytest.raises(bot.Passing) as gone:
        bot.download("photo")
    for each in (error.value, gone.value):
        assert TOKEN not in f"{each!r} {each.__cause__!r} {each.__suppress_context__}"
        assert each.__suppress_context__
    assert "/bot<token>/" in written()
    assert TOKEN not in written()


def page(request: HttpRequest) -> HttpResponse:
    address = f"https://api.telegram.org/bot{TOKEN}/getMe"  # noqa: F841 (error pages show variables)
    boom()
    return HttpResponse()


urlpatterns = [path("boom/", page)]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("accept", ["text/html", "text/plain"])
def test_an_error_page_and_its_log(written: Any, settings: Any, debug: bool, accept: str) -> None:
    settings.DEBUG = debug
    client = Client(raise_request_exception=False)
    answer = client.get("/boom/", headers={"accept": accept, "cookie": f"x={TOKEN}"}, query_params={"q": TOKEN})
    assert answer.status_code == 500
    assert TOKEN not in answer.content.decode()
    assert ("Traceback" in answer.content.decode()) == debug
    assert "ValueError" in written()
    assert TOKEN not in written()


@pytest.mark.django_db
def test_what_is_kept_of_failed_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duels.telegram.dispatch.on_message", lambda message: boom())
    update = {"update_id": 1, "message": {"chat": {"id": 7, "type": "private"}, "date": 1, "from": {"id": 7}}}
    Update.objects.create(update_id=1, sender=7, payload=update)
    inbox.handle_updates()
    assert Update.objects.get().error == "ValueError: https://api.telegram.org/bot<token>/sendMessage"
    monkeypatch.setattr(outbox, "render", lambda notice: boom())
    Notice.objects.all().delete()
    player = newcomer("Ann")
    Notice.objects.create(player=player, kind="cancelled")
    outbox.send_notices(player.pk)
    assert Notice.objects.get().error == "ValueError: https://api.telegram.org/bot<token>/sendMessage"


@pytest.mark.skipif(not redis.program(), reason="no redis-server")
@pytest.mark.django_db
def test_what_redis_keeps_of_a_failed_job(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SteadyWorker, "_install_signal_handlers", lambda self: None)  # they are pytest's own here
    with redis.server() as url:
        connection = Redis(unix_socket_path=url.removeprefix("unix://"))
        queue = Queue("telegram", connection=connection, serializer=JSONSerializer)
        job = queue.enqueue_call("tests.test_redaction.boom", failure_ttl=60)
        worker = SteadyWorker([queue], connection=connection, serializer=JSONSerializer)
        worker.work(burst=True, logging_level="DEBUG")
        kept = job.latest_result()
        assert kept is not None
        assert "bot<token>/sendMessage" in (kept.exc_string or "")
        everything = [connection.dump(key) for key in connection.keys("*")]
        connection.close()
    assert TOKEN.encode() not in b"".join(each for each in everything if isinstance(each, bytes))
    assert TOKEN not in written()


@pytest.mark.parametrize(
    "end",
    [
        "raise ValueError(address)",
        "import threading; thread = threading.Thread(target=int, args=[address]); thread.start(); thread.join()",
        "import logging; logging.getLogger('x').warning(address)",
    ],
    ids=["main", "thread", "log"],
)
def test_the_last_words_of_a_process(end: str, tmp_path: Path) -> None:
    code = f"import django; django.setup(); address = 'https://api.telegram.org/bot{TOKEN}/getMe'\n{end}"
    settings = {"DJANGO_SETTINGS_MODULE": "emotionduel.settings", "DATA_DIR": str(tmp_path), "ENV_FILE": os.devnull}
    environment = {**os.environ, **settings, "TELEGRAM_BOT_TOKEN": TOKEN}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert "bot<token>/getMe" in done.stderr
    assert TOKEN not in done.stderr + done.stdout


def test_settings_that_cannot_be_meant_name_no_secret() -> None:
    from emotionduel.environment import Environment

    with pytest.raises(ImproperlyConfigured) as error:
        Environment({"ENCRYPTION_KEYS": TOKEN}, ROOT).keys("ENCRYPTION_KEYS")
    assert TOKEN not in str(error.value)
