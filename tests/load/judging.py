"""How many photos the judge's processes work off in a second when many wait, and what memory they keep."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.load import faces
from tests.load.site import LoadSite, standing
from tests.load.telegram import Telegram

PHOTOS = 320
PATIENCE = 3600.0
LOOK = 0.5
SAID = 500  # photos until it is said again how far it is
JUDGED = "select count(*), extract(epoch from max(judged_at)) from duels_entry where judged_at is not null"


@dataclass(frozen=True)
class Judged:
    processes: int
    photos: int
    seconds: float
    memory: list[tuple[int, int]]  # photos judged so far; resident bytes of the largest process then

    @property
    def rate(self) -> float:
        return self.photos / self.seconds


def measure(processes: int, photos: int = PHOTOS, light: bool = False) -> Judged:
    with Telegram(faces.photos()) as telegram, standing(telegram, {"judge": processes}, light) as site:
        warm_up(site, len(telegram.photos))
        return judged(site, processes, photos, len(telegram.photos))


def warm_up(site: LoadSite, different: int) -> None:
    """The first batch finds every library's buffers empty."""
    site.run("tests.load.fill", "64", str(different))
    wait_judged(site, 64)


def judged(site: LoadSite, processes: int, photos: int, different: int) -> Judged:
    [[before, _]] = site.rows(JUDGED)
    begin = float(site.run("tests.load.fill", str(photos), str(different)))
    memory = list(remembered(site, before, photos))
    [[_, end]] = site.rows(JUDGED)
    return Judged(processes, photos, float(end) - begin, memory)


def remembered(site: LoadSite, before: int, photos: int) -> Iterator[tuple[int, int]]:
    end, done, said = time.monotonic() + PATIENCE, 0, 0
    while done < photos:
        assert time.monotonic() < end, f"{photos - done} photos are left:\n{site.logs()}"
        time.sleep(LOOK)
        [[count, _]] = site.rows(JUDGED)
        done = count - before
        if done >= said + SAID:
            said = done
            sys.stdout.write(f"  {done} of {photos} photos\n")
        yield done, max(site.memory().values())


def wait_judged(site: LoadSite, count: int) -> None:
    site.wait_for(lambda: site.rows(JUDGED)[0][0] >= count, "photos are left over", PATIENCE)
