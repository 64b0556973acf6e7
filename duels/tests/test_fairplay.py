"""Pictures that were shown before, opponents who waited in vain, pictures that wait for a moderator."""

from datetime import timedelta
from functools import cache
from random import Random

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import Player
from accounts.refusals import Refused
from duels import deadlines, erasure, fairplay, lobby, play
from duels.models import Duel, Entry, EntryHash
from duels.notices import Kind, tell
from duels.refusals import Refusal
from duels.rules import fairness
from duels.telegram import pictures
from duels.telegram.messages import render
from duels.tests.world import entry_of, last_told, long_ago, photo, random_duel, room_duel, seen, time_is_up, told
from scoring.copies import Picture, picture_of


@cache
def crop(number: int) -> Image.Image:
    """As rich in detail as a face, and as quickly made as noise."""
    rough = np.random.default_rng(number).integers(0, 256, (18, 18, 3), dtype=np.uint8)
    return Image.fromarray(rough).resize((112, 112), Image.Resampling.BICUBIC)


@cache
def picture(number: int, mirrored: bool = False) -> Picture:
    return picture_of(crop(number).transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else crop(number))


def sends(player: Player, duel: Duel, number: int, match: float = 50, mirrored: bool = False, **marks: object) -> Entry:
    """As the judge's job does it."""
    name = f"{number}-{Random().random()}"
    entry = play.submit_photo(player, photo(name))
    trace = fairplay.Trace(picture(number, mirrored), **marks)  # type: ignore[arg-type]
    earlier = fairplay.shown_before(entry, name, trace)
    trace = fairplay.Trace(trace.picture, trace.screen, earlier, trace.suspect)
    play.record_score(entry.pk, entry.attempt, seen(match), trace)
    return entry_of(player, duel)


def duel_between(one: Player, other: Player) -> Duel:
    return room_duel(one, other, rated=False)


