"""What somebody with a share link finds. Nobody is signed in here."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import plain_request
from accounts.api.serializers.fields import read
from images.api.paging import limit_in
from images.api.views.content import BYTES, AcceptAnything
from images.delivery import deliver
from images.models import Toucher
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import SHARE_IMAGES
from sharing.actions.visits import begin_visit
from sharing.api.base import NobodysView, VisitorView, limit_looks, limit_tries
from sharing.api.entries import EntriesSerializer, entry_document
from sharing.api.link_bodies import (
    AskedProofSerializer,
    BegunVisitSerializer,
    ProofSerializer,
    VisitedAlbumSerializer,
    VisitedItemsSerializer,
)
from sharing.link_errors import LinkAsleepError, LinkEndedError
from sharing.models import HistoryEntry, ShareLink
from sharing.visiting import PARTS, visited_album, visited_items, visited_part

PAGE_ENTRIES = 500
PAGE = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]
WHICH_PART = OpenApiParameter(
    "name", str, OpenApiParameter.PATH, enum=PARTS, description="Which part."
)
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


class LinkDoorView(NobodysView):
    """What a link asks for before it opens."""

    @extend_schema(operation_id="links_ask", responses=AskedProofSerializer)
    def get(self, request: Request, link_id: UUID) -> Response:
        """Whether it has a password, and how that is stretched. Counts as no visit."""
        limit_looks(request)
        link = ShareLink.objects.filter(pk=link_id).first()
        if link is None:
            raise NotFoundError
        if not link.leads_somewhere_at(timezone.now()):
            raise LinkEndedError
        if link.asleep_since is not None:
            raise LinkAsleepError
        return Response({"kdf": link.kdf_parameters})


# Why and to whom: nobody knows who has a link.
TO_VISITOR: Any = {"purpose": SHARE_IMAGES, "is_owner": False, "other": Toucher.LINK}


class BeginVisitView(NobodysView):
    """The way in."""

    @extend_schema(
        operation_id="visits_begin", request=ProofSerializer, responses={201: BegunVisitSerializer}
    )
    def post(self, request: Request, link_id: UUID) -> Response:
        """Begin a visit of one hour, by the proof. Counts once against the link's limit."""
        limit_tries(request)
        begun = begin_visit(link_id, read(ProofSerializer, request)["auth_key"])
        return Response({"token": begun.token, "ends_at": begun.visit.ends_at}, status=201)


class VisitedAlbumView(VisitorView):
    """The album behind the link."""

    @extend_schema(operation_id="visits_album", responses=VisitedAlbumSerializer)
    def get(self, request: Request) -> Response:
        """Its settings, its wrapped keys, and whose it is."""
        return Response(visited_album(self.link, self.shared_album))


class VisitedItemsView(VisitorView):
    """The photos behind the link."""

    @extend_schema(operation_id="visits_items", parameters=PAGE, responses=VisitedItemsSerializer)
    def get(self, request: Request) -> Response:
        """Up to 500 photos, each with its wrapped key."""
        cursor, limit = request.query_params.get("cursor", ""), limit_in(request)
        items, following = visited_items(self.link, self.shared_album, cursor, limit)
        return Response({"items": items, "cursor": following})


class VisitedPartView(VisitorView):
    """The stored bytes of one part of a photo."""

    content_negotiation_class = AcceptAnything

    @extend_schema(operation_id="visits_part", parameters=[WHICH_PART], responses=BYTES)
    def get(self, request: Request, image_id: UUID, name: str) -> HttpResponseBase:
        """The ciphertext, whole or a range of it."""
        part = visited_part(self.link, self.shared_album, image_id, name)
        return deliver(part, plain_request(request), **TO_VISITOR)

    @extend_schema(exclude=True)
    def head(self, request: Request, image_id: UUID, name: str) -> HttpResponseBase:
        """Size and ETag of the ciphertext."""
        part = visited_part(self.link, self.shared_album, image_id, name)
        return deliver(part, plain_request(request), **TO_VISITOR)


class VisitedHistoryView(VisitorView):
    """The signed history of the album."""

    @extend_schema(
        operation_id="visits_history",
        parameters=[OpenApiParameter("after", int)],
        responses=EntriesSerializer,
    )
    def get(self, request: Request) -> Response:
        """Up to 500 entries, oldest first."""
        asked = request.query_params.get("after") or "0"
        if not _NUMBER.fullmatch(asked):
            raise serializers.ValidationError({"after": "Use a whole number."})
        entries = HistoryEntry.objects.filter(history=self.shared_album.pk, seq__gt=int(asked))
        rows = list(entries.order_by("seq")[: PAGE_ENTRIES + 1])
        page = [entry_document(row) for row in rows[:PAGE_ENTRIES]]
        has_more = len(rows) > PAGE_ENTRIES
        return Response(EntriesSerializer({"items": page, "has_more": has_more}).data)
