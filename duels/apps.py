from django.apps import AppConfig
from django.urls import register_converter

from duels.ids import PublicId


class DuelsConfig(AppConfig):
    name = "duels"

    def ready(self) -> None:
        register_converter(PublicId, "public_id")
