"""What this server is, for every client's first question."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db.models import F
from django.middleware.csrf import get_token
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import plain_request
from accounts.api.base import OpenView
from accounts.api.serializers.keys import ServerSerializer
from pocketvault.kernel import vapid
from pocketvault.kernel.models import Restoration

OLDEST_CLIENT = "1.0.0"
CHUNK_BYTES = 8 * 2**20
BATCH_ITEMS = 500
# Below this one request is quicker than three.
SMALL_UPLOAD_BYTES = 4 * 2**20


def _newest_restoration() -> Mapping[str, object] | None:
    proven = {"entry": F("proven__entry"), "proof": F("proven__proof")}
    said = Restoration.objects.values("restored_at", "restored_to", **proven)
    return said.order_by("-pk").first()


class ServerView(OpenView):
    """The server itself."""

    @extend_schema(responses=ServerSerializer)
    def get(self, request: Request) -> Response:
        """Versions, time and limits. Sets the CSRF cookie that every change needs."""
        get_token(plain_request(request))
        answer = {
            "name": "PocketVault",
            "version": settings.SPECTACULAR_SETTINGS["VERSION"],
            "oldest_client": OLDEST_CLIENT,
            "time": timezone.now(),
            "limits": {
                "upload_bytes": settings.UPLOAD_LIMIT_BYTES,
                "chunk_bytes": CHUNK_BYTES,
                "batch_items": BATCH_ITEMS,
                "json_bytes": settings.JSON_LIMIT_BYTES,
                "small_upload_bytes": SMALL_UPLOAD_BYTES,
                "whole_photo_bytes": settings.WHOLE_PHOTO_BYTES,
            },
            "push": {"public_key": vapid.public_key()},
            "restoration": _newest_restoration(),
        }
        return Response(ServerSerializer(answer).data)
