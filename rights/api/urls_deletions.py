"""Addresses of deletions and closed accounts."""

from __future__ import annotations

from django.urls import URLPattern, path

from rights.api.views import closings, deletions

urlpatterns: list[URLPattern] = [
    path("deletions", deletions.DeletionsView.as_view()),
    path("me/closing", closings.OwnClosingView.as_view()),
    path("closings/<uuid:closing_id>", closings.ClosingView.as_view()),
]
