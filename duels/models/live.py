from django.db import models


class LiveCounter(models.Model):
    """One row: the number of the last thing that spectators are to hear of."""

    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
