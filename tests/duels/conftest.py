from collections.abc import Iterator

import pytest

from tests.botapi import BotApi
from tests.duels import audit
from tests.duels.site import Site
from tests.duels.steps import Told, side_by_side

SHORT = {"DUEL_SECONDS": "30", "REMINDER_SECONDS": "15"}


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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each of a module's STORIES is a test."""
    if "story" in metafunc.fixturenames:
        metafunc.parametrize("story", metafunc.module.STORIES, ids=lambda story: story.__name__)


@pytest.fixture(scope="module")
def told(request: pytest.FixtureRequest) -> Iterator[Told]:
    """All of the module's stories, on the site that it names."""
    site: Site = request.getfixturevalue(getattr(request.module, "SITE", "site"))
    with side_by_side(site, request.module.STORIES) as told:
        yield told


def audited(site: Site) -> Iterator[Site]:
    yield site
    print(site.logs())  # noqa: T201 (pytest shows it where a test has failed)
    audit.check(site)
