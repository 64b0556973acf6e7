from typing import Any

from django.db import models
from django.utils import timezone

from duels.models.play import Entry

BANDS = 16  # as scoring.spots has them


def band() -> Any:
    return models.IntegerField(null=True)


class EntryHash(models.Model):
    """By what a picture that was shown is known again, and by nothing else: a row may be dropped at any time."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="hashes")
    created = models.DateTimeField(default=timezone.now)
    file_unique_id = models.CharField(max_length=64, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    rough = models.BinaryField()
    close = models.BinaryField()
    # The same picture has at least one of these in common.
    band_0, band_1, band_2, band_3, band_4, band_5 = band(), band(), band(), band(), band(), band()
    band_6, band_7, band_8, band_9, band_10 = band(), band(), band(), band(), band()
    band_11, band_12, band_13, band_14, band_15 = band(), band(), band(), band(), band()

    class Meta:
        indexes = [
            models.Index(fields=["created"], name="hash_by_age"),
            models.Index(fields=["file_unique_id"], name="hash_by_file"),
            models.Index(fields=["content_hash"], name="hash_by_content"),
            *(models.Index(fields=[f"band_{number}"], name=f"hash_band_{number}") for number in range(BANDS)),
        ]

    def __str__(self) -> str:
        return f"of entry {self.entry_id}"
