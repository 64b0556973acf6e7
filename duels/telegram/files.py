"""What players sent, by file_id: as bytes, in memory alone."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from duels.models import Entry
from duels.telegram import bot
from scoring import PhotoError

TOGETHER = 8


def fetch_photos(entries: Sequence[Entry]) -> list[bytes | Exception]:
    """In the entries' order; in the place of one that cannot be had, why."""
    with ThreadPoolExecutor(min(TOGETHER, max(len(entries), 1))) as pool:
        return list(pool.map(fetch, [entry.file_id for entry in entries]))


def fetch(file_id: str) -> bytes | Exception:
    try:
        return bot.download(file_id)
    except ValueError:
        return PhotoError("too_large")
    except bot.Passing as error:
        return error
    except bot.BotError as error:
        return PhotoError("too_large") if "too big" in str(error) else error