class TestAPictureShownBefore:
    def test_is_refused_with_a_reason_and_a_second_try(self, ann: Player, bob: Player) -> None:
        sends(ann, duel_between(ann, bob), 1)
        Duel.objects.all().update(status="finished", finished_at=timezone.now())
        ann.seats.all().delete()
        bob.seats.all().delete()
        duel = duel_between(ann, bob)
        entry = sends(ann, duel, 1, mirrored=True)
        assert (entry.status, entry.reason, entry.match, entry.copies) == ("copied", "copy_mine", None, 1)
        assert last_told(ann, Kind.PHOTO_COPIED).params == {"reason": "copy_mine", "again": True}
        assert sends(ann, duel, 2).status == "judged"

    def test_may_not_be_anothers_either(self, ann: Player, bob: Player, cat: Player, dan: Player) -> None:
        sends(ann, duel_between(ann, bob), 1)
        assert sends(cat, duel_between(cat, dan), 1).reason == "copy_others"

    def test_counts_for_the_first_of_two_in_one_duel(self, ann: Player, bob: Player) -> None:
        duel = duel_between(ann, bob)
        assert sends(ann, duel, 1).status == "judged"
        assert sends(bob, duel, 1).reason == "copy_duel"

    def test_is_found_among_the_duels_own_though_both_were_looked_up_at_once(self, ann: Player, bob: Player) -> None:
        duel = duel_between(ann, bob)
        sends(ann, duel, 1)
        entry = play.submit_photo(bob, photo("at once"))
        play.record_score(entry.pk, 1, seen(60), fairplay.Trace(picture(1), earlier=None))
        assert entry_of(bob, duel).reason == "copy_duel"

    def test_a_second_time_in_a_duel_leaves_it_without_a_face(self, ann: Player, bob: Player) -> None:
        duel = duel_between(ann, bob)
        sends(ann, duel, 1, match=40)
        sends(bob, duel, 1)
        duel.refresh_from_db()
        assert duel.status == "open"
        sends(bob, duel, 1, mirrored=True)
        duel.refresh_from_db()
        assert (duel.status, duel.verdict) == ("finished", "technical")
        assert (entry_of(bob, duel).status, entry_of(bob, duel).outcome) == ("barred", "loss")
        assert last_told(bob, Kind.PHOTO_COPIED).params["again"] is False

    def test_loses_if_no_other_comes_until_the_deadline(self, ann: Player, bob: Player) -> None:
        duel = duel_between(ann, bob)
        sends(ann, duel, 1)
        sends(bob, duel, 1)
        time_is_up(duel)
        assert deadlines.expire(long_ago()) == 1
        assert entry_of(bob, duel).outcome == "loss"

    def test_is_known_by_its_file_alone(self, ann: Player, bob: Player, cat: Player, dan: Player) -> None:
        sends(ann, duel_between(ann, bob), 1)
        EntryHash.objects.update(file_unique_id="unique-again")
        duel = duel_between(cat, dan)
        entry = play.submit_photo(cat, photo("again"))
        assert (
            fairplay.shown_before(entry, "x", fairplay.Trace(picture(2))) == EntryHash.objects.earliest("id").entry_id
        )
        assert duel.running

    def test_is_compared_first_where_many_share_something(
        self, ann: Player, bob: Player, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fairplay, "CANDIDATES", 1)
        duel = duel_between(ann, bob)
        sends(ann, duel, 1)
        row = EntryHash.objects.get()
        for band in ("band_5", "band_6"):  # newer ones that have a single band in common
            EntryHash.objects.create(entry=row.entry, rough=bytes(32), close=row.close, **{band: getattr(row, band)})
        assert fairplay.candidates(picture(1)) == [(row.pk, picture(1).print.rough)]

    def test_of_which_an_earlier_release_has_kept_other_hashes_is_known_by_its_file(
        self, ann: Player, bob: Player
    ) -> None:
        duel = duel_between(ann, bob)
        sends(ann, duel, 1)
        EntryHash.objects.update(close=bytes(72))
        assert sends(bob, duel, 1).status == "judged"

    def test_is_no_other_picture(self, ann: Player, bob: Player) -> None:
        duel = duel_between(ann, bob)
        sends(ann, duel, 1)
        assert sends(bob, duel, 2).status == "judged"

    def test_in_practice_is_welcome_but_practised_ones_are_not_in_duels(self, ann: Player, bob: Player) -> None:
        practice = lobby.practise(ann)
        sends(ann, practice, 1)
        again = lobby.practise(ann)
        assert sends(ann, again, 1).status == "judged"
        assert sends(ann, duel_between(ann, bob), 1).reason == "copy_mine"

    def test_of_a_duel_that_was_called_off_may_be_shown_by_its_owner(self, ann: Player, bob: Player) -> None:
        called_off = duel_between(ann, bob)
        sends(ann, called_off, 1)
        play.void(called_off.pk, "judge")
        duel = duel_between(ann, bob)
        assert sends(bob, duel, 1).reason == "copy_others"
        assert sends(ann, duel, 1).status == "judged"

    def test_is_forgotten_with_its_player(self, ann: Player, bob: Player) -> None:
        sends(ann, duel_between(ann, bob), 1)
        erasure.forget(ann)
        assert not EntryHash.objects.exists()

    @pytest.mark.parametrize("language", ["en", "ru"])
    @pytest.mark.parametrize("reason", list(fairplay.Copied))
    def test_is_told_in_the_players_words(self, ann: Player, bob: Player, language: str, reason: str) -> None:
        duel = duel_between(ann, bob)
        Player.objects.update(language=language)
        tell(Player.objects.get(pk=ann.pk), Kind.PHOTO_COPIED, duel, reason=reason, again=True)
        message = render(last_told(ann, Kind.PHOTO_COPIED))
        assert message
        assert "♻️" in message.text


def did_not_come(player: Player, other: Player, times: int) -> None:
    for _ in range(times):
        duel = duel_between(player, other)
        play.submit_photo(other, photo())
        entry = entry_of(other, duel)
        play.record_score(entry.pk, entry.attempt, seen(50))
        time_is_up(duel)
        deadlines.expire(long_ago())


