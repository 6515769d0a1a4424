"""Addresses of choices."""

from __future__ import annotations

from django.urls import URLPattern, path

from rights.api.views import choices

urlpatterns: list[URLPattern] = [
    path("me/choices", choices.ChoicesView.as_view()),
]
