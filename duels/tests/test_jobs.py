"""The judge's job with the judge that ships and drawn faces; only the download stands in for Telegram's."""

import hashlib
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from accounts.models import Player
from duels import jobs, lobby, measuring, play
from duels.models import Duel, Entry, Prompt
from duels.notices import Kind
from duels.tests.world import a_prompt, entry_of, last_told, photo, random_duel, room_duel, told
from scoring import PhotoError
from tests.faces import draw_face, film_bytes, photo_bytes

WALL = photo_bytes(Image.new("RGB", (320, 240), "beige"))


@pytest.fixture(scope="module", autouse=True)
def _the_judge_is_warm(happy: bytes) -> None:
    """Opening it takes longer than a lease lasts unrenewed, and a test's own transaction would hold the renewal up."""
    jobs.scorer().profile_of(jobs.scorer().embed_faces([draw_face(0, "happiness")])[0])


@pytest.fixture
def prompt(db: None) -> Prompt:
    return a_prompt("laughing", judged="a happy face with a broad smile")


def fetched(**photos: bytes | Exception) -> jobs.Fetch:
    """What is found at Telegram under each file_id."""

    def fetch(entries: Sequence[Entry]) -> list[bytes | Exception]:
        return [photos[entry.file_id] for entry in entries]

    return fetch


def face(person: int, emotion: str) -> bytes:
    return photo_bytes(draw_face(person, emotion))


@pytest.fixture(scope="session")
def happy() -> bytes:
    return face(0, "happiness")


@pytest.fixture(scope="session")
def angry() -> bytes:
    return face(1, "anger")


def strongest(entry: Entry) -> str:
    shares: dict[str, float] = entry.shares or {}
    return max(shares, key=lambda emotion: shares[emotion])


def test_both_photos_are_judged_in_one_batch_and_the_better_one_wins(
    ann: Player, bob: Player, happy: bytes, angry: bytes
) -> None:
    duel = random_duel(ann, bob)
    play.submit_photo(ann, photo("happy"))
    play.submit_photo(bob, photo("angry"))
    assert jobs.judge_waiting(fetched(happy=happy, angry=angry)) == 2
    duel.refresh_from_db()
    assert (duel.status, entry_of(ann, duel).outcome, entry_of(bob, duel).outcome) == ("finished", "win", "loss")
    assert told(ann)[-1] == told(bob)[-1] == Kind.RESULT
    assert jobs.judge_waiting(fetched()) == 0


def test_what_the_judge_saw_is_kept_and_by_which_judge(ann: Player, bob: Player, happy: bytes) -> None:
    duel = random_duel(ann, bob)
    play.submit_photo(ann, photo("happy"))
    jobs.judge_waiting(fetched(happy=happy))
    entry = entry_of(ann, duel)
    judge = jobs.scorer()
    assert (entry.scorer, entry.scorer_version) == (judge.name, judge.version)
    assert entry.content_hash == hashlib.sha256(happy).hexdigest()
    again = judge.score(happy, duel.wording)
    assert entry.score == pytest.approx(again.value, abs=1e-5)
    assert entry.match == pytest.approx(again.match, abs=0.1)
    assert strongest(entry) == "happiness"
    assert entry.box
    assert 0 <= entry.box[0] < entry.box[2] <= 1
    assert entry.valence is not None
    assert entry.lease_until is None


