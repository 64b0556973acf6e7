"""The arena before the judge that ships, with drawn faces."""

from io import BytesIO

import pytest
from PIL import Image

from accounts.models import Player
from duels import arena, jobs, play
from duels.arena import Sitter, faces
from duels.models import ArenaDuel, ArenaEntry, Prompt
from duels.tests.world import a_prompt, entry_of, photo, random_duel
from emotionduel.encryption import unseal
from tests.faces import draw_face, photo_bytes

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module", autouse=True)
def _the_judge_is_warm() -> None:
    jobs.scorer().profile_of(jobs.scorer().embed_faces([draw_face(0, "happiness")])[0])


@pytest.fixture
def prompt(db: None) -> Prompt:
    return a_prompt("laughing", judged="a happy face with a broad smile")


@pytest.fixture
def duel(prompt: Prompt) -> ArenaDuel:
    return arena.open_duel([Sitter("Ann"), Sitter("Bob")], "en", prompt)


def strongest(entry: ArenaEntry) -> str:
    shares = (entry.seen or {})["shares"]
    return max(shares, key=lambda emotion: float(shares[emotion]))


def test_from_two_photos_to_a_picture(duel: ArenaDuel) -> None:
    arena.add_photo(duel, 0, photo_bytes(draw_face(3, "anger")))
    arena.add_photo(duel, 1, photo_bytes(draw_face(0, "happiness")))
    assert jobs.judge_waiting() == 2
    assert jobs.draw_arena() == 1
    duel.refresh_from_db()
    angry, happy = duel.entries.order_by("seat")
    assert (duel.status, angry.place, happy.place) == ("done", 2, 1)
    assert (strongest(angry), strongest(happy)) == ("anger", "happiness")
    judge = jobs.scorer()
    assert ((happy.seen or {})["scorer"], (happy.seen or {})["scorer_version"]) == (judge.name, judge.version)
    with Image.open(BytesIO(unseal(duel.card or b""))) as card:
        assert (card.format, card.width) == ("JPEG", 1080)


@pytest.mark.parametrize(
    ("photo", "status", "reason"),
    [
        (photo_bytes(Image.new("RGB", (320, 240), "beige")), "faceless", "no_face"),
        (b"hello", "unreadable", "not_a_photo"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "unreadable", "heic"),
    ],
    ids=["wall", "text", "heic"],
)
def test_what_shows_no_face_is_told_apart(duel: ArenaDuel, photo: bytes, status: str, reason: str) -> None:
    arena.add_photo(duel, 0, photo)
    jobs.judge_waiting()
    entry = duel.entries.get(seat=0)
    assert (entry.status, (entry.seen or {})["reason"], entry.photo) == (status, reason, None)


def test_players_photos_come_first(ann: Player, bob: Player, duel: ArenaDuel) -> None:
    happy = photo_bytes(draw_face(0, "happiness"))
    arena.add_photo(duel, 0, happy)
    running = random_duel(ann, bob)
    play.submit_photo(ann, photo("happy"))
    assert jobs.judge_waiting(lambda entries: [happy] * len(entries)) == 1
    assert (entry_of(ann, running).status, duel.entries.get(seat=0).status) == ("judged", "sent")
    assert jobs.judge_waiting() == 1
    assert duel.entries.get(seat=0).status == "judged"


def test_prompts_are_measured_when_nobody_waits(duel: ArenaDuel) -> None:
    arena.add_photo(duel, 0, photo_bytes(draw_face(0, "happiness")))
    assert jobs.measure_prompts() == 0


def test_a_photo_that_cannot_be_opened_stops_no_other(duel: ArenaDuel) -> None:
    arena.add_photo(duel, 0, photo_bytes(draw_face(0, "happiness")))
    arena.add_photo(duel, 1, photo_bytes(draw_face(0, "happiness")))
    ArenaEntry.objects.filter(seat=0).update(photo=b"sealed with a key that is gone")
    jobs.judge_waiting()
    assert [entry.status for entry in duel.entries.order_by("seat")] == ["sent", "judged"]


@pytest.mark.parametrize("face", faces.faces())
def test_every_drawn_face_is_found_and_shows_what_it_is_called_after(face: str) -> None:
    judge = jobs.scorer()
    score = judge.score(faces.photo_of(face), "joy")
    assert score.face
    shares = judge.profile(score.face.crop).shares
    assert faces.emotion_of(face) in sorted(shares, key=lambda emotion: -shares[emotion])[:2]


def test_there_are_two_drawn_faces_of_each_emotion() -> None:
    shown = [faces.emotion_of(face) for face in faces.faces()]
    assert len(shown) == 14
    assert all(shown.count(each) == 2 for each in shown)
