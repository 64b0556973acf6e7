from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django_rq.models import Dashboard

from duels import wake
from duels.admin.reading import ReadOnlyAdmin
from duels.models import Notice, Update

# RQ's own pages let any staff member empty a queue, and show jobs' errors. What waits is told below.
admin.site.unregister(Dashboard)

AFRESH: dict[str, Any] = {"lease_holder": "", "lease_until": None, "tries": 0, "error": ""}


class PostAdmin(ReadOnlyAdmin):
    """`again` is the one thing that can be done: a view permission is not enough for it."""

    actions = ("again",)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        waiting = self.model.objects.filter(status="waiting").count()
        subtitle = "; ".join([f"{waiting} wait", *(queue_size(name) for name in settings.RQ_QUEUES)])
        return super().changelist_view(request, {"subtitle": subtitle, **(extra_context or {})})

    def has_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"duels.change_{self.opts.model_name}")


def queue_size(name: str) -> str:
    length = wake.length(name)
    return f"queue {name}: {'Redis is away' if length is None else length}"


@admin.register(Update)
class UpdateAdmin(PostAdmin):
    list_display = ("update_id", "sender", "status", "tries", "received_at", "handled_at", "error")
    list_filter = ("status", "received_at")
    search_fields = ("=update_id", "=sender")
    ordering = ("-id",)

    @admin.action(description="Handle the failed ones again", permissions=["again"])
    def again(self, request: HttpRequest, updates: QuerySet[Update]) -> None:
        failed = list(updates.filter(status=Update.Status.FAILED).values_list("pk", flat=True))
        Update.objects.filter(pk__in=failed, status=Update.Status.FAILED).update(status=Update.Status.WAITING, **AFRESH)
        for pk in failed:
            wake.inbox(pk, 0)
        self.message_user(request, f"{len(failed)} will be handled again")


@admin.register(Notice)
class NoticeAdmin(PostAdmin):
    list_display = ("id", "player", "kind", "duel", "status", "repeated", "tries", "created", "sent_at", "error")
    list_filter = ("status", "repeated", "kind", "created")
    list_select_related = ("player", "duel")
    search_fields = ("player__name", "=player__public_id", "=player__telegram_id")
    ordering = ("-id",)

    @admin.action(description="Send the failed ones again", permissions=["again"])
    def again(self, request: HttpRequest, notices: QuerySet[Notice]) -> None:
        failed = list(notices.filter(status=Notice.Status.FAILED).values_list("pk", "player"))
        again = Notice.objects.filter(pk__in=[pk for pk, _ in failed], status=Notice.Status.FAILED)
        again.update(status=Notice.Status.WAITING, **AFRESH)
        for pk, player in failed:
            wake.outbox([player], pk, 0)
        self.message_user(request, f"{len(failed)} will be sent again")
