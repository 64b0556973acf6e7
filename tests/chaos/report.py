"""A run in figures."""

from collections import Counter, defaultdict
from statistics import median

from tests.chaos.audit import Duplicate
from tests.chaos.director import Recovery
from tests.chaos.machines import Machines
from tests.chaos.run import Run
from tests.chaos.steps import BESIDE, STEPS

ENDS = "select status, count(*) from duels_duel group by 1 order by 1"
SORTS = {"kill": "SIGKILL at a random moment", "trap": "SIGKILL at a boundary", "end": "SIGTERM, as at a deploy"}


def report(run: Run, seconds: float) -> str:
    by_sort: dict[str, list[Recovery]] = defaultdict(list)
    for each in run.director.recoveries:
        by_sort[sort(each)].append(each)
    lines = [
        f"{seconds:.0f} s",
        "",
        "| fault | struck | found no occasion | median s | worst s |",
        "|---|---|---|---|---|",
    ]
    lines += [row(name, found) for name, found in sorted(by_sort.items())]
    ends = ", ".join(f"{count} {status}" for status, count in run.site.rows(ENDS))
    lines += ["", f"Duels: {ends}. Processes that ended: {len(run.site.deaths)}.", *boundaries(run), ""]
    return "\n".join(lines)


def sort(recovery: Recovery) -> str:
    fault = recovery.fault
    if (fault.what == "kill" and " " in fault.whom) or fault.whom == "all":
        return f"SIGKILL of {fault.whom}"
    if fault.what == "trap":
        return f"{SORTS['trap']}: {fault.whom.split()[0]}"
    if fault.what in SORTS:
        return f"{SORTS[fault.what]}: {fault.whom.rstrip('12')}"
    if fault.what == "telegram":
        return f"Telegram: {answer(fault.about)}"
    return f"{fault.what} {fault.whom}"


def answer(about: dict[str, object]) -> str:
    if about.get("slow"):
        return "no answer for 17 s"
    return "no answer" if about.get("silent") else str(about["code"])


def row(name: str, found: list[Recovery]) -> str:
    met = [each.seconds for each in found if each.met]
    figures = f"{median(met):.1f} | {max(met):.1f}" if met else " | "
    return f"| {name} | {len(met)} | {len(found) - len(met)} | {figures} |"


def boundaries(run: Run) -> list[str]:
    struck = {each.fault.whom for each in run.director.recoveries if each.fault.what == "trap" and each.met}
    crossed = {each for each in run.site.crossed() if not each.endswith(BESIDE)}
    return [
        f"Boundaries: {len(struck)} of {len(STEPS)} struck.",
        f"Crossed, but not in the plan: {', '.join(sorted(crossed - set(STEPS))) or 'none'}.",
    ]


def of_duplicates(site: Machines, found: list[Duplicate]) -> str:
    [[repeated]] = site.rows("select count(*) from duels_notice where repeated")
    [[sent]] = site.rows("select count(*) from duels_notice where status = 'sent'")
    reasons = [f"{count} because {why}" for why, count in Counter(each.why for each in found).items()]
    return f"{sent} messages sent, {repeated} may have arrived twice, {len(found)} did: {'; '.join(reasons) or 'none'}."
