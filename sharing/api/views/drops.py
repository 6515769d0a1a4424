"""Drops, as their owner's devices see them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from images.api.base import VaultView
from images.api.paging import limit_in, place_from_text, place_to_text
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import DELETE_IMAGES
from sharing.actions.dropping import refuse_drop
from sharing.api.collect_bodies import DropsSerializer
from sharing.models import Drop

PAGE = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]


class DropsView(VaultView):
    """What guests brought and the account has not taken in."""

    @extend_schema(operation_id="drops_list", parameters=PAGE, responses=DropsSerializer)
    def get(self, request: Request) -> Response:
        """Oldest first, with the uploads that a commit names to take one in."""
        limit = limit_in(request)
        drops = Drop.objects.brought_to(self.account).order_by("made_at", "id")
        if cursor := request.query_params.get("cursor"):
            at, drop_id = place_from_text(cursor)
            drops = drops.filter(Q(made_at__gt=at) | Q(made_at=at, id__gt=drop_id))
        rows = list(drops.prefetch_related("parts")[: limit + 1])
        page = [_document(drop) for drop in rows[:limit]]
        last = rows[limit - 1] if len(rows) > limit else None
        following = place_to_text(last.made_at, last.pk) if last else None
        return Response(DropsSerializer({"items": page, "cursor": following}).data)


class DropView(VaultView):
    """One drop."""

    purpose = DELETE_IMAGES

    @extend_schema(
        operation_id="drops_refuse", responses={204: OpenApiResponse(description="Gone.")}
    )
    def delete(self, request: Request, drop_id: UUID) -> Response:
        """Refuse it: its bytes go."""
        drop = Drop.objects.brought_to(self.account).filter(pk=drop_id).first()
        if drop is None:
            raise NotFoundError
        refuse_drop(drop, actor=self.account)
        return Response(status=204)


def _document(drop: Drop) -> dict[str, object]:
    parts = {
        part.name: {"upload": part.upload_id, "bytes": part.bytes, "sha256": part.sha256}
        for part in drop.parts.all()
    }
    return {
        "id": drop.pk,
        "link_id": drop.link_id,
        "image_id": drop.image_id,
        "made_at": drop.made_at,
        "expires_at": drop.expires_at,
        "metadata": drop.metadata,
        "payload": drop.payload,
        "parts": parts,
    }
