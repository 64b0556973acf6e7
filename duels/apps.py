from django.apps import AppConfig
from django.db.models.signals import post_save
from django.urls import register_converter

from duels.ids import PublicId


class DuelsConfig(AppConfig):
    name = "duels"

    def ready(self) -> None:
        from duels import appearance

        register_converter(PublicId, "public_id")
        post_save.connect(appearance.saved, sender="accounts.Player")
