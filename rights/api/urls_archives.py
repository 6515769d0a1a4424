"""Addresses of archives."""

from __future__ import annotations

from django.urls import URLPattern, path

from rights.api.views import archives

urlpatterns: list[URLPattern] = [
    path("archives", archives.ArchivesView.as_view()),
    path("archives/<uuid:archive_id>", archives.ArchiveView.as_view()),
    path("archives/<uuid:archive_id>/content", archives.ArchiveContentView.as_view()),
]
