"""A judge that cannot be opened costs nobody anything."""

from collections.abc import Iterator

import pytest

from tests.botapi import BotApi
from tests.duels import audit
from tests.duels.site import PATIENCE, Site
from tests.duels.steps import entries, face, sit_down

pytestmark = pytest.mark.slow

# The tries between the first and the last one, whose pauses come to two minutes.
SKIP = "from duels.models import Entry; Entry.objects.filter(tries__gt=0).update(tries=7, lease_until=None)"


@pytest.fixture
def broken() -> Iterator[Site]:
    """Its judge has a model without weights."""
    with BotApi() as api, Site(api, SCORER="ViT-H-14") as site:
        yield site


def test_with_a_broken_judge_duels_are_void_and_no_rating_moves(broken: Site) -> None:
    people = ann, boris = sit_down(broken, "Ann", "ru:Борис")
    for person in people:
        person.sends_photo(face(0))
    tried = "select 1 from duels_entry where tries > 0 and lease_holder = ''"
    broken.wait_for(lambda: broken.rows(tried), "nobody tries to judge", PATIENCE)
    assert entries(broken, *people) == [("", None, None, False)] * 2  # nobody is told of a first failure
    broken.manage("shell", "-c", SKIP)
    assert "no rating moves" in ann.sees("Our judge has broken down", within=PATIENCE).text
    assert "рейтинг не тронут" in boris.sees("судья сломался", within=PATIENCE).text
    assert entries(broken, *people) == [("", None, None, False)] * 2
    assert broken.rows("select mu, wins + losses + draws from accounts_player") == [(25.0, 0)] * 2
    assert broken.rows("select status, void_reason from duels_duel") == [("void", "judge")]
    audit.check(broken)
