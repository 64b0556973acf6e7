"""What `make chaos` has go wrong."""

from tests.chaos import plan
from tests.chaos.steps import STEPS


def test_a_seed_reproduces_the_faults() -> None:
    assert plan.plan(7) == plan.plan(7)
    assert plan.plan(7) != plan.plan(8)
    assert plan.short(7) == plan.short(7)


def test_every_boundary_is_struck_once() -> None:
    struck = [fault.whom for fault in plan.plan(7) if fault.what == "trap"]
    assert sorted(struck) == sorted(STEPS)


def test_every_process_is_killed_and_asked_to_stop() -> None:
    faults = plan.plan(7)
    for what in ("kill", "end"):
        assert {fault.whom for fault in faults if fault.what == what} >= set(plan.NAMES)
    assert {fault.what for fault in faults} == {"trap", "kill", "end", "redis", "postgres", "telegram", "updates"}
