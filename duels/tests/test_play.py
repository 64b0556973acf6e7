from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts import services
from accounts.models import Player
from accounts.refusals import Refused
from duels import deadlines, lobby, play
from duels.models import Duel, Entry, Seat, Update
from duels.notices import Kind
from duels.refusals import Refusal
from duels.tests.world import (
    entry_of,
    last_told,
    long_ago,
    photo,
    random_duel,
    room_duel,
    seen,
    shows,
    time_is_up,
    told,
    where,
)


def dealt(ann: Player, bob: Player) -> Duel:
    lobby.join_room(bob, lobby.open_room(ann).code)
    return Duel.objects.get()


class TestTheClock:
    def test_starts_when_the_last_player_has_the_prompt(self, ann: Player, bob: Player) -> None:
        duel = dealt(ann, bob)
        play.deliver(duel.pk, ann)
        play.deliver(duel.pk, ann)
        assert Duel.objects.get().status == "dealt"
        play.deliver(duel.pk, bob)
        duel.refresh_from_db()
        assert duel.status == "open"
        assert duel.deadline
        assert abs(duel.deadline - timezone.now() - timedelta(seconds=settings.DUEL_SECONDS)) < timedelta(seconds=5)

    def test_is_not_set_back_by_a_prompt_delivered_again(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        play.deliver(duel.pk, bob)
        assert Duel.objects.get().deadline == duel.deadline

    def test_starts_after_thirty_seconds_at_the_latest(self, ann: Player, bob: Player) -> None:
        duel = dealt(ann, bob)
        assert deadlines.start_late() == 0
        Duel.objects.update(created=timezone.now() - timedelta(seconds=31))
        assert deadlines.start_late() == 1
        duel.refresh_from_db()
        assert duel.status == "open"

    def test_reminds_once_who_has_sent_nothing_a_minute_before(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        assert deadlines.remind() == 0
        play.submit_photo(ann, photo())
        Duel.objects.update(deadline=timezone.now() + timedelta(seconds=59))
        assert [deadlines.remind(), deadlines.remind()] == [1, 0]
        assert Kind.REMINDER in told(bob)
        assert Kind.REMINDER not in told(ann)
        assert duel.status == "open"


class TestAPhoto:
    def test_is_taken_and_the_opponent_learns_that_one_was_sent(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        entry = play.submit_photo(ann, photo("first"))
        assert (entry.status, entry.attempt, entry.file_id) == ("sent", 1, "first")
        assert told(ann)[-1] == Kind.PHOTO_RECEIVED
        assert last_told(bob, Kind.OPPONENT_SENT).params == {"who": ann.public_id}
        assert last_told(bob, Kind.OPPONENT_SENT).duel == duel

    def test_of_the_last_one_nobody_is_told_for_the_result_says_it(self, ann: Player, bob: Player, cat: Player) -> None:
        room_duel(ann, bob, cat)
        for player in (ann, bob, cat):
            play.submit_photo(player, photo())
        assert [told(player).count(Kind.OPPONENT_SENT) for player in (ann, bob, cat)] == [1, 1, 2]

    def test_is_told_to_who_must_send_another_one(self, ann: Player, bob: Player) -> None:
        shows(ann, random_duel(ann, bob), None)
        play.submit_photo(bob, photo())
        assert Kind.OPPONENT_SENT in told(ann)

    def test_may_be_replaced_until_it_is_judged_and_the_last_one_counts(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        first = play.submit_photo(ann, photo("first"))
        second = play.submit_photo(ann, photo("second"))
        assert told(bob).count(Kind.OPPONENT_SENT) == 1
        assert play.record_score(first.pk, 1, seen(90)) is False
        assert play.record_score(second.pk, 2, seen(30)) is True
        assert (entry_of(ann, duel).match, entry_of(ann, duel).file_id) == (30, "second")

    def test_of_a_clear_face_is_final(self, ann: Player, bob: Player) -> None:
        shows(ann, random_duel(ann, bob), 50)
        assert told(ann)[-1] == Kind.PHOTO_JUDGED
        with pytest.raises(Refused) as refused:
            play.submit_photo(ann, photo("better"))
        assert refused.value.reason == Refusal.PHOTO_FINAL

    @pytest.mark.parametrize(
        ("reason", "status", "kind"),
        [
            ("no_face", "faceless", Kind.PHOTO_FACELESS),
            ("heic", "unreadable", Kind.PHOTO_UNREADABLE),
            ("damaged", "unreadable", Kind.PHOTO_UNREADABLE),
        ],
    )
    def test_without_a_face_is_told_at_once_and_may_be_retaken(
        self, ann: Player, bob: Player, reason: str, status: str, kind: Kind
    ) -> None:
        duel = random_duel(ann, bob)
        shows(ann, duel, None, reason)
        assert entry_of(ann, duel).status == status
        assert last_told(ann, kind).params == ({"reason": reason} if kind == Kind.PHOTO_UNREADABLE else {})
        shows(ann, duel, 70)
        assert (entry_of(ann, duel).status, entry_of(ann, duel).reason) == ("judged", "")

    def test_of_an_album_is_the_first_one(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        for name in ("first", "second", "third"):
            play.submit_photo(ann, photo(name, album="holidays"))
        assert (entry_of(ann, duel).file_id, entry_of(ann, duel).attempt) == ("first", 1)
        play.record_score(entry_of(ann, duel).pk, 1, seen(60))
        play.submit_photo(ann, photo("fourth", album="holidays"))  # late, and no refusal either
        assert told(ann).count(Kind.PHOTO_RECEIVED) == 1

    def test_without_a_duel_is_refused(self, ann: Player) -> None:
        with pytest.raises(Refused) as refused:
            play.submit_photo(ann, photo())
        assert refused.value.reason == Refusal.NO_DUEL

    def test_from_before_the_prompt_is_for_no_duel(self, ann: Player, bob: Player) -> None:
        random_duel(ann, bob)
        with pytest.raises(Refused) as refused:
            play.submit_photo(ann, photo(sent_at=timezone.now() - timedelta(seconds=50)))
        assert refused.value.reason == Refusal.NO_DUEL

    def test_from_before_the_prompt_is_for_the_practice_that_went_on(self, ann: Player, bob: Player) -> None:
        practice = lobby.practise(ann)
        Duel.objects.filter(pk=practice.pk).update(created=timezone.now() - timedelta(minutes=3))
        random_duel(ann, bob)
        entry = play.submit_photo(ann, photo(sent_at=timezone.now() - timedelta(seconds=50)))
        assert entry.duel == practice

    def test_dated_in_time_counts_though_it_arrives_late(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        time_is_up(duel, ago=3)
        entry = play.submit_photo(ann, photo(sent_at=timezone.now() - timedelta(seconds=50)))
        assert entry.status == "sent"

    def test_dated_after_the_deadline_is_too_late(self, ann: Player, bob: Player) -> None:
        time_is_up(random_duel(ann, bob), ago=50)
        with pytest.raises(Refused) as refused:
            play.submit_photo(ann, photo(sent_at=timezone.now() - timedelta(seconds=1)))
        assert refused.value.reason == Refusal.TOO_LATE

    def test_is_taken_while_the_prompts_are_on_their_way(self, ann: Player, bob: Player) -> None:
        dealt(ann, bob)
        assert play.submit_photo(ann, photo()).status == "sent"

    def test_is_never_judged_once_the_duel_is_over(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        entry = play.submit_photo(ann, photo())
        play.void(duel.pk, "test")
        assert play.record_score(entry.pk, 1, seen(99)) is False
        assert entry_of(ann, duel).match is None


class TestGivingUp:
    def test_leaves_the_other_time_to_win(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        lobby.leave(ann)
        assert last_told(bob, Kind.OPPONENT_LEFT).params == {"who": ann.public_id}
        assert where(ann) == "duel"
        shows(bob, duel, 20)
        duel.refresh_from_db()
        assert (duel.status, duel.verdict) == ("finished", "technical")
        assert entry_of(bob, duel).outcome == "win"

    def test_after_sending_is_refused(self, ann: Player, bob: Player) -> None:
        random_duel(ann, bob)
        play.submit_photo(ann, photo())
        with pytest.raises(Refused) as refused:
            lobby.leave(ann)
        assert refused.value.reason == Refusal.PHOTO_SENT

    def test_of_all_cancels_the_duel(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        lobby.leave(ann)
        lobby.leave(bob)
        duel.refresh_from_db()
        assert duel.status == "cancelled"
        assert told(ann)[-1] == told(bob)[-1] == Kind.CANCELLED
        assert not Seat.objects.exists()


class TestExpiry:
    def test_comes_five_seconds_after_the_deadline_and_no_sooner(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        time_is_up(duel, ago=deadlines.GRACE_SECONDS / 2)
        assert deadlines.expire(long_ago()) == 0
        time_is_up(duel, ago=5.1)
        assert deadlines.expire(long_ago()) == 1
        assert deadlines.expire(long_ago()) == 0

    def test_waits_five_seconds_after_the_sites_return(self, ann: Player, bob: Player) -> None:
        time_is_up(random_duel(ann, bob), ago=900)
        assert deadlines.expire(timezone.now() - timedelta(seconds=2)) == 0
        assert deadlines.expire(timezone.now() - timedelta(seconds=6)) == 1

    def test_waits_for_a_photo_that_the_judge_has_not_seen(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        entry = play.submit_photo(ann, photo())
        time_is_up(duel, ago=60)
        assert deadlines.expire(long_ago()) == 0
        play.record_score(entry.pk, 1, seen(40))
        assert deadlines.expire(long_ago()) == 1
        assert entry_of(ann, duel).outcome == "win"

    def test_waits_while_the_inbox_holds_something_of_that_players(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        time_is_up(duel)
        update = Update.objects.create(update_id=1, sender=ann.telegram_id, payload={})
        assert deadlines.expire(long_ago()) == 0
        Update.objects.filter(pk=update.pk).update(status="failed")
        assert deadlines.expire(long_ago()) == 1

    def test_does_not_wait_for_somebody_elses_update(self, ann: Player, bob: Player, cat: Player) -> None:
        time_is_up(random_duel(ann, bob))
        Update.objects.create(update_id=1, sender=cat.telegram_id, payload={})
        assert deadlines.expire(long_ago()) == 1


class TestABrokenJudge:
    def claimed(self, ann: Player, bob: Player, tries: int) -> Entry:
        random_duel(ann, bob)
        play.submit_photo(ann, photo())
        Entry.objects.filter(player=ann).update(tries=tries - 1)
        [entry] = Entry.objects.filter(player=ann).claim(1, "sent")
        return entry

    def test_is_given_another_try_a_little_later(self, ann: Player, bob: Player) -> None:
        entry = self.claimed(ann, bob, tries=1)
        play.record_failure(entry.pk, entry.attempt, entry.lease_holder)
        entry.refresh_from_db()
        assert (entry.status, entry.lease_holder) == ("sent", "")
        assert entry.lease_until
        assert entry.lease_until > timezone.now()

    def test_costs_nobody_anything_in_the_end(self, ann: Player, bob: Player) -> None:
        entry = self.claimed(ann, bob, tries=play.JUDGE_TRIES)
        play.record_failure(entry.pk, entry.attempt, entry.lease_holder)
        duel = Duel.objects.get()
        assert (duel.status, duel.void_reason) == ("void", "judge")
        assert told(ann)[-1] == told(bob)[-1] == Kind.VOIDED
        assert (where(ann), where(bob)) == ("", "")
        ann.refresh_from_db()
        assert (ann.duels, ann.mu) == (0, 25.0)

    def test_that_dies_at_every_try_ends_the_duel_too(self, ann: Player, bob: Player) -> None:
        entry = self.claimed(ann, bob, tries=play.JUDGE_TRIES)
        assert deadlines.void_unjudgeable(long_ago()) == 0  # the last try still goes on
        Entry.objects.filter(pk=entry.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        assert deadlines.void_unjudgeable(long_ago()) == 1

    def test_that_is_away_for_ten_minutes_ends_the_duel(self, ann: Player, bob: Player) -> None:
        duel = random_duel(ann, bob)
        play.submit_photo(ann, photo())
        time_is_up(duel, ago=deadlines.JUDGE_SECONDS + 1)
        assert deadlines.void_unjudgeable(timezone.now()) == 0  # it was not away: the whole site was
        assert deadlines.void_unjudgeable(long_ago()) == 1

    def test_whose_lease_is_lost_has_no_say(self, ann: Player, bob: Player) -> None:
        entry = self.claimed(ann, bob, tries=play.JUDGE_TRIES)
        play.record_failure(entry.pk, entry.attempt, "somebody")
        assert Duel.objects.get().running


class TestPractice:
    def test_is_one_photo_and_its_result_at_once(self, ann: Player) -> None:
        practice = lobby.practise(ann)
        shows(ann, practice, 65)
        practice.refresh_from_db()
        assert (practice.status, practice.counted) == ("finished", False)
        assert told(ann) == [Kind.PROMPT, Kind.PHOTO_RECEIVED, Kind.PRACTICE_RESULT]
        ann.refresh_from_db()
        assert (ann.duels, ann.faces, ann.mu) == (0, 0, 25.0)

    def test_goes_on_beside_a_search(self, ann: Player) -> None:
        lobby.find_opponent(ann)
        shows(ann, lobby.practise(ann), 65)
        assert where(ann) == "searching"

    def test_is_refused_beside_a_duel(self, ann: Player, bob: Player) -> None:
        """Else its photo would be the duel's."""
        random_duel(ann, bob)
        with pytest.raises(Refused) as refused:
            lobby.practise(ann)
        assert (refused.value.reason, refused.value.params) == (Refusal.BUSY, {"state": "duel"})

    def test_anew_takes_the_place_of_the_last_one(self, ann: Player) -> None:
        first = lobby.practise(ann)
        second = lobby.practise(ann)
        first.refresh_from_db()
        assert first.status == "cancelled"
        assert play.submit_photo(ann, photo()).duel == second

    def test_without_a_face_may_be_tried_again(self, ann: Player) -> None:
        practice = lobby.practise(ann)
        shows(ann, practice, None)
        shows(ann, practice, 55)
        assert told(ann)[-1] == Kind.PRACTICE_RESULT

    def test_can_be_left(self, ann: Player) -> None:
        lobby.practise(ann)
        lobby.leave(ann)
        assert told(ann) == [Kind.PROMPT, Kind.PRACTICE_STOPPED]
        assert not Seat.objects.exists()

    def test_gives_way_to_the_duel_that_has_come(self, ann: Player, bob: Player) -> None:
        lobby.practise(ann)
        duel = random_duel(ann, bob)
        assert play.submit_photo(ann, photo()).duel == duel

    def test_runs_out_silently(self, ann: Player) -> None:
        practice = lobby.practise(ann)
        play.deliver(practice.pk, ann)
        time_is_up(practice)
        assert deadlines.expire(long_ago()) == 1
        assert told(ann) == [Kind.PROMPT]


def test_notifications_can_be_switched_off(ann: Player, bob: Player) -> None:
    services.change_setting(bob, services.Setting.NOTIFICATIONS, False)
    room_duel(ann, bob)
    play.submit_photo(ann, photo())
    assert told(bob) == [Kind.PROMPT]
