"""What players sent, by file_id: as bytes, in memory alone."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from duels.models import Entry
from duels.telegram import bot
from scoring import PhotoError

TOGETHER = 8
FEW = 4  # at once for all visitors of a web process: who is behind them sees initials
IN_TIME = 4.0  # seconds that a visitor waits

# Threads that last, for each keeps its connections to Telegram: to open one takes longer than to fetch a photo.
pool_of_duels = ThreadPoolExecutor(TOGETHER, "duels")
pool_of_pages = ThreadPoolExecutor(FEW, "photos")


def fetch_photos(entries: Sequence[Entry]) -> list[bytes | Exception]:
    """In the entries' order; in the place of one that cannot be had, why."""
    wanted = [entry.file_id for entry in entries]
    return list(pool_of_duels.map(fetch, wanted)) if len(wanted) > 1 else [fetch(each) for each in wanted]


def fetch_in_time(entries: Sequence[Entry]) -> list[bytes | Exception]:
    """As fetch_photos, for who must not wait long: a silent Telegram may take as long as it likes."""
    asked = [pool_of_pages.submit(fetch, entry.file_id) for entry in entries]
    wait(asked, IN_TIME)
    return [fetched(each) for each in asked]


def fetched(asked: Future[bytes | Exception]) -> bytes | Exception:
    if not asked.done():
        asked.cancel()
        return TimeoutError("a file")
    return asked.result()


def fetch(file_id: str) -> bytes | Exception:
    try:
        return bot.download(file_id)
    except ValueError:
        return PhotoError("too_large")
    except bot.Passing as error:
        return error
    except bot.BotError as error:
        return PhotoError("too_large") if "too big" in str(error) else error
