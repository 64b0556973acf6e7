from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Player
from accounts.refusals import Refused
from duels import arena, jobs, play
from duels.arena import Sitter, faces, words
from duels.arena.playing import ATTEMPTS, KEPT, PHOTOS, TRIES
from duels.arena.setting_up import PER_MINUTE
from duels.models import ArenaDuel, ArenaEntry, ArenaKnock, Prompt
from duels.reconcile import reconcile
from duels.tests.world import a_prompt, seen
from emotionduel.encryption import seal, unseal

pytestmark = pytest.mark.django_db
JPEG = b"\xff\xd8\xff\xe0 a face that nobody else is to see \xff\xd9"


@pytest.fixture
def duel(prompt: Prompt) -> ArenaDuel:
    return arena.open_duel([Sitter("Ann"), Sitter("Bob")], "en", prompt)


def entry(duel: ArenaDuel, seat: int) -> ArenaEntry:
    return duel.entries.get(seat=seat)


def shows(duel: ArenaDuel, seat: int, match: float | None, reason: str = play.NO_FACE) -> bool:
    arena.add_photo(duel, seat, JPEG)
    one = entry(duel, seat)
    return arena.record(one.pk, one.attempt, seen(match, reason))


def claimed() -> list[ArenaEntry]:
    return arena.to_judge().claim(8, ArenaEntry.Status.SENT, tries__lt=TRIES)


def fails(times: int) -> None:
    for _ in range(times):
        ArenaEntry.objects.update(lease_until=None)
        for one in claimed():
            arena.record_failure(one.pk, one.attempt, one.lease_holder)


def grow_old(minutes: float) -> None:
    then = timezone.now() - timedelta(minutes=minutes)
    ArenaDuel.objects.update(touched=then)
    ArenaEntry.objects.exclude(sent_at=None).update(sent_at=then)
    ArenaKnock.objects.update(at=then)


class TestADuel:
    def test_goes_to_who_showed_it_best(self, duel: ArenaDuel) -> None:
        shows(duel, 0, 40.0)
        assert entry(duel, 0).place is None
        shows(duel, 1, 80.0)
        duel.refresh_from_db()
        assert duel.status == "judged"
        assert [(each.place, each.outcome) for each in duel.entries.order_by("seat")] == [(2, "loss"), (1, "win")]

    def test_moves_no_rating_and_stands_in_no_list(self, duel: ArenaDuel) -> None:
        shows(duel, 0, 40.0)
        shows(duel, 1, 80.0)
        assert not Player.objects.exists()

    def test_is_found_by_its_token_alone_and_without_photos(self, duel: ArenaDuel) -> None:
        arena.add_photo(duel, 0, JPEG)
        found = arena.found(duel.token)
        assert found
        assert [each.get_deferred_fields() for each in found.entries.all()] == [{"photo"}, {"photo"}]
        assert arena.found(str(duel.pk)) is None
        assert len(duel.token) >= 22

    def test_is_played_by_four_at_most(self, prompt: Prompt) -> None:
        crowd = [Sitter(f"Player {number}") for number in range(6)]
        assert arena.open_duel(crowd, "en", prompt).entries.count() == 4

    def test_again_keeps_names_and_the_score(self, duel: ArenaDuel) -> None:
        other = a_prompt("fear")
        shows(duel, 0, 90.0)
        shows(duel, 1, 10.0)
        second = arena.again(duel, "en")
        assert second.prompt == other
        assert list(second.entries.order_by("seat").values_list("name", "won_before", "status")) == [
            ("Ann", 1, "awaited"),
            ("Bob", 0, "awaited"),
        ]


class TestAFace:
    def test_is_final(self, duel: ArenaDuel) -> None:
        shows(duel, 0, 40.0)
        with pytest.raises(Refused, match="photo_final"):
            arena.add_photo(duel, 0, JPEG)

    def test_that_the_judge_did_not_find_is_shown_again(self, duel: ArenaDuel) -> None:
        shows(duel, 0, None)
        assert (entry(duel, 0).status, entry(duel, 0).photo) == ("faceless", None)
        shows(duel, 0, None, "heic")
        assert entry(duel, 0).status == "unreadable"
        assert shows(duel, 0, 50.0)
        assert entry(duel, 0).status == "judged"

    def test_of_an_older_photo_counts_no_more(self, duel: ArenaDuel) -> None:
        arena.add_photo(duel, 0, JPEG)
        arena.add_photo(duel, 0, JPEG)
        assert not arena.record(entry(duel, 0).pk, 1, seen(50.0))

    @pytest.mark.parametrize(("photo", "reason"), [(b"", "photo_empty"), (b"x" * 20_000_001, "photo_too_large")])
    def test_is_taken_within_limits(self, duel: ArenaDuel, photo: bytes, reason: str) -> None:
        with pytest.raises(Refused, match=reason):
            arena.add_photo(duel, 0, photo)

    def test_has_a_seat(self, duel: ArenaDuel) -> None:
        with pytest.raises(Refused, match="photo_final"):
            arena.add_photo(duel, 2, JPEG)

    def test_is_not_tried_for_ever(self, duel: ArenaDuel) -> None:
        ArenaEntry.objects.update(attempt=ATTEMPTS)
        with pytest.raises(Refused, match="too_often"):
            arena.add_photo(duel, 0, JPEG)

    def test_waits_outside_when_too_many_are_here(self, duel: ArenaDuel) -> None:
        crowd = [ArenaEntry(duel=duel, seat=2 + number, name="x", photo=b"sealed") for number in range(PHOTOS)]
        ArenaEntry.objects.bulk_create(crowd)
        with pytest.raises(Refused, match="arena_full"):
            arena.add_photo(duel, 0, JPEG)