class TestWhoLetsOthersWait:
    def test_once_may_search_at_once(self, ann: Player, bob: Player) -> None:
        did_not_come(ann, bob, 1)
        lobby.find_opponent(ann)

    def test_twice_waits_a_minute_and_is_told_so(self, ann: Player, bob: Player) -> None:
        did_not_come(ann, bob, 2)
        with pytest.raises(Refused) as refused:
            lobby.find_opponent(ann)
        assert refused.value.reason == Refusal.PAUSED
        assert refused.value.params["times"] == 2
        assert 50 < int(str(refused.value.params["seconds"])) <= 61
        lobby.find_opponent(bob)

    def test_by_giving_up_waits_too(self, ann: Player, bob: Player) -> None:
        for _ in range(2):
            duel = duel_between(ann, bob)
            lobby.leave(ann)
            play.submit_photo(bob, photo())
            play.record_score(entry_of(bob, duel).pk, 1, seen(50))
        with pytest.raises(Refused):
            lobby.find_opponent(ann)

    def test_because_our_judge_failed_waits_for_nothing(self, ann: Player, bob: Player) -> None:
        for _ in range(4):
            duel = duel_between(ann, bob)
            play.submit_photo(bob, photo())
            play.void(duel.pk, "judge")
        lobby.find_opponent(ann)

    def test_because_the_prompt_never_came_waits_for_nothing(self, ann: Player, bob: Player) -> None:
        did_not_come(ann, bob, 3)
        Entry.objects.filter(player=ann).update(delivered_at=None)
        lobby.find_opponent(ann)


@pytest.mark.parametrize(
    ("minutes_ago", "pause"),
    [
        ((), None),
        ((1,), None),
        ((0, 30), 60),
        ((2, 30), None),
        ((0, 30, 60), 300),
        ((0, 1, 2, 3), 900),
        ((0, 1, 2, 3, 4, 5, 6), 1800),
        ((0, 60 * 25, 60 * 26), None),
    ],
)
def test_a_pause_grows_with_each_time_and_fades_in_a_day(minutes_ago: tuple[int, ...], pause: int | None) -> None:
    now = timezone.now()
    until = fairness.pause_until([now - timedelta(minutes=each) for each in minutes_ago], now)
    assert until == (now + timedelta(seconds=pause) if pause else None)


@pytest.mark.parametrize(("week", "counts"), [([0], True), ([9], True), ([10], False), ([2, 10, 0], False)])
def test_the_same_two_count_ten_times_a_week(week: list[int], counts: bool) -> None:
    assert fairness.may_count([0], week) is counts


class TestAPictureHeldBack:
    def held(self, ann: Player, bob: Player) -> Duel:
        duel = random_duel(ann, bob)
        sends(ann, duel, 1, 80, suspect=True)
        sends(bob, duel, 2, 30)
        Entry.objects.update(box=[0.3, 0.3, 0.6, 0.6])
        Player.objects.update(face_for_opponents_at=timezone.now(), face_for_public_at=timezone.now())
        duel.refresh_from_db()
        return duel

    def test_is_told_and_the_result_comes_in_words(self, ann: Player, bob: Player) -> None:
        self.held(ann, bob)
        message = render(last_told(bob, Kind.RESULT))
        assert message
        assert not message.card
        assert "moderator" in message.text

    def test_is_hidden_from_others_until_it_is_cleared(self, ann: Player, bob: Player) -> None:
        duel = self.held(ann, bob)
        reader = Player.objects.get(pk=bob.pk)
        assert not pictures.may_see(reader, entry_of(ann, duel))
        assert fairplay.look_at(entry_of(ann, duel).pk, clear=True)
        assert pictures.may_see(reader, entry_of(ann, duel))
        assert told(ann)[-1] == told(bob)[-1] == Kind.PICTURE_CLEARED
        message = render(last_told(bob, Kind.PICTURE_CLEARED))
        assert message
        assert message.card

    def test_stays_hidden_where_it_is_rejected(self, ann: Player, bob: Player) -> None:
        duel = self.held(ann, bob)
        fairplay.look_at(entry_of(ann, duel).pk, clear=False)
        assert not fairplay.look_at(entry_of(ann, duel).pk, clear=True)
        assert not pictures.may_see(Player.objects.get(pk=bob.pk), entry_of(ann, duel))
        message = render(last_told(bob, Kind.PICTURE_CLEARED))
        assert message
        assert "hidden" in message.text

    def test_waits_in_the_admin_with_all_that_is_odd(self, admin_client: Client, ann: Player, bob: Player) -> None:
        duel = self.held(ann, bob)
        for odd in ("held", "copied", "screen", "forwarded", ""):
            page = admin_client.get(f"/admin/duels/entry/?odd={odd}")
            assert page.status_code == 200
            assert (duel.public_id in page.content.decode()) == (odd in {"held", ""})
        chosen = {"action": "clear", "_selected_action": [entry_of(ann, duel).pk]}
        admin_client.post("/admin/duels/entry/", chosen)
        assert entry_of(ann, duel).held == "cleared"
