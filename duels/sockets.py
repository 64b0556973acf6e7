"""The doors that stay open: one line a WebSocket."""

from django.urls import URLPattern

sockets: list[URLPattern] = []
