"""Addresses of exports."""

from __future__ import annotations

from django.urls import URLPattern, path

from rights.api.views import exports

urlpatterns: list[URLPattern] = [path("exports", exports.ExportsView.as_view())]
