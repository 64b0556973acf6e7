from django.apps import AppConfig


class EmotionDuelConfig(AppConfig):
    name = "emotionduel"

    def ready(self) -> None:
        from emotionduel import checks  # noqa: F401 (registers them)
