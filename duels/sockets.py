"""The doors that stay open: one line a WebSocket."""

from django.urls import URLPattern, path

from duels.mirror.consumer import MirrorConsumer
from duels.spectators import watch

sockets: list[URLPattern] = [
    path("ws/live/", watch),  # type: ignore[arg-type]
    path("ws/mirror/", MirrorConsumer.as_asgi()),
]
