"""`make chaos`: SEED=7 plays the plan of seed 7 again, DUELS and PLAYERS choose how much is played meanwhile,
SECONDS after how many no further fault comes, ONLY=telegram those faults alone whose names hold that word.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

from tests import postgres
from tests.chaos import audit, plan, report
from tests.chaos.crowd import Crowd
from tests.chaos.director import Director
from tests.chaos.machines import Machines, Standing, logs_to
from tests.chaos.run import Run

HOURS = 6 * 3600.0
FOLDER = Path("var/chaos")


def main() -> int:
    if postgres.binaries() is None:
        sys.stderr.write(f"{postgres.MISSING}\n")
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and all that was started is stopped
    seed = int(os.environ.get("SEED") or random.randrange(10_000))
    duels, players = int(os.environ.get("DUELS") or 300), int(os.environ.get("PLAYERS") or 24)
    only = os.environ.get("ONLY", "").split(",")
    faults = [fault for fault in plan.plan(seed) if any(word in str(fault) for word in only)]
    say(f"SEED={seed}: {len(faults)} faults while {players} players play {duels} duels")
    with Standing() as standing:
        site = standing.machines()
        say("All processes run.")
        return played(site, Run(site, Crowd(site, players, seed), Director(site), say), faults, duels, seed)


def played(site: Machines, run: Run, faults: list[plan.Fault], duels: int, seed: int) -> int:
    began = time.monotonic()
    try:
        run.play(faults, duels, HOURS, float(os.environ.get("SECONDS") or "inf"))
        found = audit.check(site)
    except BaseException:
        say(f"SEED={seed} failed; the logs lie in {FOLDER}")
        raise
    finally:
        logs_to(site, FOLDER)
        written = report.report(run, time.monotonic() - began)
        (FOLDER / "report.md").write_text(written)
    say(written + report.of_duplicates(site, found))
    late = [each for each in run.director.recoveries if each.seconds > plan.RECOVERED]
    say(f"{len(late)} recoveries took longer than {plan.RECOVERED:.0f} s")
    return int(bool(late))


def say(text: object) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
