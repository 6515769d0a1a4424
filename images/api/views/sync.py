"""The change feed, and the timeline of what the server knows: when things were stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import VaultView
from images.api.documents import album_documents, ready_documents, text_of
from images.api.feed_serializers import ChangesSerializer, MonthSerializer, TimelineSerializer
from images.api.paging import limit_in
from images.counts import months_of
from images.feed import Change, ids_of, read_feed
from images.models import ChangeKind, Image, ImagePart
from images.models.image import month_of


class SyncView(VaultView):
    """Everything that changed since this device last asked."""

    @extend_schema(
        operation_id="sync",
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("limit", int)],
        responses=ChangesSerializer,
    )
    def get(self, request: Request) -> Response:
        """A page of changes, oldest first; without a cursor, the whole library."""
        cursor = request.query_params.get("cursor", "")
        page = read_feed(self.account, cursor, limit_in(request))
        images = ready_documents(ids_of(page, ChangeKind.IMAGE), owner_id=self.account.pk)
        albums = album_documents([UUID(album) for album in ids_of(page, ChangeKind.ALBUM)])
        known: dict[str, Mapping[str, object]] = {
            ChangeKind.IMAGE.value: images,
            ChangeKind.ALBUM.value: {str(album): document for album, document in albums.items()},
        }
        changes = [_shown(change, known.get(change.kind)) for change in page.changes]
        return Response(
            {"changes": changes, "cursor": page.cursor, "has_more": page.has_more}
        )


class TimelineView(VaultView):
    """Months and how many images each holds."""

    @extend_schema(operation_id="timeline", responses=TimelineSerializer)
    def get(self, request: Request) -> Response:
        """The months in which images were stored, newest first."""
        months = months_of(self.account.pk)
        buckets = [{"month": f"{m // 100}-{m % 100:02}", "count": count} for m, count in months]
        return Response({"buckets": buckets})


class MonthView(VaultView):
    """The images of one month."""

    @extend_schema(operation_id="timeline_month", responses=MonthSerializer)
    def get(self, request: Request, month: datetime) -> Response:
        """Ids, times and sizes of the originals in columns, newest first."""
        images = Image.objects.owned_by(self.account).in_library()
        rows = (
            ImagePart.objects.current_originals()
            .filter(image__in=images.filter(stored_month=month_of(month)))
            .order_by("-image__stored_at", "-image_id")
            .values_list("image_id", "image__stored_at", "bytes")
        )
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        ids, stored_at, sizes = columns
        times = [text_of(at) for at in stored_at]
        return Response({"ids": ids, "stored_at": times, "bytes": sizes})


def _shown(change: Change, known: Mapping[str, object] | None) -> dict[str, object]:
    """One change with the object as it is now. What went since is already deleted here;
    its own tombstone follows. Of what layers above keep (``known`` is None) only the name.
    """
    document = known.get(change.object_id) if known is not None else None
    shown: dict[str, object] = {
        "kind": change.kind,
        "id": change.object_id,
        "is_deleted": change.is_deleted if known is None else document is None,
    }
    if document is not None:
        shown[change.kind] = document
    return shown
