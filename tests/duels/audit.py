"""What must hold of a site whenever it has come to rest, whoever played there and whatever went wrong."""

from collections import Counter

from tests.botapi import Shown
from tests.botapi.chats import Chat
from tests.botapi.person import versions
from tests.duels.site import Site

REST = 300.0  # seconds: machines are busy
UNFINISHED = """
    select 'update', sender, status, error from duels_update where status <> 'done'
    union all select 'notice', player_id, status, kind from duels_notice where status in ('waiting', 'failed')
"""
# Ended duels and their players, with how they must have been told; and whom a sent or dropped notice told so.
DUE = """
    select duel_id, player_id, case duel.status when 'finished' then 'result' when 'void' then 'voided'
    else 'cancelled' end from duels_entry join duels_duel duel on duel.id = duel_id
    where duel.status not in ('dealt', 'open') and origin <> 'practice'
"""
TOLD = "select duel_id, player_id, kind from duels_notice where kind in ('result', 'voided', 'cancelled')"
AGAINST_ONESELF = "select duel_id, player_id from duels_entry group by duel_id, player_id having count(*) > 1"
ALONE = """
    select duel_id from duels_entry join duels_duel duel on duel.id = duel_id
    where origin <> 'practice' group by duel_id having count(*) < 2
"""
IN_TWO_DUELS = """
    select e.player_id, d.id, l.id from duels_entry e join duels_duel d on d.id = e.duel_id
    join duels_entry f on f.player_id = e.player_id join duels_duel l on l.id = f.duel_id
    where d.origin <> 'practice' and l.origin <> 'practice' and l.id > d.id
    and (d.finished_at is null or d.finished_at > l.created)
"""
SENT = """
    select coalesce(chat_id, telegram_id), message_id from duels_notice join accounts_player player
    on player.id = player_id where duels_notice.status = 'sent' and message_id is not null
"""
GOODBYE = ("👋 Done, you are gone", "👋 Готово: мы тебя")


def check(site: Site) -> None:
    site.wait_for(lambda: not site.rows(f"{UNFINISHED} limit 1"), "something is left over", REST)
    # Who presses twice has the same message written twice.
    refusals = [each for each in site.api.refusals if "message is not modified" not in each]
    site.api.calls.clear()  # other stories are not to answer for them
    assert refusals == [], f"the bot did what Telegram refuses: {refusals}"
    assert Counter(site.rows(DUE)) == Counter(site.rows(TOLD)), "ended duels and who was told of them"
    for query in (AGAINST_ONESELF, ALONE, IN_TWO_DUELS):
        assert site.rows(query) == [], query
    check_sent(site)
    site.manage("replay_ratings", "--check")


def check_sent(site: Site) -> None:
    """Each notice that counts as sent is a message, or one more version of it, that the person has; no other is."""
    recorded = Counter((chat, message) for chat, message in site.rows(SENT))
    chats = list(site.api.chats.by_id.values())
    arrived = Counter((chat.chat_id, shown.id) for chat in chats for shown in remembered(chat))
    assert recorded.keys() == arrived.keys(), f"{recorded.keys() ^ arrived.keys()} was promised or sent, not both"
    # An edit that changes nothing is refused, and nothing is missing.
    assert arrived <= recorded, f"sent more often than promised: {arrived - recorded}"


def remembered(chat: Chat) -> list[Shown]:
    """What the site may still know of: of who went, nothing up to the last word."""
    shown = versions(chat)
    last = max((each.id for each in shown if each.text.startswith(GOODBYE)), default=0)
    return [each for each in shown if each.id > last]