def test_no_face_and_no_picture_are_told_at_once(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    play.submit_photo(ann, photo("wall"))
    play.submit_photo(bob, photo("text"))
    jobs.judge_waiting(fetched(wall=WALL, text=b"hello"))
    assert (entry_of(ann, duel).status, entry_of(ann, duel).score) == ("faceless", None)
    assert told(ann)[-1] == Kind.PHOTO_FACELESS
    assert last_told(bob, Kind.PHOTO_UNREADABLE).params == {"reason": "not_a_photo"}


def test_a_file_that_telegram_cannot_give_is_the_photos_own_fault(ann: Player, bob: Player) -> None:
    random_duel(ann, bob)
    play.submit_photo(ann, photo("huge"))
    jobs.judge_waiting(fetched(huge=PhotoError("too_large")))
    assert last_told(ann, Kind.PHOTO_UNREADABLE).params == {"reason": "too_large"}


def test_a_failing_download_is_ours_and_tried_again(ann: Player, bob: Player, happy: bytes) -> None:
    duel = random_duel(ann, bob)
    play.submit_photo(ann, photo("happy"))
    jobs.judge_waiting(fetched(happy=TimeoutError()))
    assert (entry_of(ann, duel).status, told(ann)[-1]) == ("sent", Kind.PHOTO_RECEIVED)
    assert jobs.judge_waiting(fetched(happy=happy)) == 0  # not at once
    Entry.objects.update(lease_until=None)
    assert jobs.judge_waiting(fetched(happy=happy)) == 1
    assert entry_of(ann, duel).status == "judged"


def test_one_failing_photo_stops_no_other(ann: Player, bob: Player, happy: bytes) -> None:
    duel = random_duel(ann, bob)
    play.submit_photo(ann, photo("lost"))
    play.submit_photo(bob, photo("happy"))
    jobs.judge_waiting(fetched(lost=OSError(), happy=happy))
    assert (entry_of(ann, duel).status, entry_of(bob, duel).status) == ("sent", "judged")


def test_what_has_failed_before_is_judged_alone(ann: Player, bob: Player, happy: bytes) -> None:
    """So a photo that kills the judge voids one duel, not thirty-two."""
    random_duel(ann, bob)
    play.submit_photo(ann, photo("happy"))
    play.submit_photo(bob, photo("happy"))

    def broken(entries: Sequence[Entry]) -> list[bytes | Exception]:
        raise MemoryError

    assert jobs.judge_waiting(broken) == 2
    Entry.objects.update(lease_until=None)
    assert jobs.judge_waiting(fetched(happy=happy)) == 1
    assert jobs.judge_waiting(fetched(happy=happy)) == 1
    assert Duel.objects.get().status == "finished"


def test_eight_failures_void_the_duel(ann: Player, bob: Player) -> None:
    random_duel(ann, bob)
    play.submit_photo(ann, photo("happy"))
    for _ in range(play.JUDGE_TRIES):
        assert Duel.objects.get().status == "open"
        jobs.judge_waiting(fetched(happy=OSError()))
        Entry.objects.update(lease_until=None)
    assert Duel.objects.get().status == "void"


def test_a_video_note_is_judged_by_its_best_frame(ann: Player, bob: Player) -> None:
    duel = random_duel(ann, bob)
    shots = [draw_face(0, emotion, (480, 480)) for emotion in ("anger", "sadness", "happiness", "neutral")]
    play.submit_photo(ann, photo("note", media=Entry.Media.VIDEO_NOTE))
    jobs.judge_waiting(fetched(note=film_bytes(*shots)))
    entry = entry_of(ann, duel)
    assert (entry.status, entry.frame_ms) == ("judged", 1000)
    assert strongest(entry) == "happiness"


@pytest.mark.parametrize(
    ("note", "status", "reason"),
    [
        (b"", "unreadable", "empty"),
        (b"no film at all", "unreadable", "damaged"),
        (film_bytes(Image.new("RGB", (480, 480), "navy")), "faceless", "no_face"),
    ],
    ids=["empty", "broken", "dark"],
)
def test_a_video_note_may_show_nothing(ann: Player, bob: Player, note: bytes, status: str, reason: str) -> None:
    duel = random_duel(ann, bob)
    play.submit_photo(ann, photo("note", media=Entry.Media.VIDEO_NOTE))
    jobs.judge_waiting(fetched(note=note))
    assert (entry_of(ann, duel).status, entry_of(ann, duel).reason) == (status, reason)


def test_a_verdict_on_a_photo_replaced_meanwhile_counts_no_more(
    ann: Player, bob: Player, happy: bytes, angry: bytes
) -> None:
    duel = random_duel(ann, bob)
    play.submit_photo(ann, photo("happy"))

    def slow(entries: Sequence[Entry]) -> list[bytes | Exception]:
        play.submit_photo(ann, photo("angry"))
        return [happy]

    jobs.judge_waiting(slow)
    assert (entry_of(ann, duel).status, entry_of(ann, duel).attempt) == ("sent", 2)
    jobs.judge_waiting(fetched(angry=angry))
    assert entry_of(ann, duel).content_hash == hashlib.sha256(angry).hexdigest()


def test_prompts_are_measured_when_no_photo_waits(ann: Player, bob: Player, happy: bytes, prompt: Prompt) -> None:
    duel = room_duel(ann, bob)
    for player in (ann, bob):
        play.submit_photo(player, photo("happy"))
        assert jobs.measure_prompts() == 0
        jobs.judge_waiting(fetched(happy=happy))
    duel.refresh_from_db()
    assert duel.status == "finished"
    assert jobs.measure_prompts() == 1
    assert jobs.measure_prompts() == 0
    prompt.refresh_from_db()
    assert prompt.spread
    low, half, high = prompt.spread["cosines"]
    assert low < half < high
    assert jobs.scorer().match(half, prompt.judged) == pytest.approx(50, abs=1)
    assert prompt.spread["played"] == 2
    assert len(prompt.spread["matches"]) == 3


def test_a_prompt_is_measured_again_when_asked(prompt: Prompt) -> None:
    measuring.measure(jobs.scorer())
    Prompt.objects.update(spread=None)
    assert measuring.measure(jobs.scorer()) == 1


def test_the_same_picture_saved_anew_is_refused(ann: Player, bob: Player, happy: bytes, settings: Any) -> None:
    settings.REFUSE_COPIES = True
    duel = random_duel(ann, bob)
    play.submit_photo(ann, photo("happy"))
    play.submit_photo(bob, photo("again"))
    image = Image.open(BytesIO(happy)).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    again = photo_bytes(image.crop((60, 20, 600, 460)), quality=60)
    jobs.judge_waiting(fetched(happy=happy, again=again))
    assert (entry_of(ann, duel).status, entry_of(bob, duel).status) == ("judged", "copied")
    assert entry_of(bob, duel).reason == "copy_duel"
    play.submit_photo(bob, photo("other"))
    jobs.judge_waiting(fetched(other=photo_bytes(draw_face(0, "anger"))))
    assert Duel.objects.get().status == "finished"


def test_practice_is_judged_too(ann: Player, happy: bytes) -> None:
    practice = lobby.practise(ann)
    play.submit_photo(ann, photo("happy"))
    jobs.judge_waiting(fetched(happy=happy))
    practice.refresh_from_db()
    assert practice.status == "finished"
    assert told(ann)[-1] == Kind.PRACTICE_RESULT


@pytest.mark.parametrize(("device", "waits"), [(None, False), ("cpu", False), ("cuda", True), ("cuda:1", True)])
def test_a_gpu_waits_for_a_batch_to_fill_and_a_cpu_never(
    device: str | None, waits: bool, settings: Any, monkeypatch: pytest.MonkeyPatch, ann: Player, bob: Player
) -> None:
    settings.SCORER_DEVICE = device
    asked: list[int] = []
    monkeypatch.setattr(jobs, "fill", lambda count, most: asked.append(count()))
    random_duel(ann, bob)
    play.submit_photo(ann, photo("happy"))
    jobs.judge_waiting(fetched(happy=TimeoutError()))
    assert asked == ([1] if waits else [])


@pytest.mark.parametrize(
    ("counts", "looks"),
    [([0], 1), ([32], 1), ([1, 2, 32], 3)],
    ids=["nothing waits", "the batch is full", "others come"],
)
def test_filling_ends_with_a_full_batch_or_without_any_photo(counts: list[int], looks: int) -> None:
    left = iter(counts)
    jobs.fill(lambda: next(left), 32)
    assert list(left) == counts[looks:]


def test_filling_ends_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "FILL_SECONDS", 0.0)
    jobs.fill(lambda: 1, 32)
