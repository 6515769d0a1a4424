"""The address of what authorities asked."""

from __future__ import annotations

from django.urls import URLPattern, path

from rights.api.views import legal

urlpatterns: list[URLPattern] = [path("legal-requests", legal.LegalRequestsView.as_view())]
