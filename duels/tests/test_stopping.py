"""Whoever is asked to stop claims nothing more, and nothing of what it holds waits until a lease runs out."""

from collections.abc import Iterator
from typing import Any

import pytest

from duels import stopping
from duels.models import Entry, Notice, Update
from duels.models.claims import Claimable, handed_back

WAITING = "waiting"


@pytest.fixture
def _leaving(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process itself stays: it runs the tests."""
    monkeypatch.setattr("os._exit", lambda code: None)
    yield
    stopping.asked.clear()


@pytest.fixture
def update(db: None) -> Update:
    Update.objects.create(update_id=1, payload={})
    return claimed()


def claimed() -> Update:
    [found] = Update.objects.claim(1, WAITING)
    return found


@pytest.mark.usefixtures("_leaving")
def test_who_leaves_hands_back_what_it_holds_as_if_it_had_not_tried(update: Update) -> None:
    with handed_back(Update, update.lease_holder):
        stopping.leave()
    assert claimed().tries == 1


@pytest.mark.usefixtures("_leaving")
def test_what_is_done_is_not_handed_back(update: Update) -> None:
    with handed_back(Update, update.lease_holder):
        pass
    stopping.leave()
    update.refresh_from_db()
    assert update.lease_holder


@pytest.mark.usefixtures("_leaving")
def test_one_piece_that_cannot_be_handed_back_stops_no_other(update: Update) -> None:
    def fails() -> Any:
        raise ValueError

    with stopping.handed_back_by(fails), handed_back(Update, update.lease_holder):
        stopping.leave()
    assert claimed()


@pytest.mark.parametrize(("model", "counts"), [(Notice, True), (Entry, False)])
def test_of_tries_that_were_cut_off_those_count_that_a_player_may_have_seen(
    model: type[Claimable], counts: bool
) -> None:
    assert model.leaves_traces is counts


@pytest.mark.usefixtures("_leaving")
def test_who_was_asked_to_stop_claims_nothing_more(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "SECONDS", 3600.0)
    Update.objects.create(update_id=1, payload={})
    stopping.ask()
    assert Update.objects.claim(1, WAITING) == []
