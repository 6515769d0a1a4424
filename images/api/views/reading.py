"""What reading everything stored again has found. Sums of days, which are about nobody."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import OpenView
from images.actions.scrubbing import ROUND
from images.api.reading_serializers import FixitySerializer
from images.models import ReadingDay
from pocketvault.kernel.blobs import second_store


class FixityView(OpenView):
    """Whether stored bytes are still those that came."""

    @extend_schema(operation_id="fixity", responses=FixitySerializer)
    def get(self, request: Request) -> Response:
        """The last thirty days, newest first. Open to everybody: it is evidence for a promise."""
        del request
        first = timezone.now().date() - timedelta(days=ROUND.days - 1)
        days = ReadingDay.objects.filter(day__gte=first).order_by("-day")
        answer = {
            "round_days": ROUND.days,
            "has_second_store": second_store() is not None,
            "days": list(days.values("day", "parts", "bytes", "damaged", "mended")),
        }
        return Response(FixitySerializer(answer).data)
