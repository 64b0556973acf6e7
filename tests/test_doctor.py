"""`manage.py doctor` on sites that are well, and on such as are not: a real Redis, real HTTP, the Bot API double."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from redis import Redis

from duels import turns
from duels.doctor import data, judge, machine, telegram, work
from duels.doctor.findings import Finding, Level
from duels.models import Notice, TrainedWeights, TrainingSet, Turn, Update
from duels.telegram import bot, setup
from duels.tests.world import a_prompt, newcomer
from duels.watch import ready
from tests.botapi import BotApi

ROOT = Path(__file__).resolve().parent.parent
WEIGHTS = ROOT / "scoring" / "weights"


@pytest.fixture
def api(settings: Any) -> Iterator[BotApi]:
    with BotApi() as api:
        settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = api.url, api.token
        bot.username.cache_clear()
        yield api
        bot.username.cache_clear()


@pytest.fixture
def site(api: BotApi, live_server: Any, settings: Any) -> BotApi:
    """Reached by HTTP, and registered with the Bot API double."""
    settings.BASE_URL = live_server.url
    setup.set_up()
    a_prompt()
    for name in ("judge", "telegram", "reconcile", turns.DOOR):
        turns.beat(name)
    return api


def ran(*words: str) -> tuple[int, str]:
    """Its exit status, and what it says."""
    out = StringIO()
    try:
        call_command("doctor", *words, stdout=out, no_color=True)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def levels(findings: Iterator[Finding]) -> dict[str, Level]:
    """The worst of each sort."""
    order = list(Level)
    worst: dict[str, Level] = {}
    for each in findings:
        worst[each.what] = max(each.level, worst.get(each.what, Level.OK), key=order.index)
    return worst


@pytest.mark.django_db(transaction=True)
def test_a_site_that_is_well_is_told_so(site: BotApi, redis: Redis) -> None:
    status, said = ran("--deep", "--json")
    answer = json.loads(said)
    bad = [each for each in answer["findings"] if each["level"] == "fault"]
    assert (bad, status, answer["ok"]) == ([], 0, True)
    found = {each["what"]: each for each in answer["findings"]}
    assert found["knock"]["said"] == "reaches this site, with its secret"
    assert found["bot"]["said"] == "@emotion_duel_test_bot"
    assert found["weights"]["said"] == "as shipped"
    assert found["model"]["said"].startswith("gave a drawn face ")
    assert found["migrations"]["said"] == "all are applied"


@pytest.mark.django_db
def test_a_site_that_is_not_is_told_what_to_mend(api: BotApi, no_redis: None, settings: Any) -> None:
    settings.JUDGE = ("no-such-model", None, None, None, 1)
    settings.BASE_URL = "https://duel.example.org"
    status, said = ran()
    assert status == 1
    for words in (
        "fault    redis: does not answer: ConnectionError",
        "Run `manage.py redis`, or set REDIS_URL.",
        "fault    model: does not open: ModelError",
        "fault    judge: never seen",
        "Start `manage.py work judge`",
        "fault    senders: never seen",
        "fault    reconciler: never seen",
        "fault    prompts: there is none",
        "fault    webhook: is not registered: updates go nowhere",
        "Run `manage.py telegram setup`.",
        "fault    door: nobody takes updates in: never seen",
        "ok       migrations: all are applied",
    ):
        assert words in said, f"{words!r} is not said:\n{said}"
    assert api.token not in said


@pytest.mark.django_db(transaction=True)
class TestTheWebhook:
    def test_all_is_well(self, site: BotApi) -> None:
        worst = levels(telegram.telegram())
        assert worst.pop("https") == Level.WARNING, "a Bot API server of one's own may be called in the clear"
        assert set(worst.values()) == {Level.OK}

    def test_a_webhook_that_leads_elsewhere(self, site: BotApi, settings: Any) -> None:
        settings.BASE_URL = "http://localhost:1"
        worst = levels(telegram.telegram())
        assert (worst["webhook"], worst["knock"]) == (Level.FAULT, Level.WARNING)

    def test_another_list_of_kinds(self, site: BotApi) -> None:
        site.do(setattr, site.delivery, "allowed", ["message"])
        assert levels(telegram.telegram())["kinds"] == Level.FAULT

    def test_deliveries_that_failed_just_now_and_long_ago(self, site: BotApi) -> None:
        site.do(site.delivery.failed, "Wrong response from the webhook: 502 Bad Gateway")
        [told] = [each for each in telegram.telegram() if each.what == "deliveries"]
        assert told.level == Level.WARNING
        assert "502 Bad Gateway" in told.said
        site.do(setattr, site.delivery, "last_error", {"last_error_date": int(time.time()) - 86400})
        assert levels(telegram.telegram())["deliveries"] == Level.OK

    def test_another_secret_there(self, site: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("duels.telegram.webhook.SECRET", "X-Something-Else")  # on the caller's and the door's side
        monkeypatch.setattr("duels.telegram.status.webhook_door.SECRET", "X-Something-Else")
        assert telegram.answered().level == Level.OK
        monkeypatch.setattr("duels.telegram.webhook.compare_digest", lambda one, other: False)
        assert "another one there" in telegram.answered().said


@pytest.mark.django_db
class TestTheBot:
    def test_a_secret_that_telegram_would_refuse(self, settings: Any) -> None:
        settings.TELEGRAM_WEBHOOK_SECRET = "with a space"
        assert telegram.secret().level == Level.FAULT

    def test_a_token_that_telegram_does_not_know(self, api: BotApi, settings: Any) -> None:
        settings.TELEGRAM_BOT_TOKEN = "1234567:another"
        [told] = telegram.telegram()
        assert (told.level, "refuses the token" in told.said) == (Level.FAULT, True)

    def test_a_telegram_that_cannot_be_reached(self, api: BotApi, settings: Any) -> None:
        settings.TELEGRAM_API_URL = "http://127.0.0.1:9"
        [told] = telegram.telegram()
        assert (told.level, "does not answer" in told.said) == (Level.FAULT, True)

    def test_polling_beside_a_webhook(self, api: BotApi, settings: Any) -> None:
        settings.BASE_URL = ""
        api.do(setattr, api.delivery, "url", "https://duel.example.org/telegram/webhook/")
        assert levels(telegram.telegram())["updates"] == Level.FAULT
        api.do(api.delivery.delete_webhook, {})
        assert levels(telegram.telegram())["updates"] == Level.OK

    def test_many_updates_that_wait_there(self) -> None:
        found = [telegram.pending({"pending_update_count": count}).level for count in (0, 51, 1001)]
        assert found == [Level.OK, Level.WARNING, Level.FAULT]

    def test_no_bot_is_no_fault(self, settings: Any) -> None:
        settings.TELEGRAM_BOT_TOKEN = ""
        assert levels(telegram.telegram()) == {"bot": Level.WARNING}


@pytest.mark.django_db
class TestWork:
    def test_who_is_silent(self, redis: Redis) -> None:
        for name in ready.BEATING.values():
            turns.beat(name)
        Turn.objects.filter(name="telegram").update(beat_at=timezone.now() - timedelta(minutes=2))
        worst = levels(work.work())
        assert (worst["judge"], worst["senders"], worst["reconciler"]) == (Level.OK, Level.FAULT, Level.OK)

    @pytest.mark.parametrize(("age", "level"), [(1, Level.OK), (60, Level.WARNING), (600, Level.FAULT)])
    def test_what_has_waited_for_long(self, redis: Redis, age: int, level: Level) -> None:
        Update.objects.create(update_id=1, payload={}, received_at=timezone.now() - timedelta(seconds=age))
        assert levels(work.work())["inbox"] == level

    def test_what_a_person_must_look_at(self, redis: Redis) -> None:
        Notice.objects.create(player=newcomer("Ann"), kind="cancelled", status=Notice.Status.FAILED)
        worst = levels(work.work())
        assert (worst["failed messages"], worst["failed updates"]) == (Level.WARNING, Level.OK)


@pytest.mark.django_db
def test_migrations_that_lack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "migrated", False)
    applied = MigrationRecorder.Migration.objects.filter(app="duels").latest("id")
    applied.delete()
    assert levels(data.database())["migrations"] == Level.FAULT


def test_a_redis_that_drops_what_it_likes(redis: Redis) -> None:
    assert levels(data.redis())["redis memory"] == Level.OK
    redis.config_set("maxmemory", 100_000_000)
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert levels(data.redis())["redis memory"] == Level.WARNING
    finally:
        redis.config_set("maxmemory-policy", "noeviction")
    assert levels(data.redis())["redis memory"] == Level.OK


def test_clocks_that_differ() -> None:
    assert [data.skew("redis", seconds).level for seconds in (0.1, 2, 60)] == [Level.OK, Level.WARNING, Level.FAULT]


def test_a_disk_that_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    for free, level in ((50e9, Level.OK), (5e8, Level.WARNING), (5e7, Level.FAULT)):
        monkeypatch.setattr(shutil, "disk_usage", lambda path, free=free: shutil._ntuple_diskusage(0, 0, free))
        assert levels(machine.room())["disk"] == level


def test_settings_that_the_checks_find_odd(settings: Any) -> None:
    settings.SECRET_KEY = "changeme"
    told = [each for each in machine.site() if each.what == "settings"]
    assert [each.level for each in told if "emotionduel.E002" in each.said] == [Level.FAULT]


@pytest.mark.django_db
def test_weights_that_are_not_the_ones_that_ship(tmp_path: Path) -> None:
    for path in WEIGHTS.glob("[ES]*"):
        shutil.copy(path, tmp_path)
    assert levels(judge.weights(tmp_path)) == {"weights": Level.OK}, "sha256sum EmotionDuel-S.* >SHA256SUMS"
    weights = tmp_path / "EmotionDuel-S.safetensors"
    with weights.open("ab") as file:
        file.write(b"x")
    assert levels(judge.weights(tmp_path)) == {"weights": Level.WARNING}
    own = TrainingSet.objects.create(folder="given")
    TrainedWeights.objects.create(training_set=own, digest=judge.digest(weights))
    assert levels(judge.weights(tmp_path)) == {"weights": Level.OK}
    weights.unlink()
    assert levels(judge.weights(tmp_path)) == {"weights": Level.FAULT}


def test_a_database_and_a_redis_that_are_away(tmp_path: Path) -> None:
    """In earnest: nothing answers there."""
    mine = {
        "ENV_FILE": os.devnull,
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "postgres://duel:the-password@127.0.0.1:9/duels",
        "REDIS_URL": "redis://:another-password@127.0.0.1:9/0",
    }
    command = [sys.executable, "manage.py", "doctor", "--no-judge", "--json"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | mine, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    worst = {each["what"]: each["level"] for each in json.loads(done.stdout)["findings"]}
    assert (worst["database"], worst["redis"]) == ("fault", "fault")
    assert "inbox" not in worst
    assert "password" not in done.stdout + done.stderr
