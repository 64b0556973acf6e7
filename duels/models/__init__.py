"""What is kept of duels. By topic: what is played, where each player is now, what comes in and goes out, reports
and what moderators do about them, the arena, what spectators see, and photos given for training.
"""

from duels.models.arena import ArenaDuel, ArenaEntry, ArenaKnock
from duels.models.boards import BoardFigure, Landmark
from duels.models.claims import LEASE_SECONDS, Claimable, Turn
from duels.models.fairplay import EntryHash
from duels.models.live import LiveCounter
from duels.models.moderation import Case, ModerationAct
from duels.models.play import Duel, Entry, Prompt
from duels.models.post import Notice, Update
from duels.models.reports import Report
from duels.models.seats import Room, Seat
from duels.models.training import SetPhoto, TrainedWeights, TrainingPhoto, TrainingSet

__all__ = [
    "LEASE_SECONDS",
    "ArenaDuel",
    "ArenaEntry",
    "ArenaKnock",
    "BoardFigure",
    "Case",
    "Claimable",
    "Duel",
    "Entry",
    "EntryHash",
    "Landmark",
    "LiveCounter",
    "ModerationAct",
    "Notice",
    "Prompt",
    "Report",
    "Room",
    "Seat",
    "SetPhoto",
    "TrainedWeights",
    "TrainingPhoto",
    "TrainingSet",
    "Turn",
    "Update",
]
