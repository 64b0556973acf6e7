"""What given photos went into. The photos themselves nobody sees here."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from duels.admin.reading import ReadOnlyAdmin
from duels.models import TrainedWeights, TrainingSet


@admin.register(TrainingSet)
class TrainingSetAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "created", "folder", "held", "revoked_at", "cleared_at")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrainingSet]:
        return super().get_queryset(request).annotate(held=Count("photos"))

    @admin.display(description="photos")
    def held(self, training_set: TrainingSet) -> int:
        count: int = getattr(training_set, "held", 0)
        return count


@admin.register(TrainedWeights)
class TrainedWeightsAdmin(ReadOnlyAdmin):
    list_display = ("digest", "training_set", "adopted_at", "revoked_at")
    list_select_related = ("training_set",)
    ordering = ("-id",)