class TestAPhoto:
    def test_cannot_be_read_from_the_database(self, duel: ArenaDuel) -> None:
        arena.add_photo(duel, 0, JPEG)
        assert unseal(entry(duel, 0).photo or b"") == JPEG
        with connection.cursor() as cursor:
            cursor.execute("select * from duels_arenaentry where seat = 0")
            stored = b"".join(bytes(each) for each in cursor.fetchone() if isinstance(each, bytes | memoryview))
        assert len(stored) > len(JPEG)
        assert b"\xff\xd8\xff" not in stored
        assert b"face" not in stored

    def test_goes_when_the_picture_is_drawn(self, duel: ArenaDuel) -> None:
        shows(duel, 0, 40.0)
        shows(duel, 1, 80.0)
        assert entry(duel, 0).photo
        assert jobs.draw_arena() == 1
        duel.refresh_from_db()
        assert duel.status == "done"
        assert not bytes(duel.card or b"").startswith(b"\xff\xd8")
        assert unseal(duel.card or b"").startswith(b"\xff\xd8")
        assert not duel.entries.exclude(photo=None).exists()
        assert jobs.draw_arena() == 0

    def test_leaves_no_trace_in_what_was_seen(self, duel: ArenaDuel) -> None:
        arena.add_photo(duel, 0, JPEG)
        arena.record(entry(duel, 0).pk, 1, play.Seen("t", "1", score=0.5, match=50.0, content_hash="abc"))
        assert (entry(duel, 0).seen or {})["content_hash"] == ""

    def test_goes_after_a_quarter_of_an_hour_though_others_still_play(self, duel: ArenaDuel) -> None:
        shows(duel, 0, 40.0)
        arena.add_photo(duel, 1, JPEG)
        grow_old(14.5)
        ArenaDuel.objects.update(touched=timezone.now())
        assert reconcile("one")
        assert not duel.entries.exclude(photo=None).exists()
        assert (entry(duel, 0).status, entry(duel, 1).status) == ("judged", "awaited")
        shows(duel, 1, 30.0)
        jobs.draw_arena()
        duel.refresh_from_db()
        assert duel.status == "done"

    def test_that_is_too_old_is_not_judged_though_nobody_cleared_it_away(self, duel: ArenaDuel) -> None:
        arena.add_photo(duel, 0, JPEG)
        grow_old(14.5)
        assert claimed() == []


class TestWhatIsOver:
    def test_is_gone_in_a_quarter_of_an_hour(self, duel: ArenaDuel) -> None:
        arena.knock("10.0.0.1")
        shows(duel, 0, 40.0)
        shows(duel, 1, 80.0)
        jobs.draw_arena()
        grow_old(KEPT.total_seconds() / 60 + 0.1)
        assert arena.found(duel.token) is None
        assert reconcile("one")
        assert not ArenaDuel.objects.exists()
        assert not ArenaEntry.objects.exists()
        assert not ArenaKnock.objects.exists()

    def test_not_sooner(self, duel: ArenaDuel) -> None:
        grow_old(13)
        assert arena.expire() == 0
        assert arena.found(duel.token)


