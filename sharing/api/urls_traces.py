"""Addresses of tracing, under ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from sharing.api.views.traces import TracesView, TraceView

urlpatterns = [
    path("traces", TracesView.as_view()),
    path("traces/<uuid:found_copy_id>", TraceView.as_view()),
]
