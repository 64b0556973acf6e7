"""A web process that is asked to stop takes no more connections, answers what it has been asked, and goes."""

import asyncio
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

SECONDS = 8.0  # Docker kills after ten
FLUSH = 0.1  # for the last answer's way out

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class Leaving:
    """Daphne by itself would break off every request in the middle."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.busy = 0
        self.asked = False

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":  # WebSockets have no end; pages that lose theirs come again
            await self.app(scope, receive, send)
            return
        self.busy += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.busy -= 1

    def heed_signals(self) -> "Leaving":
        """Once Daphne's reactor runs, which sets its own handlers at its start."""
        if "daphne.server" in sys.modules and threading.current_thread() is threading.main_thread():
            reactor().callWhenRunning(signal.signal, signal.SIGTERM, self.on_signal)
        return self

    def on_signal(self, number: int, frame: Any) -> None:
        reactor().callFromThread(self.begin)

    def begin(self) -> None:
        if not self.asked:
            self.asked = True
            self.leaving = asyncio.ensure_future(self.leave())

    async def leave(self) -> None:
        from twisted.internet import tcp

        for reader in reactor().getReaders():
            if isinstance(reader, tcp.Port):
                reader.stopListening()  # type: ignore[no-untyped-call]
        end = time.monotonic() + SECONDS
        while self.busy and time.monotonic() < end:
            await asyncio.sleep(FLUSH / 2)
        await asyncio.sleep(FLUSH)
        reactor().stop()


def reactor() -> Any:
    """The one that Daphne has chosen."""
    from twisted.internet import reactor

    return reactor
