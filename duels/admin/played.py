from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from duels.admin.reading import ReadOnly, ReadOnlyAdmin
from duels.models import Duel, Entry, Room, Seat


class EntryInline(ReadOnly, admin.TabularInline):
    model = Entry
    fk_name = "duel"
    extra = 0
    can_delete = False
    fields = (
        *("player", "status", "attempt", "sent_at", "media", "forwarded", "copies", "screen", "held"),
        *("match", "score", "reason"),
        *("scorer_version", "place", "outcome", "mu_before", "mu_after"),
    )


class SeatInline(ReadOnly, admin.TabularInline):
    model = Seat
    fk_name = "room"
    extra = 0
    can_delete = False
    fields = ("player", "state", "since")


@admin.register(Duel)
class DuelAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "origin", "status", "verdict", "prompt", "players", "rated", "counted", "created")
    list_filter = ("status", "origin", "verdict", "counted", "created")
    list_select_related = ("prompt",)
    search_fields = ("=public_id", "entries__player__name", "=entries__player__public_id")
    ordering = ("-id",)
    inlines = (EntryInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Duel]:
        return super().get_queryset(request).prefetch_related("entries__player")

    def players(self, duel: Duel) -> str:
        return ", ".join(str(entry.player) for entry in duel.entries.all())


@admin.register(Room)
class RoomAdmin(ReadOnlyAdmin):
    list_display = ("code", "owner", "size", "inside", "rated", "status", "created", "expires_at")
    list_filter = ("status", "rated")
    list_select_related = ("owner",)
    search_fields = ("=code", "owner__name")
    ordering = ("-id",)
    inlines = (SeatInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        return super().get_queryset(request).annotate(inside=Count("seats"))

    @admin.display(ordering="inside")
    def inside(self, room: Room) -> int:
        count: int = getattr(room, "inside", 0)
        return count


@admin.register(Seat)
class SeatAdmin(ReadOnlyAdmin):
    """Who is where at this moment."""

    list_display = ("player", "state", "room", "duel", "partner", "ready", "since")
    list_filter = ("state",)
    list_select_related = ("player", "room", "duel", "partner")
    ordering = ("-id",)
