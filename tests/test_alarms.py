"""Dashboard and alarms name what /metrics tells, and docs/operations.md says what each alarm means."""

import json
import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from redis import Redis

from duels import tallies, turns, wake
from duels.watch import metrics, state
from duels.watch.question import Question
from tests.redis import running

ROOT = Path(__file__).resolve().parent.parent
ALERTS = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8"))
RULES: list[dict[str, Any]] = [rule for group in ALERTS["groups"] for rule in group["rules"]]
BOARD = json.loads((ROOT / "deploy/grafana/duels.json").read_text(encoding="utf-8"))
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
QUERY = re.compile(r"(emotionduel_\w+)(?:\{([^}]*)\})?")
LABEL = re.compile(r'(\w+)=(~?)"([^"]*)"')


def expressions() -> list[str]:
    shown = [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]
    return [*shown, *(rule["expr"] for rule in RULES)]


@pytest.fixture
def told(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """/metrics of a site where everything has happened once."""
    settings.BASE_URL = "https://duel.example.org"
    for name in ("judge", "telegram", "reconcile", turns.DOOR):
        turns.beat(name)
    carrier = tallies.Carrier()
    monkeypatch.setattr(tallies, "carrier", lambda: carrier)
    with running() as server, closing(Redis.from_url(server.url)) as redis:
        monkeypatch.setattr(wake, "redis", lambda: redis)
        for name in ("database", "redis"):
            monkeypatch.setattr(metrics, name, Question(getattr(metrics, name).ask, kept=0.0))
        tallies.keep_webhook({"url": "https://duel.example.org/telegram/webhook/"})
        for step in ("reconciler_found", "reconciler_failed"):
            tallies.count(step, "pairs")
        carrier.carry()
        return client.get("/metrics").content.decode()


@pytest.mark.django_db(transaction=True)
def test_whatever_dashboard_and_alarms_ask_for_is_told(told: str) -> None:
    lines = [line for line in told.splitlines() if not line.startswith("#")]
    asked = [found for each in expressions() for found in QUERY.findall(each)]
    assert len(asked) > 40
    lacking = [(name, labels) for name, labels in asked if not any(fits(line, name, labels) for line in lines)]
    assert lacking == []


def fits(line: str, name: str, labels: str) -> bool:
    """Each alternative of a pattern counts for itself: one that is never told is a mistake, too."""
    if not re.match(rf"{name}[{{ ]", line):
        return False
    has = dict(re.findall(r'(\w+)="([^"]*)"', line))
    return all(label in has and re.fullmatch(value, has[label]) for label, _, value in LABEL.findall(labels))


@pytest.mark.django_db(transaction=True)
def test_each_alternative_of_a_pattern_is_told(told: str) -> None:
    patterns = [found for each in expressions() for found in LABEL.findall(each) if found[1]]
    assert patterns
    wanted = {f'{name}="{one}"' for name, _, value in patterns for one in value.split("|")}
    assert {each for each in wanted if each not in told} == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if "silent_seconds" in rule["expr"]], ids=lambda rule: rule["alert"]
)
def test_who_never_came_is_silent_too(rule: dict[str, Any], settings: Any) -> None:
    """On a database that was prepared an hour ago, and where nobody has beaten ever since."""
    settings.TELEGRAM_BOT_TOKEN = "1:x"
    MigrationRecorder.Migration.objects.update(applied=timezone.now() - timedelta(hours=1))
    [[_, _, who]], limit = LABEL.findall(rule["expr"]), float(rule["expr"].rpartition(">")[2])
    silent = dict.fromkeys(who.split("|"), 0.0) | metrics.silent(state.look())
    assert {each for each in who.split("|") if not limit < 3600 <= silent[each] < 3700} == set()


@pytest.mark.django_db
def test_without_a_bot_nobody_is_missed_at_the_door() -> None:
    assert set(metrics.silent(state.look())) == {"judge", "telegram", "reconcile"}


def test_each_alarm_has_its_section() -> None:
    part = OPERATIONS.partition("## What each alarm means")[2]
    sections = re.findall(r"^### (\w+)$", part, re.MULTILINE)
    assert sections == [rule["alert"] for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alarm_says_whom_it_wakes_and_why(rule: dict[str, Any]) -> None:
    section = OPERATIONS.partition(f"### {rule['alert']}\n\n")[2]
    assert section.startswith(f"*{rule['labels']['severity'].capitalize()}.* ")
    assert rule["annotations"]["summary"]


def test_prometheus_reads_the_rules_that_lie_beside_its_configuration() -> None:
    found = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    assert found["rule_files"] == ["alerts.yml"]
    [job] = found["scrape_configs"]
    assert (job["job_name"], job["metrics_path"]) == ("emotionduel", "/metrics")
    assert 'job="emotionduel"' in RULES[0]["expr"]


def test_panels_do_not_lie_on_each_other() -> None:
    """And each says what it shows."""
    places = [panel["gridPos"] for panel in BOARD["panels"]]
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(cells) == len(set(cells))
    assert all(x < 24 for x, _ in cells)
    assert all(panel["title"] for panel in BOARD["panels"])
