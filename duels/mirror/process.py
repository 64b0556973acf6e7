"""`manage.py mirror`: the one process that looks at frames. Nothing else of the mirror knows the judge.

A thread a seat looks, and the loop does the rest: so the newest frame is always the one that waits.
"""

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import Error, close_old_connections

from duels.mirror.line import Line
from duels.mirror.wire import PROMPT_LETTERS, Kind, NotOurs, numbered, packed, receive
from scoring import PhotoError

if TYPE_CHECKING:
    from scoring.judge import Scorer
    from scoring.tracking import Sight, Tracker

log = logging.getLogger(__name__)

# Whoever has to wait for a processor, it is the mirror.
NICE = 3
FASTEST = 1 / 25  # seconds from one frame of a visitor to the next
RESTING = 0.5  # the same while photos of duels wait for the judge
ASKED = 0.1  # seconds for which it is remembered whether any do
TICK = 0.5  # seconds from one look at the line to the next
PATIENCE = 10.0  # seconds for a first word, and for a web process to take an answer


class Visit:
    """One page that shows frames. It keeps the newest alone."""

    def __init__(self, writer: asyncio.StreamWriter, tracker: "Tracker") -> None:
        self.writer = writer
        self.tracker = tracker
        self.prompt = ""
        self.frame = (0, b"")
        self.fresh = asyncio.Event()
        self.place: int | None = None  # as last told
        self.rested = False

    def put(self, frame: tuple[int, bytes]) -> None:
        self.frame = frame
        self.fresh.set()

    def take(self) -> tuple[int, bytes]:
        frame, self.frame = self.frame, (0, b"")
        self.fresh.clear()
        return frame

    def tell(self, what: dict[str, Any], kind: Kind = Kind.TOLD) -> None:
        if not self.writer.is_closing():
            self.writer.write(packed(kind, json.dumps(what).encode()))


class Mirror:
    def __init__(self, scorer: "Scorer", photos_wait: Callable[[], bool], seats: int) -> None:
        self.scorer = scorer
        self.photos_wait = photos_wait
        self.pool = ThreadPoolExecutor(seats, "mirror")
        self.line: Line[Visit] = Line(seats)
        self.visits: dict[str, Visit] = {}  # by visitor: each has one
        self.asked = (-ASKED, False)

    async def serve(self, path: Path) -> None:
        """Until it is cancelled."""
        mask = os.umask(0o177)
        try:
            server = await asyncio.start_unix_server(self.visited, path)
        finally:
            os.umask(mask)
        try:
            while True:
                await asyncio.sleep(TICK)
                self.line.move_up()
                self.tell_places()
        finally:
            server.close()

    async def visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = await asyncio.wait_for(receive(reader), PATIENCE)
            if first and first[0] is Kind.HELLO:
                await self.attend(first[1].decode(errors="replace"), reader, writer)
        except (NotOurs, TimeoutError) as error:
            log.warning("A visit was broken off: %s", error)
        finally:
            writer.close()

    async def attend(self, visitor: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = self.enter(visitor, writer)
        if visit is None:
            return
        looking = asyncio.create_task(self.look_again_and_again(visit))
        try:
            while message := await receive(reader):
                self.take_in(visit, *message)
        finally:
            looking.cancel()
            self.leave(visitor, visit)

    def enter(self, visitor: str, writer: asyncio.StreamWriter) -> Visit | None:
        from scoring.tracking import Tracker

        visit = Visit(writer, Tracker(self.scorer))
        if former := self.visits.pop(visitor, None):
            former.tell({"kind": "elsewhere"}, Kind.BYE)
            former.writer.close()
            self.line.leave(former)
        if self.line.full:
            visit.tell({"kind": "full"}, Kind.BYE)
            return None
        self.visits[visitor] = visit
        self.line.enter(visit)
        self.tell_places()
        return visit

    def leave(self, visitor: str, visit: Visit) -> None:
        if self.visits.get(visitor) is visit:
            del self.visits[visitor]
        self.line.leave(visit)
        self.tell_places()

    def take_in(self, visit: Visit, kind: Kind, payload: bytes) -> None:
        if kind is Kind.PROMPT:
            visit.prompt = payload.decode(errors="replace")[:PROMPT_LETTERS]
        elif kind is Kind.FRAME:
            self.line.show(visit)
            visit.put(numbered(payload))

    def tell_places(self) -> None:
        """To whom it is news."""
        for visit in self.visits.values():
            place = self.line.place(visit)
            if place != visit.place:
                visit.place = place
                visit.tell({"kind": "place", "place": place})

    async def look_again_and_again(self, visit: Visit) -> None:
        try:
            while True:
                await visit.fresh.wait()
                if visit in self.line.seated:
                    await self.look_at_newest(visit)
                else:
                    visit.take()
        except (TimeoutError, ConnectionError):  # nobody is there any more, or nobody listens
            visit.writer.close()

    async def look_at_newest(self, visit: Visit) -> None:
        begun = time.monotonic()
        await self.let_duels_go_first(visit)
        visit.tell(await self.in_thread(self.look, visit, *visit.take()))
        await asyncio.wait_for(visit.writer.drain(), PATIENCE)
        await asyncio.sleep(FASTEST - (time.monotonic() - begun))

    async def let_duels_go_first(self, visit: Visit) -> None:
        visit.rested = await self.in_thread(self.duels_wait)
        if visit.rested:
            await asyncio.sleep(RESTING)

    async def in_thread(self, act: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.pool, act, *given)

    def duels_wait(self) -> bool:
        when, found = self.asked
        if time.monotonic() - when >= ASKED:
            with suppress(Error):  # a database that is away has nothing to judge either
                close_old_connections()
                found = self.photos_wait()
            self.asked = time.monotonic(), found
        return found

    def look(self, visit: Visit, number: int, frame: bytes) -> dict[str, Any]:
        """What is told of a frame, whatever its bytes are."""
        prompt = visit.prompt  # it may change meanwhile
        told: dict[str, Any] = {"kind": "seen", "frame": number, "prompt": prompt, "resting": visit.rested}
        try:
            sight = visit.tracker.look(frame, prompt)
        except PhotoError as error:
            return told | {"kind": "unreadable", "reason": error.reason}
        except Exception:  # one frame is no reason to end everybody's mirror
            log.exception("A frame could not be looked at")
            return told | {"kind": "unreadable", "reason": "damaged"}
        return told | (described(sight) if sight else {"box": None})


def described(sight: "Sight") -> dict[str, Any]:
    return {
        "box": [round(edge, 4) for edge in sight.face.box],
        "tilt": round(sight.face.tilt, 1),
        "shares": {name: round(share, 3) for name, share in sight.profile.shares.items()},
        "valence": sight.profile.valence,
        "arousal": sight.profile.arousal,
        "match": sight.match,
    }


def seats() -> int:
    """A processor each, and one left over for duels: each seat keeps one busy."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, found - 1)
