"""What the boards show of a player beyond what stands on Player itself."""

from django.db import models
from django.db.models import Q

from accounts.models import Player


class BoardFigure(models.Model):
    """Written with the duel that changes it. `manage.py replay_ratings` rebuilds it from the duels."""

    # Its index is the constraint's.
    player = models.ForeignKey(Player, on_delete=models.CASCADE, related_name="board_figures", db_index=False)
    board = models.CharField(max_length=32)  # rules.figures names it
    value = models.FloatField(null=True)  # null: too little is known for a place
    kept = models.JSONField(default=list)  # the matches that the value is the mean of, the newest last

    class Meta:
        constraints = [models.UniqueConstraint(fields=["player", "board"], name="board_figure_once")]
        indexes = [
            models.Index(
                fields=["board", "value", "player"], name="board_figure_order", condition=Q(value__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.player_id} on {self.board}: {self.value}"


class Landmark(models.Model):
    """Somebody on a long board, and how many stood above: from here on a place is counted (landmarks.py)."""

    board = models.CharField(max_length=32)
    ranked = models.BooleanField()
    value = models.FloatField()
    player = models.BigIntegerField()
    above = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["board", "ranked", "value", "player"], name="landmark_order")]

    def __str__(self) -> str:
        return f"{self.board} after {self.above}"
