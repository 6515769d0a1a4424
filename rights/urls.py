"""Addresses of the public log, under ``/log/``."""

from __future__ import annotations

from django.urls import path

from rights import log_views

urlpatterns = [
    path("checkpoint", log_views.show_checkpoint),
    path("key", log_views.show_key),
    path("release/<str:manifest_sha256>", log_views.show_release),
    path("tile/<path:tile>", log_views.show_tile),
]
