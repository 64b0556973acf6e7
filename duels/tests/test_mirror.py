"""The mirror's process, with the judge that ships, over its socket."""

import asyncio
import random
import stat
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PIL import Image

from duels.mirror import line, process
from duels.mirror.process import Mirror
from duels.mirror.wire import FRAME_BYTES, Kind
from duels.tests.mirrors import Guest, guest, socket_folder
from scoring import open_scorer
from scoring.judge import Scorer
from tests.faces import draw_face, photo_bytes

pytestmark = pytest.mark.slow

PROMPT = "a broad smile"
Story = Callable[[Path], Awaitable[None]]


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return open_scorer()


def face(emotion: str = "happiness", person: int = 0) -> bytes:
    return photo_bytes(draw_face(person, emotion, (320, 240)))


def before_the_mirror(scorer: Scorer, story: Story, photos_wait: Callable[[], bool] = lambda: False) -> None:
    async def told(path: Path) -> None:
        serving = asyncio.create_task(Mirror(scorer, photos_wait, 1).serve(path))
        try:
            while not path.exists():
                await asyncio.sleep(0.01)
            await story(path)
        finally:
            serving.cancel()

    with socket_folder() as folder:
        asyncio.run(told(folder / "mirror.sock"))


@pytest.mark.parametrize(("person", "emotion"), [(0, "happiness"), (2, "surprise"), (4, "sadness")])
def test_it_names_the_drawn_emotion(scorer: Scorer, person: int, emotion: str) -> None:
    async def story(path: Path) -> None:
        async with guest(path) as ann:
            ann.shows(1, face(emotion, person))
            shares = (await ann.hears("seen"))["shares"]
            assert max(shares, key=shares.__getitem__) == emotion

    before_the_mirror(scorer, story)


def test_a_face_that_holds_still_gets_the_match_that_a_duel_would_give(scorer: Scorer) -> None:
    async def story(path: Path) -> None:
        async with guest(path, prompt=PROMPT) as ann:
            for number in range(5):
                ann.shows(number, face())
                told = await ann.hears("seen")
                assert (told["frame"], told["prompt"]) == (number, PROMPT)
                assert told["match"] == scorer.score(face(), PROMPT).match

    before_the_mirror(scorer, story)


def test_a_face_is_followed_lost_and_found_again(scorer: Scorer) -> None:
    async def story(path: Path) -> None:
        async with guest(path) as ann:
            for number, frame in enumerate([face(), face(), wall, wall, face()]):
                ann.shows(number, frame)
                assert bool((await ann.hears("seen"))["box"]) == (frame != wall)

    wall = photo_bytes(Image.new("RGB", (320, 240), "olive"))
    before_the_mirror(scorer, story)


def test_only_the_newest_frame_waits(scorer: Scorer) -> None:
    async def story(path: Path) -> None:
        async with guest(path) as ann:
            for number in range(1, 31):
                ann.shows(number, face())
            seen = [(await ann.hears("seen"))["frame"]]
            while seen[-1] != 30:
                seen.append((await ann.hears("seen"))["frame"])
            assert len(seen) <= 5

    before_the_mirror(scorer, story)


def test_the_next_stands_in_line_and_is_told(scorer: Scorer) -> None:
    async def story(path: Path) -> None:
        async with guest(path, "Ann") as ann, guest(path, "Bob") as bob:
            assert (await ann.hears("place"))["place"] == 0
            assert (await bob.hears("place"))["place"] == 1
            bob.shows(1, face())  # nobody looks at it
            await ann.hangs_up()
            assert (await bob.hears("place", "seen")) == {"kind": "place", "place": 0}
            bob.shows(2, face())
            assert (await bob.hears("seen"))["frame"] == 2

    before_the_mirror(scorer, story)


def test_a_turn_passes_on(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(path: Path) -> None:
        async with guest(path, "Ann") as ann, guest(path, "Bob") as bob:
            assert (await ann.hears("place"))["place"] == 0
            assert (await ann.hears("place"))["place"] == 1
            assert (await bob.hears("place"))["place"] == 1
            assert (await bob.hears("place"))["place"] == 0

    monkeypatch.setattr(line, "TURN", 0.5)
    before_the_mirror(scorer, story)


def test_one_visitor_has_one_mirror(scorer: Scorer) -> None:
    async def story(path: Path) -> None:
        async with guest(path, "Ann") as first, guest(path, "Ann") as second:
            await first.hears("elsewhere")
            second.shows(1, face())
            await second.hears("seen")

    before_the_mirror(scorer, story)


def test_photos_of_duels_come_first(scorer: Scorer) -> None:
    async def story(path: Path) -> None:
        async with guest(path) as ann:
            began = time.monotonic()
            for number in range(4):
                ann.shows(number, face())
                assert (await ann.hears("seen"))["resting"] is True
            assert time.monotonic() - began >= 4 * process.RESTING

    before_the_mirror(scorer, story, photos_wait=lambda: True)


async def still_looks(ann: Guest) -> None:
    ann.shows(99, face())
    while (await ann.hears("seen", "unreadable"))["frame"] != 99:
        pass


def test_no_frame_ends_it(scorer: Scorer) -> None:
    dice = random.Random(7)
    good = face()

    def spoilt() -> bytes:
        frame = bytearray(good if dice.random() < 0.5 else good[: dice.randrange(1, len(good))])
        for _ in range(dice.randrange(1, 40)):
            frame[dice.randrange(len(frame))] = dice.randrange(256)
        return bytes(frame)

    async def story(path: Path) -> None:
        async with guest(path) as ann:
            large = photo_bytes(Image.new("RGB", (2400, 1800)), quality=1)
            assert len(large) < FRAME_BYTES
            for number, frame in enumerate([b"", b"no picture", large, *(spoilt() for _ in range(40))]):
                ann.shows(number, frame)
                assert (await ann.hears("seen", "unreadable"))["frame"] == number
            await still_looks(ann)

    before_the_mirror(scorer, story)


@pytest.mark.parametrize(
    "noise",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff" * 100,
        (FRAME_BYTES * 2).to_bytes(4, "big") + b"f",
        (1).to_bytes(4, "big") + b"fx",
        b"\x00",
    ],
)
def test_who_speaks_otherwise_is_shown_out_alone(scorer: Scorer, noise: bytes) -> None:
    async def story(path: Path) -> None:
        async with guest(path, "Ann") as ann, guest(path, "Bob") as bob:
            bob.writer.write(noise)
            bob.writer.write_eof()
            assert await asyncio.wait_for(bob.reader.read(), 60) is not None  # to its end: hung up
            await still_looks(ann)

    before_the_mirror(scorer, story)


def test_its_socket_is_for_this_user_alone(scorer: Scorer) -> None:
    async def story(path: Path) -> None:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    before_the_mirror(scorer, story)


def test_a_word_that_is_none_of_the_first_opens_no_visit(scorer: Scorer) -> None:
    async def story(path: Path) -> None:
        reader, writer = await asyncio.open_unix_connection(path)
        stranger = Guest(reader, writer)
        stranger.says(Kind.PROMPT, b"anger")
        assert await reader.read() == b""
        await stranger.hangs_up()

    before_the_mirror(scorer, story)