class TestABrokenJudge:
    def test_is_tried_again_and_then_owned_up_to(self, duel: ArenaDuel) -> None:
        arena.add_photo(duel, 0, JPEG)
        fails(TRIES - 1)
        assert entry(duel, 0).status == "sent"
        fails(1)
        assert entry(duel, 0).status == "failed"

    def test_loses_no_photo(self, duel: ArenaDuel) -> None:
        arena.add_photo(duel, 0, JPEG)
        fails(TRIES)
        assert arena.retry(duel) == 1
        [one] = claimed()
        assert unseal(one.photo or b"") == JPEG
        assert arena.record(one.pk, one.attempt, seen(50.0))

    def test_that_died_each_time_is_noticed(self, duel: ArenaDuel) -> None:
        arena.add_photo(duel, 0, JPEG)
        ArenaEntry.objects.filter(seat=0).update(tries=TRIES)
        assert reconcile("one")
        assert entry(duel, 0).status == "failed"

    def test_pauses_between_its_tries(self, duel: ArenaDuel) -> None:
        arena.add_photo(duel, 0, JPEG)
        fails(1)
        assert claimed() == []

    def test_that_cannot_draw_gives_the_result_without_a_picture(
        self, duel: ArenaDuel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shows(duel, 0, 40.0)
        shows(duel, 1, 80.0)

        def broken(*_: object) -> bytes:
            raise MemoryError

        monkeypatch.setattr(jobs, "arena_card", broken)
        jobs.draw_arena()
        duel.refresh_from_db()
        assert (duel.status, duel.card) == ("done", None)
        assert not duel.entries.exclude(photo=None).exists()

    def test_that_dies_while_drawing_gives_it_too(self, duel: ArenaDuel) -> None:
        shows(duel, 0, 40.0)
        shows(duel, 1, 80.0)
        ArenaDuel.objects.update(tries=arena.DRAW_TRIES)
        assert reconcile("one")
        duel.refresh_from_db()
        assert (duel.status, duel.card) == ("done", None)


class TestTheDoor:
    def test_counts_who_knocks(self) -> None:
        for _ in range(PER_MINUTE):
            arena.knock("10.0.0.1")
        with pytest.raises(Refused, match="arena_too_fast"):
            arena.knock("10.0.0.1")
        arena.knock("10.0.0.2")
        grow_old(1.1)
        arena.knock("10.0.0.1")

    def test_remembers_no_address(self) -> None:
        arena.knock("10.0.0.1")
        assert "10.0.0.1" not in ArenaKnock.objects.get().address


class TestAloneInTheArena:
    def test_a_drawn_face_shows_what_is_asked_for(self) -> None:
        prompt = a_prompt("fury", emotions=["anger"])
        me, other = arena.with_company([Sitter("Ann")], prompt, "en")
        assert me.name == "Ann"
        assert faces.emotion_of(other.drawn) == "anger"
        duel = arena.open_duel([me, other], "en", prompt)
        assert (entry(duel, 0).status, entry(duel, 1).status) == ("awaited", "sent")

    def test_company_needs_no_more(self, prompt: Prompt) -> None:
        two = [Sitter("Ann"), Sitter("Bob")]
        assert arena.with_company(two, prompt, "en") == two

    def test_a_pair_is_two_persons_who_show_two_things(self) -> None:
        for _ in range(50):
            one, other = faces.pair(["anger"])
            assert faces.emotion_of(one) != faces.emotion_of(other)
            assert "anger" in {faces.emotion_of(one), faces.emotion_of(other)}
            assert one.partition("-")[2] != other.partition("-")[2]


class TestNames:
    def test_are_made_up_where_there_are_none(self) -> None:
        ann, other, third = words.named(["Ann", "", " \u200b "], "en")
        assert ann == "Ann"
        assert len({ann, other, third}) == 3

    def test_carry_nothing_unseen(self) -> None:
        assert words.named(["A\u200bn\u0007n\u202e  B"], "en") == ["Ann B"]

    def test_must_be_told_apart(self) -> None:
        with pytest.raises(Refused, match="names_alike"):
            words.named(["Ann", "ann"], "en")

    @pytest.mark.parametrize("name", ["A", "x" * 25, "<b>bold</b>"])
    def test_are_names(self, name: str) -> None:
        with pytest.raises(Refused, match="name_"):
            words.named([name, ""], "en")


class TestAPromptOfOnesOwn:
    @pytest.mark.parametrize("text", ["anger with a smile", "a café face!", "100% joy"])
    def test_is_in_english(self, text: str) -> None:
        assert words.wording(f"  {text} ") == text

    @pytest.mark.parametrize("text", ["злость с улыбкой", "怒り and joy", "1234", "joy и злость"])
    def test_in_another_script_is_told_so(self, text: str) -> None:
        with pytest.raises(Refused, match="wording_script"):
            words.wording(text)

    @pytest.mark.parametrize("text", ["", "ab", "j" * 81, "\u200b\u200b\u200b\u200b"])
    def test_has_a_length(self, text: str) -> None:
        with pytest.raises(Refused, match="wording_length"):
            words.wording(text)

    def test_carries_nothing_unseen(self) -> None:
        assert words.wording("an\u200bger\x00 \n with\ta  smile\u202e") == "anger with a smile"


def test_nobody_opens_what_another_key_sealed(duel: ArenaDuel) -> None:
    arena.add_photo(duel, 0, JPEG)
    ArenaEntry.objects.filter(seat=0).update(photo=seal(JPEG)[:-4] + b"AAAA")
    assert isinstance(jobs.opened(entry(duel, 0)), Exception)
