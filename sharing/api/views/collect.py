"""Collect links: as their owner manages them, and what guests are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from accounts.models import Account
from images.api.base import VaultView
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url
from sharing.actions.collecting import (
    begin_guest_visit,
    change_collect_limits,
    end_collect_link,
    limit_error,
    make_collect_link,
    wake_collect_link,
)
from sharing.api.base import NobodysView, limit_looks, limit_tries
from sharing.api.collect_bodies import (
    BegunGuestVisitSerializer,
    CollectLimitsSerializer,
    CollectLinkSerializer,
    CollectLinksSerializer,
    GuestsLinkSerializer,
    MakeCollectLinkSerializer,
    collect_limits_in,
    collect_link_in,
)
from sharing.api.link_bodies import ProofSerializer
from sharing.api.views.links import guarded_document
from sharing.link_errors import LinkAsleepError, LinkEndedError
from sharing.models import CollectLink
from sharing.owners import owner_document

NOTHING = {204: OpenApiResponse(description="Done.")}


class CollectLinksView(VaultView):
    """All collect links."""

    @extend_schema(operation_id="collect_links_list", responses=CollectLinksSerializer)
    def get(self, request: Request) -> Response:
        """All of them, those that ended in the last 90 days included."""
        links = CollectLink.objects.owned_by(self.account).order_by("-made_at", "-pk")
        items = [collect_link_document(link) for link in links]
        return Response(CollectLinksSerializer({"items": items}).data)


class CollectLinkView(VaultView):
    """One collect link. Guests may look at it; everything else is its owner's."""

    def get_authenticators(self) -> list[BaseAuthentication]:
        """None for a look: nobody's sign-in, still good or not, makes a difference to it."""
        return [] if self._is_look() else super().get_authenticators()

    def get_permissions(self) -> Sequence[Any]:
        return [AllowAny()] if self._is_look() else super().get_permissions()

    def _is_look(self) -> bool:
        # Nothing is asked while the API is described.
        return self.request is not None and self.request.method == "GET"

    @extend_schema(operation_id="collect_links_ask", responses=GuestsLinkSerializer, auth=[])
    def get(self, request: Request, collect_link_id: UUID) -> Response:
        """Whose it is, what it asks for, and what is left of its limits."""
        limit_looks(request)
        link = CollectLink.objects.filter(pk=collect_link_id).first()
        if link is None:
            raise NotFoundError
        if not link.stands_at(timezone.now()):
            raise LinkEndedError
        if link.asleep_since is not None:
            raise LinkAsleepError
        return Response(
            {
                "kdf": link.kdf_parameters,
                "owner": owner_document(link.owner_id),
                "expires_at": link.expires_at,
                **limit_error(link).details,
            }
        )

    @extend_schema(
        operation_id="collect_links_make",
        request=MakeCollectLinkSerializer,
        responses={200: CollectLinkSerializer, 201: CollectLinkSerializer},
    )
    def put(self, request: Request, collect_link_id: UUID) -> Response:
        """Make a collect link. Repeating the same request answers 200."""
        draft = collect_link_in(read(MakeCollectLinkSerializer, request))
        is_new = make_collect_link(collect_link_id, draft, actor=self.account)
        link = own_collect_link(self.account, collect_link_id)
        data = CollectLinkSerializer(collect_link_document(link)).data
        return Response(data, status=201 if is_new else 200)

    @extend_schema(operation_id="collect_links_end", responses=NOTHING)
    def delete(self, request: Request, collect_link_id: UUID) -> Response:
        """End it at once. What was brought through it stays."""
        end_collect_link(own_collect_link(self.account, collect_link_id), actor=self.account)
        return Response(status=204)


class CollectLimitsView(VaultView):
    """What a collect link allows."""

    @extend_schema(
        operation_id="collect_links_limit",
        request=CollectLimitsSerializer,
        responses=CollectLinkSerializer,
    )
    def put(self, request: Request, collect_link_id: UUID) -> Response:
        """Replace its name, when it ends, and how much comes through it."""
        link = own_collect_link(self.account, collect_link_id)
        limits = collect_limits_in(read(CollectLimitsSerializer, request))
        change_collect_limits(link, limits, actor=self.account)
        link = own_collect_link(self.account, collect_link_id)
        return Response(CollectLinkSerializer(collect_link_document(link)).data)


class WakeCollectLinkView(VaultView):
    """A collect link that was guessed at too often."""

    @extend_schema(operation_id="collect_links_wake", request=None, responses=NOTHING)
    @once
    def post(self, request: Request, collect_link_id: UUID) -> Response:
        """Let it be opened again."""
        wake_collect_link(own_collect_link(self.account, collect_link_id), actor=self.account)
        return Response(status=204)


class BeginGuestVisitView(NobodysView):
    """A guest's way in."""

    @extend_schema(
        operation_id="guests_begin",
        request=ProofSerializer,
        responses={201: BegunGuestVisitSerializer},
    )
    def post(self, request: Request, collect_link_id: UUID) -> Response:
        """Begin a visit of one hour, by the proof."""
        limit_tries(request)
        begun = begin_guest_visit(collect_link_id, read(ProofSerializer, request)["auth_key"])
        name = CollectLink.objects.values_list("name", flat=True).get(pk=collect_link_id)
        return Response(
            {
                "token": begun.token,
                "ends_at": begun.visit.ends_at,
                "name": to_base64url(bytes(name)),
            },
            status=201,
        )


def own_collect_link(account: Account, collect_link_id: UUID) -> CollectLink:
    """The account's collect link. Raises `NotFoundError`."""
    link = CollectLink.objects.owned_by(account).filter(pk=collect_link_id).first()
    if link is None:
        raise NotFoundError
    return link


def collect_link_document(link: CollectLink) -> dict[str, object]:
    """What `CollectLinkSerializer` describes, before bytes become text."""
    return {
        **guarded_document(link),
        "name": link.name,
        "byte_limit": link.byte_limit,
        "bytes_taken": link.bytes_taken,
        "photo_limit": link.photo_limit,
        "photos_taken": link.photos_taken,
    }
