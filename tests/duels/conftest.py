from collections.abc import Iterator

import pytest

from tests.botapi import BotApi
from tests.duels import audit
from tests.duels.site import Site

SHORT = {"DUEL_SECONDS": "20", "REMINDER_SECONDS": "10"}


@pytest.fixture(scope="package")
def running() -> Iterator[Site]:
    """One site for all stories that leave it standing: it takes long to start."""
    with BotApi() as api, Site(api) as site:
        yield site


@pytest.fixture(scope="package")
def running_short() -> Iterator[Site]:
    """Its duels soon end by themselves. Every update comes twice, and in any order."""
    with BotApi() as api, Site(api, **SHORT) as site:
        api.sends(order="shuffled", copies=2)
        yield site


@pytest.fixture(scope="module")
def site(running: Site) -> Iterator[Site]:
    yield from audited(running)


@pytest.fixture(scope="module")
def short(running_short: Site) -> Iterator[Site]:
    yield from audited(running_short)


def audited(site: Site) -> Iterator[Site]:
    yield site
    print(site.logs())  # noqa: T201 (pytest shows it where a test has failed)
    audit.check(site)
