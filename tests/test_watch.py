"""/readyz and /metrics, with a Redis and a database of their own."""

import time
from contextlib import closing
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis import Redis

from duels import reconcile, tallies, turns, wake
from duels.models import Turn, Update
from duels.telegram import status
from duels.tests.world import newcomer, photo, random_duel
from duels.watch import metrics, question, ready, state
from duels.watch.question import Question
from tests.botapi import BotApi
from tests.redis import Server

TOKEN = "a-token-of-some-length"
OUTSIDE = "93.184.216.34"
BEATING = ("judge", "telegram", "reconcile", turns.DOOR)


@pytest.fixture(autouse=True)
def carrier(monkeypatch: pytest.MonkeyPatch) -> tallies.Carrier:
    """It carries when it is told to; answers are fresh. What other tests have counted in this process stays there."""
    monkeypatch.setattr(tallies.carrier(), "carry", lambda: None)
    found = tallies.Carrier()
    monkeypatch.setattr(tallies, "carrier", lambda: found)
    for module in (ready, metrics):
        for name in ("database", "redis"):
            monkeypatch.setattr(module, name, Question(getattr(module, name).ask, kept=0.0))
    monkeypatch.setattr(ready, "migrated", False)
    return found


def all_beat() -> None:
    for name in BEATING:
        turns.beat(name)


def told(client: Client) -> dict[str, float]:
    """Every sample of /metrics."""
    lines = client.get("/metrics").content.decode().splitlines()
    return {name: float(number) for name, number in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


@pytest.mark.django_db(transaction=True)
class TestReadiness:
    def test_all_is_well(self, client: Client, redis: Redis, settings: Any) -> None:
        settings.TELEGRAM_BOT_TOKEN = "1:x"
        all_beat()
        answer = client.get("/readyz")
        assert answer.status_code == 200
        parts = ("database", "migrations", "judge", "senders", "reconciler", "updates", "redis", "webhook")
        assert answer.json() == {"ready": True, "degraded": [], "parts": dict.fromkeys(parts, "ok")}

    @pytest.mark.parametrize(("name", "part"), [*((name, part) for part, name in ready.BEATING.items())])
    def test_who_is_silent_is_named_and_takes_no_web_process_away(
        self, client: Client, redis: Redis, name: str, part: str
    ) -> None:
        all_beat()
        Turn.objects.filter(name=name).update(beat_at="2020-01-01T00:00Z")
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["degraded"]) == (200, [part])
        assert answer.json()["parts"][part].startswith("silent for ")

    def test_without_redis_it_goes_on(self, client: Client, no_redis: None) -> None:
        all_beat()
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["degraded"]) == (200, ["redis", "webhook"])
        assert answer.json()["parts"]["redis"] == "ConnectionError"

    def test_nobody_who_takes_updates_in_is_told_where_there_is_a_bot(
        self, client: Client, redis: Redis, settings: Any
    ) -> None:
        settings.TELEGRAM_BOT_TOKEN = "1:x"
        assert client.get("/readyz").json()["parts"]["updates"] == "never seen"

    def test_a_webhook_that_leads_elsewhere_is_told(self, client: Client, redis: Redis, settings: Any) -> None:
        settings.TELEGRAM_BOT_TOKEN, settings.BASE_URL = "1:x", "https://duel.example.org"
        assert client.get("/readyz").json()["parts"]["webhook"] == "ok", "nobody has asked yet"
        tallies.keep_webhook({"url": "https://elsewhere.example.org/telegram/webhook/"})
        assert client.get("/readyz").json()["parts"]["webhook"] == "Telegram sends updates elsewhere"

    def test_before_its_migrations_it_takes_nothing(self, client: Client, redis: Redis) -> None:
        applied = MigrationRecorder.Migration.objects.filter(app="duels").latest("id")
        applied.delete()
        try:
            answer = client.get("/readyz")
            assert (answer.status_code, answer.json()["parts"]["migrations"]) == (503, "1 are not applied")
        finally:
            MigrationRecorder.Migration.objects.create(app="duels", name=applied.name)
        assert client.get("/readyz").status_code == 200

    def test_without_its_database_it_takes_nothing(
        self, client: Client, redis: Redis, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gone() -> dict[str, str]:
            raise OperationalError("connection to 10.0.0.5 as duel:secret failed")

        monkeypatch.setattr(ready, "database", Question(gone))
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["ready"]) == (503, False)
        assert answer.json()["parts"]["database"] == "OperationalError"
        assert "secret" not in answer.content.decode()

    def test_nobody_waits_for_a_database_that_is_silent(
        self, client: Client, redis: Redis, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def silent() -> dict[str, str]:
            time.sleep(60)
            return {}

        monkeypatch.setattr(question, "PATIENCE", 0.2)
        monkeypatch.setattr(ready, "database", Question(silent))
        answers = [client.get("/readyz") for _ in range(3)]
        assert {answer.status_code for answer in answers} == {503}
        assert "no answer" in answers[0].json()["parts"]["database"]

    def test_however_many_knock_each_part_is_asked_once_a_second(
        self, client: Client, redis: Redis, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[int] = []

        def ask() -> dict[str, str]:
            asked.append(1)
            return ready.ask_database()

        monkeypatch.setattr(ready, "database", Question(ask, kept=3600))
        assert {client.get("/readyz").status_code for _ in range(20)} == {200}
        assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("path", "code"), [("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/", 400)])
def test_machines_may_call_us_by_any_name(client: Client, no_redis: None, path: str, code: int) -> None:
    assert client.get(path, headers={"host": "web-3:8000"}).status_code == code


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("token", "remote", "headers", "code"),
    [
        ("", "127.0.0.1", {}, 200),
        ("", "::1", {}, 200),
        ("", "172.18.0.9", {}, 200),
        ("", OUTSIDE, {}, 401),
        ("", f"::ffff:{OUTSIDE}", {}, 401),
        ("", "2606:2800:21f::1", {}, 401),
        ("", "", {}, 401),
        ("", "127.0.0.1", {"X-Forwarded-For": OUTSIDE}, 401),
        ("", "172.18.0.9", {"X-Forwarded-For": "10.0.0.1"}, 401),
        (TOKEN, "127.0.0.1", {}, 401),
        (TOKEN, "127.0.0.1", {"Authorization": f"Bearer {TOKEN}x"}, 401),
        (TOKEN, "127.0.0.1", {"Authorization": f"Basic {TOKEN}"}, 401),
        (TOKEN, "127.0.0.1", {"Authorization": "Bearer \u044f"}, 401),
        (TOKEN, OUTSIDE, {"Authorization": f"Bearer {TOKEN}"}, 200),
    ],
)
def test_metrics_are_read_by_neighbours_or_with_the_token(
    no_redis: None, settings: Any, token: str, remote: str, headers: dict[str, str], code: int
) -> None:
    settings.METRICS_TOKEN = token
    answer = Client(REMOTE_ADDR=remote).get("/metrics", headers=headers)
    assert answer.status_code == code
    assert (b"emotionduel" in answer.content) == (code == 200)


