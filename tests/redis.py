"""The machine's own Redis server, in a folder that goes with it."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def program() -> str | None:
    return shutil.which("redis-server")


@contextmanager
def server() -> Iterator[str]:
    """Its REDIS_URL."""
    found = program()
    assert found, "look at program() first"
    folder = Path(tempfile.mkdtemp(prefix="emotionduel-redis-"))
    socket = folder / "socket"
    options = ["--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([found, *options], stdout=subprocess.DEVNULL)
    try:
        while not socket.exists() and process.poll() is None:
            time.sleep(0.02)
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)
