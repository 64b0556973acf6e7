"""What must hold when all is over, and the duplicates, each with its reason."""

from collections import Counter
from dataclasses import dataclass

from tests.botapi import Call
from tests.botapi.person import versions
from tests.chaos.machines import Machines
from tests.duels import audit

REST = 1200.0  # seconds: machines are busy
ANSWERED = 60.0  # seconds within which a message that was answered has long been written down
# Killed between taking away an old message and sending the new one, the next try finds the old one gone, whether it
# would take it away or change it; then it sends a new one.
HARMLESS = ("message is not modified", "message to delete not found", "message to edit not found")
UNENDED = "select public_id, status from duels_duel where finished_at is null"
PROMISED_TWICE = """
    select duel_id, player_id, kind, count(*) from duels_notice
    where kind in ('prompt', 'result', 'voided', 'cancelled') group by 1, 2, 3 having count(*) > 1
"""
# What has neither arrived nor been refused by Telegram itself.
LOST = """
    select notice.id, kind, error from duels_notice notice where status = 'dropped'
    and kind in ('result', 'voided', 'cancelled')
    and error not like 'Forbidden%' and error <> 'the player cannot be reached'
"""
REPEATED = """
    select coalesce(chat_id, telegram_id), sum(tries - 1) from duels_notice notice
    join accounts_player player on player.id = player_id where repeated group by 1
"""


@dataclass(frozen=True)
class Duplicate:
    chat: int
    message: int
    why: str


def check(site: Machines) -> list[Duplicate]:
    site.wait_for(lambda: not site.rows(f"{audit.UNFINISHED} limit 1"), "something is left over", REST)
    site.wait_for(lambda: site.redis.waiting() == 0, "jobs are left in the queues", REST)
    assert site.api.pending == 0
    crashed = [death for death in site.deaths if not death.meant]
    assert crashed == [], f"ended by themselves: {crashed}\n{site.logs()}"
    refusals = [each for each in site.api.refusals if not any(words in each for words in HARMLESS)]
    assert refusals == [], f"the bot did what Telegram refuses: {refusals}"
    assert Counter(site.rows(audit.DUE)) == Counter(site.rows(audit.TOLD)), "ended duels and who was told of them"
    for query in (UNENDED, PROMISED_TWICE, LOST, audit.AGAINST_ONESELF, audit.ALONE, audit.IN_TWO_DUELS):
        assert site.rows(query) == [], query
    site.manage("replay_ratings", "--check")
    return duplicates(site)


def duplicates(site: Machines) -> list[Duplicate]:
    """Everything that counts as sent has arrived; what has arrived beside that, or once more, is explained."""
    recorded = Counter((chat, message) for chat, message in site.rows(audit.SENT))
    chats = list(site.api.chats.by_id.values())
    arrived = Counter((chat.chat_id, shown.id) for chat in chats for shown in versions(chat))
    assert recorded.keys() <= arrived.keys(), f"promised, but never sent: {recorded.keys() - arrived.keys()}"
    found = [Duplicate(chat, message, why(site, chat, message)) for chat, message in (arrived - recorded).elements()]
    unexplained = [each for each in found if not each.why]
    assert not unexplained, f"sent more often than promised, though Telegram's answer was heard: {unexplained}"
    repeated = Counter({int(chat): int(times) for chat, times in site.rows(REPEATED)})
    uncounted = Counter(each.chat for each in found) - repeated
    assert not uncounted, f"more arrived than was noted as repeated: {uncounted}"
    return found


def why(site: Machines, chat: int, message: int) -> str:
    """Why nobody has written down that this message was sent, or changed."""
    calls = [call for call in list(site.api.calls) if call.chat == chat and shows(call, message)]
    if any(call.status is None for call in calls):
        return "Telegram was silent, or the sender died in the call"
    died = [death.at for death in site.deaths if death.name.startswith("telegram")]
    if any(0 <= at - call.at <= ANSWERED for call in calls for at in died):
        return "the sender died before it could write the answer down"
    if any(0 <= at - call.at <= ANSWERED for call in calls for at in site.outages):
        return "the database was away when the answer was to be written down"
    return ""


def shows(call: Call, message: int) -> bool:
    return call.params.get("message_id") == message or (
        isinstance(call.result, dict) and call.result.get("message_id") == message
    )
