"""The doors that stay open: one line a WebSocket."""

from django.urls import URLPattern, path

from duels.mirror.consumer import MirrorConsumer

sockets: list[URLPattern] = [
    path("ws/mirror/", MirrorConsumer.as_asgi()),
]
