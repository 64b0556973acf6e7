from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EmotionDuelConfig(AppConfig):
    name = "emotionduel"

    def ready(self) -> None:
        from emotionduel import checks, groups  # noqa: F401 (checks registers itself)

        post_migrate.connect(groups.give, dispatch_uid="groups")
