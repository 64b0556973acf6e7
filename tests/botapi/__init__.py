"""Telegram on loopback: a Bot API server that is as strict as the real one, and persons who talk to the bot.

Bots are refused here what Telegram would refuse them, and what their own mistakes would hide: unknown fields and
methods too. What the bot was refused stands in `BotApi.refusals`, so that a test can insist on none.
"""

from tests.botapi.calls import Call
from tests.botapi.faults import Fault
from tests.botapi.person import Group, Person
from tests.botapi.server import BotApi
from tests.botapi.shown import Shown

__all__ = ["BotApi", "Call", "Fault", "Group", "Person", "Shown"]
