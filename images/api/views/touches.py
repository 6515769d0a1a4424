"""Who came to photos."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import VaultView
from images.api.finding import own_image
from images.api.touch_serializers import TouchesSerializer
from images.models import Image, Touch, TouchDay, Toucher
from pocketvault.kernel.purposes import SCRUB_IMAGES, purpose_named

# A year has at most so many rows of a photo that everybody looks at every day; a page less.
MOST_ROWS = 400
DAYS_OF_ALL = timedelta(days=30)


class TouchesView(VaultView):
    """Who came to one photo."""

    @extend_schema(operation_id="image_touches", responses=TouchesSerializer)
    def get(self, request: Request, image_id: UUID) -> Response:
        """By class, purpose and day, for its owner alone. Up to 400 lines of the last year."""
        image = own_image(self.account, image_id)
        return Response({"items": _scrubbed(image) + _lines(Touch.objects.filter(image=image))})


class AllTouchesView(VaultView):
    """Who came to all photos of the account together."""

    @extend_schema(operation_id="touches", responses=TouchesSerializer)
    def get(self, request: Request) -> Response:
        """By class, purpose and day, of the last thirty days."""
        since = timezone.now().date() - DAYS_OF_ALL
        found = TouchDay.objects.filter(owner=self.account, day__gte=since)
        return Response({"items": _lines(found)})


def _lines(found: QuerySet[Any]) -> list[dict[str, object]]:
    """One query, however often somebody came."""
    rows = found.order_by("-day", "who", "purpose")[:MOST_ROWS]
    return [
        {
            "day": row.day, "who": row.who, "purpose": row.purpose,
            "title": _title(row.purpose), "count": row.count,
        }
        for row in rows
    ]  # fmt: skip


def _scrubbed(image: Image) -> list[dict[str, object]]:
    """When the scrub was there last, and how many parts it read then: that has no rows."""
    again = image.parts.filter(read_at__gt=F("verified_at")).values_list("read_at", flat=True)
    days = [moment.date() for moment in again if moment is not None]
    if not days:
        return []
    return [
        {
            "day": max(days), "who": Toucher.WORKER.value, "purpose": SCRUB_IMAGES.name,
            "title": _title(SCRUB_IMAGES.name), "count": days.count(max(days)),
        }
    ]  # fmt: skip


def _title(name: str) -> str:
    """A purpose of an earlier version of the service has its name alone."""
    purpose = purpose_named(name)
    return gettext(purpose.title) if purpose else name
