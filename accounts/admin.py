from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Block, Player

EDITABLE = ("language",)


@admin.register(Player)
class PlayerAdmin(admin.ModelAdmin):
    """Consents are the player's own to give, figures follow from duels, suspensions from moderators' acts."""

    list_display = ("name", "public_id", "language", "wins", "losses", "draws", "ranked", "suspended_until", "created")
    list_filter = ("language", "ranked", ("suspended_until", admin.EmptyFieldListFilter))
    search_fields = ("name", "public_id", "=telegram_id")
    ordering = ("-id",)
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [field.name for field in Player._meta.fields if field.name not in EDITABLE]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Block)
class BlockAdmin(admin.ModelAdmin):
    list_display = ("player", "other", "created")
    raw_id_fields = ("player", "other")
