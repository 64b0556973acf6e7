"""Players who play by themselves, through the Bot API double and with drawn faces, while a developer looks on."""

from tests.simulation.game import Game, Stuck

__all__ = ["Game", "Stuck"]
