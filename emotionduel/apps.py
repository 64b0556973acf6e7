from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class EmotionDuelConfig(AppConfig):
    name = "emotionduel"

    def ready(self) -> None:
        from emotionduel import checks, groups, reports, sentry  # noqa: F401 (checks registers itself)

        post_migrate.connect(groups.give, dispatch_uid="groups")
        reports.guard_stderr()
        sentry.start()


class GuardedAdminConfig(AdminConfig):
    default_site = "accounts.staff.GuardedSite"
