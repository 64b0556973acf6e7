"""What the mirror waits for: every photo that the judge has still to see, or is seeing."""

import pytest

from accounts.models import Player
from duels import arena, jobs, play
from duels.arena import Sitter
from duels.models import Entry, Prompt
from duels.tests.world import entry_of, photo, random_duel, seen
from tests.faces import draw_face, photo_bytes

pytestmark = pytest.mark.django_db


def test_it_waits_until_a_players_photo_is_judged(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    assert not jobs.photos_wait()
    play.submit_photo(ann, photo())
    assert jobs.photos_wait()
    jobs.waiting().claim(1, Entry.Status.SENT)
    assert jobs.photos_wait()
    entry = entry_of(ann, duel)
    play.record_score(entry.pk, entry.attempt, seen(80))
    assert not jobs.photos_wait()


def test_it_waits_for_guests_of_the_arena(prompt: Prompt) -> None:
    duel = arena.open_duel([Sitter("Ann"), Sitter("Bob")], "en", prompt)
    assert not jobs.photos_wait()
    arena.add_photo(duel, 0, photo_bytes(draw_face(3, "anger")))
    assert jobs.photos_wait()
