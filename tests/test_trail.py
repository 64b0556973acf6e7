"""A duel's way through the logs: one is played in the small world, and each line of it names it."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from PIL import Image
from redis import Redis

from duels import jobs, lobby, wake
from duels.models import Duel, Entry, Notice
from duels.telegram import inbox, outbox, polling
from duels.tests.world import a_prompt
from emotionduel import trail
from emotionduel.logs import Json, Redacting
from scoring import Profile, Score
from scoring.faces import Face
from tests.botapi import BotApi, Person
from tests.faces import draw_face, photo_bytes
from tests.redis import running

ROOT = Path(__file__).resolve().parent.parent
log = logging.getLogger("duels.somewhere")


@pytest.fixture
def written() -> Iterator[StringIO]:
    """As our handler writes it, in JSON."""
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Json())
    handler.addFilter(trail.Marked())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


def lines(written: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


class Glance:
    """A judge who sees a face in everything: the real one takes seconds to come."""

    name, version = "glance", "1"

    def score_many(self, items: list[tuple[bytes, str]]) -> list[Score]:
        face = Face((0.2, 0.2, 0.8, 0.8), 0.0, 1.0, Image.new("RGB", (48, 48)))
        return [Score(0.2, float(len(photo) % 100), face, np.zeros(1)) for photo, _ in items]

    def profile_of(self, vector: np.ndarray) -> Profile:
        return Profile({"happiness": 1.0}, 1.0, 0.5)


class World:
    """Every part of the site but its processes: updates are fetched, handled, judged and answered here, by turns."""

    def __init__(self, api: BotApi) -> None:
        self.offset: int | None = None
        self.people = [Person(api, name) for name in ("Wilhelmina", "Ferdinand")]

    def goes_on(self) -> None:
        self.offset = polling.fetch(self.offset)
        inbox.handle_updates()
        lobby.pair_waiting()
        while jobs.judge_waiting():
            pass
        for player in set(Notice.objects.filter(status="waiting").values_list("player", flat=True)):
            outbox.send_notices(player)

    def play(self) -> Duel:
        for person in self.people:
            for words in ("/start", "16", "😎", "/duel"):
                _ = person.types(words) if words.startswith("/") else person.presses(words)
                self.goes_on()
        for number, person in enumerate(self.people):
            person.sends_photo(photo_bytes(draw_face(number, "happiness")))
            self.goes_on()
        self.goes_on()
        return Duel.objects.get()


@pytest.fixture
def world(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    settings.RECONCILE_SECONDS = 0  # polls answer at once
    a_prompt("laughing", judged="a happy face with a broad smile")
    with BotApi() as api, running() as server, closing(Redis.from_url(server.url)) as redis:
        settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = api.url, api.token
        settings.BASE_URL = ""
        monkeypatch.setattr(wake, "redis", lambda: redis)
        monkeypatch.setattr(jobs, "scorer", Glance)
        yield World(api)


@pytest.mark.django_db(transaction=True)
def test_each_line_of_a_duels_way_names_it(world: World, written: StringIO) -> None:
    duel = world.play()
    assert duel.status == Duel.Status.FINISHED
    found = lines(written)
    mine = [line for line in found if line.get("duel") == duel.public_id]
    said = [line["message"] for line in mine]
    for step in (
        "dealt: random, 2 players",
        "told: prompt",
        "the clock runs: 180 s",
        "photo 1 is here: photo",
        "handled",
        "photo 1: judged",
        "told: photo_received",
        "ended: finished, contest",
        "told: result",
    ):
        assert step in said, f"{step!r} is not among {said}"
    # Whatever names an entry or a message of the duel names the duel, too; but that an update came in is said before
    # anybody knows what it is about.
    notices = set(Notice.objects.filter(duel=duel).values_list("pk", flat=True))
    entries = set(Entry.objects.values_list("pk", flat=True))
    about = [line for line in found if line.get("notice") in notices or line.get("entry") in entries]
    assert len(about) >= 10
    assert [line for line in about if line not in mine] == []
    photos = [line["update"] for line in mine if line["message"].endswith("is here: photo")]
    received = [line["update"] for line in found if line["message"] == "received: message"]
    assert len(photos) == 2
    assert set(photos) <= set(received)
    assert_nobody_is_named(world, written.getvalue())


def assert_nobody_is_named(world: World, told: str) -> None:
    """Nor what they sent."""
    secret = [str(person.user["first_name"]) for person in world.people] + [str(person.id) for person in world.people]
    secret += Entry.objects.values_list("file_id", flat=True)
    assert [each for each in secret if each in told] == []


def test_marks_hold_to_the_end_of_their_stretch_and_no_longer() -> None:
    trail.mark(duel="nobody's")  # outside of any: as in a web process's thread, which serves others next
    assert trail.current() == {}
    with trail.on(update=1):
        with trail.on():
            trail.mark(duel="a", entry=None)
            assert trail.current() == {"update": 1, "duel": "a"}
        assert trail.current() == {"update": 1}
    assert trail.current() == {}


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_said(written: StringIO) -> None:
    with transaction.atomic():
        trail.say(log, "this happened", duel="a")
        assert lines(written) == []
    with transaction.atomic():
        trail.say(log, "this did not")
        transaction.set_rollback(True)
    assert [(line["message"], line["duel"]) for line in lines(written)] == [("this happened", "a")]


def test_another_thread_knows_nothing_of_ours(written: StringIO) -> None:
    with trail.on(duel="a"):
        thread = Thread(target=log.info, args=["hello"])
        thread.start()
        thread.join()
    assert "duel" not in lines(written)[0]


def test_an_exception_is_one_line_without_a_token(written: StringIO, settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
    try:
        raise ValueError(f'"quoted"\nhttps://api.telegram.org/bot{settings.TELEGRAM_BOT_TOKEN}/getMe')
    except ValueError:
        with trail.on(duel="a"):
            log.exception("It failed: %s", f"/signin/{'x' * 43}/")
    [line] = lines(written)
    assert (line["level"], line["logger"], line["duel"]) == ("ERROR", "duels.somewhere", "a")
    assert line["message"] == "It failed: /signin/<token>/"
    assert line["error"].startswith("Traceback")
    assert "bot<token>/getMe" in line["error"]
    assert settings.TELEGRAM_BOT_TOKEN not in written.getvalue()


def test_text_names_it_at_the_end_of_the_line() -> None:
    record = logging.LogRecord("duels.play", 20, "x.py", 1, "ended", (), None)
    with trail.on(duel="a", update=7):
        trail.Marked().filter(record)
    assert Redacting("{message}{marks}", style="{").format(record) == "ended duel=a update=7"


@pytest.mark.parametrize("end", ["raise ValueError(address)", "__import__('logging').getLogger('x').info(address)"])
def test_a_process_that_writes_json_writes_nothing_else(end: str, tmp_path: Path) -> None:
    token = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
    code = f"import django; django.setup(); address = 'https://api.telegram.org/bot{token}/getMe'\n{end}"
    mine = {"DJANGO_SETTINGS_MODULE": "emotionduel.settings", "DATA_DIR": str(tmp_path), "ENV_FILE": os.devnull}
    command = [sys.executable, "-c", code]
    environment = {**os.environ, **mine, "LOG_FORMAT": "json"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    [line] = [json.loads(line) for line in done.stderr.splitlines()]
    assert "bot<token>/getMe" in line.get("error", "") + line["message"]
    assert token not in done.stderr
