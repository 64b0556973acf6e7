"""An ASGI site whose one page takes a moment. It writes `begun` when somebody asks for it."""

import asyncio
import sys
from typing import Any

from emotionduel.leaving import Leaving

SECONDS = 1.5


async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    await asyncio.sleep(SECONDS)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"done"})


application = Leaving(answer).heed_signals()
