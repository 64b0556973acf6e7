from collections.abc import Iterator

import pytest

from tests.botapi import BotApi
from tests.duels.site import Site


@pytest.fixture(scope="session")
def running() -> Iterator[Site]:
    """One site for all stories that leave it standing: it takes long to start."""
    with BotApi() as api, Site(api) as site:
        yield site


@pytest.fixture
def site(running: Site) -> Iterator[Site]:
    running.api.calls.clear()
    yield running
    print(running.logs())  # noqa: T201 (pytest shows it where a test has failed)
    running.api.faults.clear()
    running.api.sends()
    assert running.api.refusals == [], "the bot did what Telegram refuses"
