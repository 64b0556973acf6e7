"""Without a public address updates are fetched. Whoever fetches them is killed as soon as one is stored: what nobody
has confirmed to Telegram comes again.
"""

from collections.abc import Iterator

import pytest

from tests.botapi import BotApi, Person
from tests.duels.site import Site

pytestmark = pytest.mark.slow
TIMES = 4
STORED = "select update_id from duels_update"


class Polling(Site):
    """Nobody plays here: no page, no judge."""

    @property
    def processes(self) -> dict[str, str]:
        names = ("redis", "telegram1", "reconcile")
        return {name: super(Polling, self).processes[name] for name in names} | {
            "poll": "exec python manage.py telegram poll"
        }

    def wait_ready(self) -> None:
        self.wait_for(lambda: self.works("telegram"), "the worker does not start")


@pytest.fixture
def site() -> Iterator[Polling]:
    with BotApi() as api, Polling(api, BASE_URL="") as site:
        yield site


def test_who_fetches_updates_may_die_before_they_are_confirmed(site: Polling) -> None:
    ann = site.player("Ann")
    unconfirmed = 0
    for _ in range(TIMES):
        is_stored_and_not_confirmed(site, ann)
        site.kill("poll")
        unconfirmed += bool(site.api.pending)
        site.start("poll")
    site.wait_for(lambda: helped(ann) >= TIMES, "not all is answered")
    site.wait_for(lambda: not site.api.pending, "not all is confirmed")
    assert unconfirmed > 0, "each was confirmed already: nothing is shown by that"
    assert {row[0] for row in site.rows(STORED)} == set(site.api.do(lambda: [*site.api.delivery.updates]))
    assert helped(ann) == TIMES


def is_stored_and_not_confirmed(site: Polling, ann: Person) -> None:
    known, asked = len(site.rows(STORED)), site.api.delivery.polls
    site.wait_for(lambda: site.api.delivery.polls > asked, "nobody asks for updates")
    site.api.fail("getUpdates", slow=3.0, times=1)  # the next call, which would confirm what this one brings
    ann.types("/help")
    site.wait_for(lambda: len(site.rows(STORED)) > known, "nobody fetches")


def helped(person: Person) -> int:
    return sum("❓" in message.text for message in person.messages)
