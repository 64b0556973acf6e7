"""A crowd at the running site: what it was promised is what it was sent.

`make crowd`: 200, on PostgreSQL too. The day's site on PostgreSQL is that of tests/chaos, where the same must hold
while processes die.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests import postgres, redis
from tests.botapi import BotApi
from tests.duels import audit, crowd
from tests.duels.site import Site

CROWD = int(os.environ.get("CROWD") or 0)
COUNT = CROWD or 24
DUELS = 2  # of each
PER_PLAYER = 10.0  # seconds, on a machine that is busy with other things
# A large crowd keeps its machine busy: it has as long as people have.
SETTINGS = {
    "DUEL_SECONDS": str(min(max(30, COUNT), 180)),
    "REMINDER_SECONDS": "10",
    "SEARCH_SECONDS": str(min(max(45, COUNT), 600)),
}

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgres"] if CROWD else ["sqlite"])
def crowded(request: pytest.FixtureRequest) -> Iterator[Site]:
    """With PostgreSQL also Debian's own Redis, where there is one."""
    settings = dict(SETTINGS)
    with ExitStack() as servers:
        if request.param == "postgres":
            if postgres.binaries() is None:
                pytest.skip(postgres.MISSING)
            settings["DATABASE_URL"] = servers.enter_context(postgres.server())
            if redis.program():
                settings["REDIS_URL"] = servers.enter_context(redis.server())
        api = servers.enter_context(BotApi())
        api.sends(order="shuffled")
        yield servers.enter_context(Site(api, **settings))


def test_a_crowd_is_sent_what_it_was_promised(crowded: Site) -> None:
    crowd.play(crowded, COUNT, DUELS, within=120 + PER_PLAYER * COUNT)
    audit.check(crowded)
    assert crowded.rows("select count(*) from duels_seat") == [(0,)]
    [[finished]] = crowded.rows("select count(*) from duels_duel where status = 'finished'")
    assert finished > COUNT * DUELS // 3
