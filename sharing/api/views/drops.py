"""Drops, as their owner's devices see them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import plain_request
from images.api.base import VaultView
from images.api.paging import limit_in, place_from_text, place_to_text
from images.api.views.content import BYTES, WHICH_BYTES, WHICH_PART, AcceptAnything
from images.delivery import deliver_upload
from images.models import Upload
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import DELETE_IMAGES, STORE_IMAGES
from sharing.actions.dropping import refuse_drop
from sharing.api.collect_bodies import DropsSerializer
from sharing.models import Drop, DropPart

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


class DroppedPartView(VaultView):
    """The stored bytes of one part of a drop, for whoever is to decide about it."""

    purpose = STORE_IMAGES
    content_negotiation_class = AcceptAnything

    @extend_schema(operation_id="drops_part", parameters=[WHICH_PART, WHICH_BYTES], responses=BYTES)
    def get(self, request: Request, drop_id: UUID, name: str) -> HttpResponseBase:
        """The ciphertext, whole or a range of it."""
        upload = self.upload_of(drop_id, name)
        return deliver_upload(upload, plain_request(request), purpose=STORE_IMAGES)

    @extend_schema(exclude=True)
    def head(self, request: Request, drop_id: UUID, name: str) -> HttpResponseBase:
        """Size and ETag of the ciphertext."""
        upload = self.upload_of(drop_id, name)
        return deliver_upload(upload, plain_request(request), purpose=STORE_IMAGES)

    def upload_of(self, drop_id: UUID, name: str) -> Upload:
        """Where these bytes are. Raises `NotFoundError`, also for what waits for others."""
        parts = DropPart.objects.filter(drop__owner=self.account, drop=drop_id, name=name)
        upload = Upload.objects.owned_by(self.account).filter(
            pk__in=parts.values("upload_id")
        ).first()  # fmt: skip
        if upload is None:
            raise NotFoundError
        return upload


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
