"""Which processes `make run` starts."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from emotionduel.management.commands.start import Command, processes

ROOT = Path(__file__).resolve().parent.parent
REST = ["web", "telegram1", "telegram2", "judge", "mirror", "reconcile"]


@pytest.mark.parametrize(
    ("token", "base", "own_redis", "more"),
    [
        ("", "", True, ["redis"]),
        ("1:x", "", True, ["redis", "poll"]),
        ("1:x", "https://duel.example.org", True, ["redis"]),
        ("1:x", "", False, ["poll"]),
    ],
)
def test_only_what_this_set_up_needs(settings: Any, token: str, base: str, own_redis: bool, more: list[str]) -> None:
    settings.TELEGRAM_BOT_TOKEN, settings.BASE_URL = token, base
    settings.REDIS_URL = settings.OWN_REDIS if own_redis else "redis://elsewhere:6379/0"
    assert processes() == [*REST, *more]


def test_the_procfile_knows_them_all_and_gives_the_port_to_the_web() -> None:
    names = re.findall(r"^(\w+):", (ROOT / "Procfile").read_text(), re.MULTILINE)
    assert names[0] == "web", "honcho gives PORT to the first, and others higher ones"
    assert set(names) == {*REST, "redis", "poll"}


@pytest.mark.django_db
def test_a_fresh_machine_is_told_how_to_see_the_admin(settings: Any) -> None:
    out = StringIO()
    Command(stdout=out).tell()
    assert "manage.py create_admin" in out.getvalue()
    User.objects.create_superuser("boss")
    out.truncate(0)
    Command(stdout=out).tell()
    assert "create_admin" not in out.getvalue()
