"""Addresses of requests."""

from __future__ import annotations

from django.urls import URLPattern, path

from rights.api.views import requests

urlpatterns: list[URLPattern] = [
    path("requests", requests.DataRequestsView.as_view()),
    path("requests/<uuid:request_id>", requests.DataRequestView.as_view()),
    path(
        "requests/<uuid:request_id>/letters/<uuid:letter_id>/letter.pdf",
        requests.RequestLetterView.as_view(),
    ),
]
