"""Addresses of images, under ``/api/v1/``."""

from __future__ import annotations

from datetime import datetime

from django.urls import path, register_converter

from images.api.tus import UploadListView, UploadView
from images.api.views import albums, content, images, reading, records, sync, touches
from images.models import CLEAN_PARTS, PLAIN_PARTS


class PartConverter:
    """Which part of a version."""

    regex = "|".join(PLAIN_PARTS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class CleanPartConverter(PartConverter):
    """Which part of a version's clean copy."""

    regex = "|".join(CLEAN_PARTS)


class MonthConverter:
    """A month such as ``2026-11``, as the first moment of it."""

    regex = r"[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> datetime:
        return datetime.strptime(f"{value}+0000", "%Y-%m%z")

    def to_url(self, value: datetime) -> str:
        return f"{value:%Y-%m}"


register_converter(PartConverter, "part")
register_converter(CleanPartConverter, "clean_part")
register_converter(MonthConverter, "month")

urlpatterns = [
    path("uploads", UploadListView.as_view(), name="uploads"),
    path("uploads/<uuid:upload_id>", UploadView.as_view(), name="upload"),
    path("images", images.ImagesView.as_view()),
    path("images/check", images.CheckView.as_view()),
    path("images/batch", images.BatchView.as_view()),
    path("images/<uuid:image_id>", images.ImageView.as_view()),
    path("images/<uuid:image_id>/bin", images.BinView.as_view()),
    path("images/<uuid:image_id>/restore", images.RestoreView.as_view()),
    path("images/<uuid:image_id>/marks", records.MarksView.as_view()),
    path("images/<uuid:image_id>/corrections", records.CorrectionsView.as_view()),
    path("images/<uuid:image_id>/touches", touches.TouchesView.as_view()),
    path("touches", touches.AllTouchesView.as_view()),
    path("images/<uuid:image_id>/versions", content.VersionsView.as_view()),
    path("images/<uuid:image_id>/versions/<int:number>", content.VersionView.as_view()),
    path("images/<uuid:image_id>/versions/<int:number>/clean", content.CleanCopyView.as_view()),
    path("images/<uuid:image_id>/versions/<int:number>/<part:name>", content.PartView.as_view()),
    path(
        "images/<uuid:image_id>/versions/<int:number>/<clean_part:clean_name>",
        content.CleanPartView.as_view(),
    ),
    path("albums", albums.AlbumsView.as_view()),
    path("albums/<uuid:album_id>", albums.AlbumView.as_view()),
    path("albums/<uuid:album_id>/items", albums.ItemsView.as_view()),
    path("albums/<uuid:album_id>/items/remove", albums.RemoveItemsView.as_view()),
    path("fixity", reading.FixityView.as_view()),
    path("sync", sync.SyncView.as_view()),
    path("timeline", sync.TimelineView.as_view()),
    path("timeline/<month:month>", sync.MonthView.as_view()),
]