@pytest.mark.django_db(transaction=True)
class TestMetrics:
    def test_what_waits_is_counted_and_how_long(self, client: Client, redis: Redis) -> None:
        newcomer("Ann")
        Update.objects.create(update_id=1, payload={}, received_at="2020-01-01T00:00Z")
        Update.objects.create(update_id=2, payload={}, status=Update.Status.DONE)
        found = told(client)
        assert found['emotionduel_waiting{line="inbox"}'] == 1
        assert found['emotionduel_oldest_seconds{line="inbox"}'] > 10**8
        assert found['emotionduel_waiting{line="outbox"}'] == found['emotionduel_oldest_seconds{line="outbox"}'] == 0

    def test_without_redis_the_databases_part_is_there(self, client: Client, no_redis: None) -> None:
        found = told(client)
        assert (found["emotionduel_database_up"], found["emotionduel_redis_up"]) == (1, 0)
        assert 'emotionduel_duels_running{status="open"}' in found
        assert "emotionduel_spectators" not in found

    def test_all_processes_counts_add_up(self, client: Client, redis: Redis, carrier: tallies.Carrier) -> None:
        tallies.count("duels_ended", "contest")
        tallies.watch("spectators", 3)
        carrier.carry()
        other = tallies.Carrier()
        other.counts["duels_ended|contest"], other.now["spectators"] = 2, 4
        other.carry()
        found = told(client)
        assert found['emotionduel_duels_ended_total{verdict="contest"}'] == 3
        assert found['emotionduel_duels_ended_total{verdict="void"}'] == 0
        assert found["emotionduel_spectators"] == 7

    def test_spectators_of_a_process_that_died_are_gone(
        self, client: Client, redis: Redis, carrier: tallies.Carrier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tallies.watch("spectators", 3)
        carrier.carry()
        monkeypatch.setattr(tallies, "GONE", -1.0)
        assert told(client)["emotionduel_spectators"] == 0
        monkeypatch.setattr(tallies, "GONE", -100.0)
        assert told(client)["emotionduel_spectators"] == redis.hlen(tallies.PROCESSES) == 0

    def test_times_fall_into_their_buckets(self, client: Client, redis: Redis, carrier: tallies.Carrier) -> None:
        for seconds in (0.01, 0.1, 0.25, 100.0):
            tallies.took("judge_seconds", seconds)
        carrier.carry()
        found = told(client)
        buckets = [found[f'emotionduel_judge_seconds_bucket{{le="{le}"}}'] for le in ("0.05", "0.1", "0.3", "+Inf")]
        assert buckets == [1, 2, 3, 4]
        assert found["emotionduel_judge_seconds_sum"] == pytest.approx(100.36)
        assert found["emotionduel_judge_seconds_count"] == 4

    def test_what_is_counted_while_redis_is_away_waits_for_it(
        self,
        client: Client,
        no_redis: None,
        carrier: tallies.Carrier,
        redis_server: Server,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        tallies.count("notices", "sent")
        carrier.carry()
        tallies.count("notices", "sent")
        redis_server.empty()
        with closing(Redis.from_url(redis_server.url)) as back:
            monkeypatch.setattr(wake, "redis", lambda: back)
            carrier.carry()
            assert told(client)['emotionduel_notices_total{outcome="sent"}'] == 2

    def test_what_telegram_said_of_the_webhook(self, client: Client, redis: Redis, settings: Any) -> None:
        settings.BASE_URL = "https://duel.example.org"
        assert "emotionduel_webhook_here" not in told(client)
        tallies.keep_webhook({"url": "https://duel.example.org/telegram/webhook/", "pending_update_count": 5})
        found = told(client)
        assert (found["emotionduel_webhook_here"], found["emotionduel_webhook_pending"]) == (1, 5)

    def test_the_state_costs_eight_queries_each_along_an_index(self, redis: Redis) -> None:
        """However much is kept: what is done with is in none of these indexes."""
        with CaptureQueriesContext(
            connection,
        ) as queries:
            state.look()
        assert len(queries) == 8
        if connection.vendor == "sqlite":
            plans = [plan(each["sql"]) for each in queries]
            assert [line for lines in plans for line in lines if line.startswith("SCAN") and "INDEX" not in line] == [
                "SCAN duels_turn"
            ], plans


def plan(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [row[3] for row in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_a_photo_that_waits_is_seen_waiting(client: Client, redis: Redis) -> None:
    from duels import play
    from duels.tests.world import a_prompt

    a_prompt()
    ann, bob = newcomer("Ann"), newcomer("Bob")
    random_duel(ann, bob)
    play.submit_photo(ann, photo())
    found = told(client)
    assert found['emotionduel_waiting{line="photos"}'] == found['emotionduel_duels_running{status="open"}'] == 1
    assert found['emotionduel_queued{queue="judge"}'] == 1


@pytest.mark.django_db(transaction=True)
def test_telegram_is_asked_once_a_minute_how_the_webhook_is(redis: Redis, settings: Any) -> None:
    with BotApi() as api:
        settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = api.url, api.token
        settings.BASE_URL = "http://localhost:8000"
        assert (reconcile.wake_webhook(), reconcile.wake_webhook()) == (1, 0)
        status.look_at_webhook()
        assert tallies.webhook()["url"] == ""
        redis.delete("rq:job:webhook")
        assert reconcile.wake_webhook() == 0
        redis.set(tallies.WEBHOOK, '{"url": "", "asked_at": 0}')
        assert reconcile.wake_webhook() == 1


@pytest.mark.django_db(transaction=True)
def test_a_telegram_that_says_nothing_is_not_asked_again_at_once(redis: Redis, settings: Any) -> None:
    settings.TELEGRAM_API_URL, settings.TELEGRAM_BOT_TOKEN = "http://127.0.0.1:9", "1:x"
    status.look_at_webhook()
    assert (tallies.webhook_due(), "url" in tallies.webhook()) == (False, False)
    assert ready.webhook(tallies.webhook()) == ""


def test_without_redis_nobody_is_asked(no_redis: None, settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN, settings.BASE_URL = "1:x", "https://duel.example.org"
    assert reconcile.wake_webhook() == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_beats_while_it_is_able_to_work(settings: Any) -> None:
    settings.RECONCILE_SECONDS = 1
    able, stop = Event(), Event()
    beating = turns.keep_beating("judge", stop, able.is_set)
    try:
        assert "judge" not in turns.silent_for()
        able.set()
        end = time.monotonic() + 60
        while "judge" not in turns.silent_for() and time.monotonic() < end:
            time.sleep(0.05)
        assert "judge" in turns.silent_for()
    finally:
        stop.set()
        beating.join(30)
