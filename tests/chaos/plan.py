"""What goes wrong, in which order and after which pause: a pure function of the seed."""

import random
import signal
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.steps import STEPS

NAMES = tuple(f"{kind}{number}" for kind in ("web", "telegram", "judge", "reconcile") for number in (1, 2))
ASKED_TO_STOP = signal.SIGTERM
RECOVERED = 15.0  # seconds after its end all must be done that was due
PAUSE = 3.0  # seconds at most between a recovery and the next fault
REST = 2.0  # seconds at most until who was killed is started again

TELEGRAM: tuple[dict[str, Any], ...] = (
    {"code": 429, "retry_after": 3, "times": 4},
    {"code": 429, "retry_after": 6, "times": 10},
    {"code": 500, "times": 10},
    {"code": 500, "times": 30},
    {"code": 502, "garbled": True, "times": 10},
    {"code": 403, "method": "sendMessage", "times": 2},
    {"code": 403, "method": "sendPhoto", "times": 1},
    {"silent": True, "times": 8},
    {"silent": True, "done": True, "method": "sendMessage", "times": 4},
    {"silent": True, "done": True, "method": "sendPhoto", "times": 2},
    {"silent": True, "done": True, "method": "editMessageText", "times": 3},
    {"slow": 17.0, "method": "sendMessage", "times": 1},
    {"slow": 17.0, "done": True, "method": "sendMessage", "times": 1},
    {"code": 500, "method": "getFile", "times": 6},
    {"code": 404, "method": "download", "times": 3},
    {"silent": True, "method": "download", "times": 6},
)
# What of Telegram the steps need that are seldom come to: by the end of their names.
PROVOKED: dict[str, dict[str, Any]] = {
    "blocked": {"code": 403, "method": "sendMessage", "times": 3},
    "put_off": {"code": 500, "times": 20},
    "start_clock": {"code": 500, "times": 1000},  # until prompts are late
    "begin": {"code": 500, "times": 5},
    "record_failure": {"code": 500, "method": "getFile", "times": 12},
    "reconcile before wake judge_waiting": {"slow": 4.0, "method": "getFile", "times": 20},
    "reconcile after wake judge_waiting": {"slow": 4.0, "method": "getFile", "times": 20},
    "telegram before commit renew": {"slow": 4.0, "method": "sendMessage", "times": 3},
    "telegram after commit renew": {"slow": 4.0, "method": "sendMessage", "times": 3},
    "judge before commit renew": {"slow": 4.0, "method": "getFile", "times": 8},
    "judge after commit renew": {"slow": 4.0, "method": "getFile", "times": 8},
}


@dataclass(frozen=True)
class Fault:
    what: str
    whom: str = ""
    pause: float = 0.0
    rest: float = 0.0
    about: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        about = ", ".join(f"{name}={value}" for name, value in self.about.items())
        return " ".join(filter(None, [self.what, self.whom, f"({about})" if about else ""]))


def plan(seed: int) -> list[Fault]:
    chance = random.Random(seed)
    found = [at_boundary(step) for step in STEPS]
    found += [Fault("kill", name) for name in NAMES for _ in range(2)]
    found += [Fault("end", name) for name in NAMES]
    found += [
        Fault("kill", "both telegram"),
        Fault("kill", "both judge"),
        Fault("kill", "both web"),
        Fault("kill", "all"),
    ]
    found += [Fault("redis", how) for how in ("emptied", "emptied", "restarted", "restarted", "away for 20 s")]
    found += [Fault("postgres", how) for how in ("fast", "immediate", "immediate", "away for 20 s")]
    found += [Fault("telegram", "", about=about) for about in TELEGRAM]
    found += [Fault("updates", "twice and shuffled")]
    chance.shuffle(found)
    return [timed(fault, chance) for fault in found]


def short(seed: int) -> list[Fault]:
    """Of each sort, but none that lasts, for every day."""
    chance = random.Random(seed)
    found = [at_boundary(step) for step in chance.sample([each for each in STEPS if "telegram" in each], 2)]
    found += [at_boundary(chance.choice([each for each in STEPS if each.startswith("judge")]))]
    found += [Fault("kill", chance.choice(NAMES[:2])), Fault("kill", chance.choice(NAMES[4:6]))]
    found += [Fault("redis", "emptied"), Fault("redis", "restarted"), Fault("postgres", "immediate")]
    found += [Fault("telegram", "", about=about) for about in (TELEGRAM[0], TELEGRAM[2], TELEGRAM[5], TELEGRAM[8])]
    found += [Fault("updates", "twice and shuffled")]
    chance.shuffle(found)
    return [Fault(each.what, each.whom, 0.5, 0.0, each.about) for each in found]


def at_boundary(step: str) -> Fault:
    about = next((about for name, about in PROVOKED.items() if f" {step}".endswith(f" {name}")), {})
    return Fault("trap", step, about=about)


def timed(fault: Fault, chance: random.Random) -> Fault:
    pause, rest = round(chance.uniform(0, PAUSE), 2), round(chance.uniform(0, REST), 2)
    return Fault(fault.what, fault.whom, pause, rest, fault.about)
