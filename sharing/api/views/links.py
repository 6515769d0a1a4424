"""Share links, as their owner manages them."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from accounts.models import Account
from images.api.base import VaultView
from pocketvault.kernel.errors import NotFoundError
from sharing.actions.links import change_limits, make_link, revoke_link, wake_link
from sharing.api.entries import entry_in
from sharing.api.link_bodies import (
    LinkLimitsSerializer,
    MakeLinkSerializer,
    ShareLinkSerializer,
    ShareLinksSerializer,
    SignedEndSerializer,
    limits_in,
    link_in,
)
from sharing.models import SharedAlbum, ShareLink
from sharing.models.link import GuardedLink

NOTHING = {204: OpenApiResponse(description="Done.")}


class LinksView(VaultView):
    """The links to one album."""

    @extend_schema(operation_id="links_list", responses=ShareLinksSerializer)
    def get(self, request: Request, album_id: UUID) -> Response:
        """All links of the album, those that ended in the last 90 days included."""
        if not SharedAlbum.objects.filter(pk=album_id, album__owner=self.account).exists():
            raise NotFoundError
        links = ShareLink.objects.owned_by(self.account).filter(shared_album=album_id)
        items = [link_document(link) for link in links.order_by("-made_at", "-pk")]
        return Response(ShareLinksSerializer({"items": items}).data)


class LinkView(VaultView):
    """One link, to be made."""

    @extend_schema(
        operation_id="links_make",
        request=MakeLinkSerializer,
        responses={200: ShareLinkSerializer, 201: ShareLinkSerializer},
    )
    def put(self, request: Request, album_id: UUID, link_id: UUID) -> Response:
        """Make a link. Repeating the same request answers 200."""
        body = read(MakeLinkSerializer, request)
        entry = entry_in(body["entry"])
        is_new = make_link(album_id, link_id, link_in(body), entry, actor=self.account)
        link = own_link(self.account, album_id, link_id)
        data = ShareLinkSerializer(link_document(link)).data
        return Response(data, status=201 if is_new else 200)


class LinkLimitsView(VaultView):
    """What a link allows."""

    @extend_schema(
        operation_id="links_limit", request=LinkLimitsSerializer, responses=ShareLinkSerializer
    )
    def put(self, request: Request, album_id: UUID, link_id: UUID) -> Response:
        """Replace when it ends, how often it opens, and whether originals can be downloaded."""
        link = own_link(self.account, album_id, link_id)
        change_limits(link, limits_in(read(LinkLimitsSerializer, request)), actor=self.account)
        link = own_link(self.account, album_id, link_id)
        return Response(ShareLinkSerializer(link_document(link)).data)


class RevokeLinkView(VaultView):
    """The end of a link."""

    @extend_schema(operation_id="links_revoke", request=SignedEndSerializer, responses=NOTHING)
    @once
    def post(self, request: Request, album_id: UUID, link_id: UUID) -> Response:
        """End it at once, with the visits that are under way."""
        entry = entry_in(read(SignedEndSerializer, request)["entry"])
        revoke_link(own_link(self.account, album_id, link_id), entry, actor=self.account)
        return Response(status=204)


class WakeLinkView(VaultView):
    """A link that was guessed at too often."""

    @extend_schema(operation_id="links_wake", request=None, responses=NOTHING)
    @once
    def post(self, request: Request, album_id: UUID, link_id: UUID) -> Response:
        """Let it be opened again."""
        wake_link(own_link(self.account, album_id, link_id), actor=self.account)
        return Response(status=204)


def own_link(account: Account, album_id: UUID, link_id: UUID) -> ShareLink:
    """The account's link to this album. Raises `NotFoundError`."""
    links = ShareLink.objects.owned_by(account)
    link = links.filter(shared_album=album_id, pk=link_id).first()
    if link is None:
        raise NotFoundError
    return link


def guarded_document(link: GuardedLink) -> dict[str, object]:
    """What is the same of every link, before bytes become text."""
    wrapped_secret, wrapped_key = link.owners_keys
    return {
        "id": link.pk,
        "made_at": link.made_at,
        "expires_at": link.expires_at,
        "ended_at": link.ended_at,
        "asleep_since": link.asleep_since,
        "last_used_on": link.last_used_on,
        "has_password": link.kdf_parameters is not None,
        "wrong_proofs": link.wrong_proofs,
        "wrapped_secret": wrapped_secret,
        "wrapped_key": wrapped_key,
    }


def link_document(link: ShareLink) -> dict[str, object]:
    """What `ShareLinkSerializer` describes, before bytes become text."""
    return {
        **guarded_document(link),
        "views": link.views,
        "view_limit": link.view_limit,
        "can_download": link.can_download,
    }
