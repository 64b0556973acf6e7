"""After a backup was put back. tests/chaos shows the same with a real one."""

import pytest

from accounts.models import Player
from duels import play, restoring
from duels.models import Duel, Notice
from duels.notices import Kind
from duels.tests.world import entry_of, last_told, photo, played, random_duel

pytestmark = pytest.mark.django_db


def test_a_duel_amid_play_is_void_and_nobody_loses_for_a_photo_that_is_gone(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    play.submit_photo(ann, photo())
    assert restoring.make_good()[0] == 1
    duel.refresh_from_db()
    assert (duel.status, duel.void_reason) == (Duel.Status.VOID, "restored")
    assert [last_told(player, Kind.VOIDED).params for player in (ann, bob)] == [{"reason": "restored"}] * 2
    assert entry_of(ann, duel).outcome == ""


def test_what_has_ended_stays_as_it_was(ann: Player, bob: Player) -> None:
    duel = played(ann, 70.0, bob, 30.0)
    assert restoring.make_good()[0] == 0
    duel.refresh_from_db()
    assert duel.status == Duel.Status.FINISHED


def test_what_waited_may_have_been_sent_before_and_the_word_itself_has_not(ann: Player, bob: Player) -> None:
    random_duel(ann, bob)
    restoring.make_good()
    repeated = set(Notice.objects.filter(repeated=True).values_list("kind", flat=True))
    assert Kind.PROMPT in repeated
    assert Kind.VOIDED not in repeated
