"""The account's own publications."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from accounts.models import Account
from images.api.base import VaultView
from images.api.views.content import AcceptAnything
from images.models import Toucher
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import PUBLISH_IMAGES
from sharing.actions.publishing import change_words, publish
from sharing.actions.withdrawing import withdraw, withdraw_all
from sharing.api.publication_documents import publication_document, publications_document
from sharing.api.serializers.publications import (
    PublicationSerializer,
    PublicationsSerializer,
    PublishSerializer,
    StatementSerializer,
    WithdrawSerializer,
    publication_in,
)
from sharing.models import Publication, Rendition, RenditionKind
from sharing.models.publication import SIZES
from sharing.publication_keys import open_rendition

NOTHING = {204: OpenApiResponse(description="Done.")}
AFTER = [OpenApiParameter("after", OpenApiTypes.UUID, description="The `next` of a page.")]
WHICH_PICTURE = [
    OpenApiParameter(
        "size", int, OpenApiParameter.PATH, enum=[*SIZES], description="Its long edge in pixels."
    ),
    OpenApiParameter(
        "kind", str, OpenApiParameter.PATH, enum=[*RenditionKind], description="Its encoding."
    ),
]
PICTURE = {(200, kind.media_type): OpenApiTypes.BINARY for kind in RenditionKind}


class PublicationsView(VaultView):
    """Everything this account shows to everyone."""

    @extend_schema(
        operation_id="publications_list", parameters=AFTER, responses=PublicationsSerializer
    )
    def get(self, request: Request) -> Response:
        """Pages of 500 in the order of their ids, those under way and refused included."""
        page = publications_document(self.account, after_in(request))
        return Response(PublicationsSerializer(page).data)


class PublicationView(VaultView):
    """One publication."""

    purpose = PUBLISH_IMAGES

    @extend_schema(operation_id="publications_read", responses=PublicationSerializer)
    def get(self, request: Request, publication_id: UUID) -> Response:
        """How far it has come, and what its owner said about it."""
        return answer(own_publication(self.account, publication_id))

    @extend_schema(
        operation_id="publications_publish",
        request=PublishSerializer,
        responses={200: PublicationSerializer, 201: PublicationSerializer},
    )
    def put(self, request: Request, publication_id: UUID) -> Response:
        """Hand a stripped copy over, with its key. Repeating the same request answers 200."""
        draft = publication_in(read(PublishSerializer, request))
        is_new = publish(publication_id, draft, actor=self.account)
        publication = own_publication(self.account, publication_id)
        return answer(publication, status=201 if is_new else 200)


class PublicationStatementView(VaultView):
    """What its owner says about a publication."""

    @extend_schema(
        operation_id="publications_change",
        request=StatementSerializer,
        responses=PublicationSerializer,
    )
    @once
    def post(self, request: Request, publication_id: UUID) -> Response:
        """Change caption, creator and licence by the next statement about the same picture."""
        change_words(publication_id, **read(StatementSerializer, request), actor=self.account)
        return answer(own_publication(self.account, publication_id))


class WithdrawView(VaultView):
    """The end of a publication."""

    @extend_schema(
        operation_id="publications_withdraw", request=WithdrawSerializer, responses=NOTHING
    )
    @once
    def post(self, request: Request, publication_id: UUID) -> Response:
        """Show it to nobody any more, at once."""
        withdraw(publication_id, **read(WithdrawSerializer, request), actor=self.account)
        return Response(status=204)


class WithdrawAllView(VaultView):
    """The end of all publications."""

    @extend_schema(
        operation_id="publications_withdraw_all", request=WithdrawSerializer, responses=NOTHING
    )
    @once
    def post(self, request: Request) -> Response:
        """Show none of them any more, at once. The profile stays, empty."""
        withdraw_all(**read(WithdrawSerializer, request), actor=self.account)
        return Response(status=204)


class PublicationPictureView(VaultView):
    """A picture as everyone sees it."""

    purpose = PUBLISH_IMAGES
    content_negotiation_class = AcceptAnything

    @extend_schema(
        operation_id="publications_picture", parameters=WHICH_PICTURE, responses=PICTURE
    )
    def get(self, request: Request, publication_id: UUID, size: int, kind: str) -> HttpResponse:
        """For its owner, before or after others see it."""
        publication = own_publication(self.account, publication_id)
        found = Rendition.objects.filter(publication=publication, size=size, kind=kind)
        rendition = found.select_related("publication").first()
        if rendition is None:
            raise NotFoundError
        return HttpResponse(
            open_rendition(rendition, purpose=PUBLISH_IMAGES, who=Toucher.OWNER),
            content_type=RenditionKind(rendition.kind).media_type,
            headers={"Cache-Control": "private, no-store"},
        )


def own_publication(account: Account, publication_id: UUID) -> Publication:
    """The account's publication. Raises `NotFoundError`."""
    found = Publication.objects.owned_by(account).filter(pk=publication_id).first()
    if found is None:
        raise NotFoundError
    return found


def answer(publication: Publication, *, status: int = 200) -> Response:
    """A publication as an answer."""
    data = PublicationSerializer(publication_document(publication)).data
    return Response(data, status=status)


def after_in(request: Request) -> UUID | None:
    """Where the page asked for begins. Raises DRF's ``ValidationError``."""
    text = request.query_params.get("after")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise serializers.ValidationError({"after": "Use an id."}) from error
