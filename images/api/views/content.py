"""Versions of an image and their stored bytes."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import plain_request
from accounts.api.serializers.fields import read
from images.actions.cleaning import store_clean_copy
from images.actions.versions import remake_part, replace_version
from images.api.base import VaultView
from images.api.documents import image_document
from images.api.drafts import clean_copy_in, part_in, version_in
from images.api.finding import own_image, part_of
from images.api.serializers import (
    CommitVersionSerializer,
    ImageSerializer,
    KeptVersionSerializer,
    StoreCleanCopySerializer,
    UploadedPartSerializer,
    VersionsSerializer,
)
from images.api.versions import version_document, version_documents
from images.delivery import deliver
from images.models import CLEAN_PARTS, PLAIN_PARTS
from pocketvault.kernel.custody import OCTETS
from pocketvault.kernel.purposes import STORE_IMAGES

WHICH_BYTES = OpenApiParameter(
    "sha256", str, description="The part's SHA-256 in hex: the answer may then be kept for ever."
)
WHICH_PART = OpenApiParameter(
    "name", str, OpenApiParameter.PATH, enum=[*PLAIN_PARTS], description="Which part."
)
WHICH_CLEAN_PART = OpenApiParameter(
    "clean_name", str, OpenApiParameter.PATH, enum=[*CLEAN_PARTS], description="Which part."
)
BYTES = {(200, OCTETS): OpenApiTypes.BINARY, (206, OCTETS): OpenApiTypes.BINARY}


class AcceptAnything(BaseContentNegotiation):
    """Ciphertext is octets, whatever kind of image a client says it hopes for."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)


class VersionsView(VaultView):
    """The content of an image over time."""

    @extend_schema(operation_id="versions_list", responses=VersionsSerializer)
    def get(self, request: Request, image_id: UUID) -> Response:
        """All versions, oldest first, each with its wrapped key and its metadata."""
        image = own_image(self.account, image_id)
        return Response({"items": version_documents(image.pk)})


class VersionView(VaultView):
    """New content under the same id."""

    purpose = STORE_IMAGES

    @extend_schema(
        operation_id="versions_replace",
        request=CommitVersionSerializer,
        responses={200: ImageSerializer, 201: ImageSerializer},
    )
    def put(self, request: Request, image_id: UUID, number: int) -> Response:
        """Replace the content of the image. Repeating the same request answers 200."""
        image = own_image(self.account, image_id)
        draft = version_in(read(CommitVersionSerializer, request))
        is_new = replace_version(image, number, draft, actor=self.account)
        return Response(image_document(image), status=201 if is_new else 200)


class PartView(VaultView):
    """The stored bytes of one part."""

    purpose = STORE_IMAGES
    content_negotiation_class = AcceptAnything

    @extend_schema(operation_id="parts_read", parameters=[WHICH_PART, WHICH_BYTES], responses=BYTES)
    def get(self, request: Request, image_id: UUID, number: int, name: str) -> HttpResponseBase:
        """The ciphertext, whole or a range of it."""
        part = part_of(own_image(self.account, image_id), number, name)
        return deliver(part, plain_request(request), purpose=STORE_IMAGES, is_owner=True)

    @extend_schema(exclude=True)
    def head(self, request: Request, image_id: UUID, number: int, name: str) -> HttpResponseBase:
        """Size and ETag of the ciphertext."""
        part = part_of(own_image(self.account, image_id), number, name)
        return deliver(part, plain_request(request), purpose=STORE_IMAGES, is_owner=True)

    @extend_schema(
        operation_id="parts_remake",
        parameters=[WHICH_PART],
        request=UploadedPartSerializer,
        responses=ImageSerializer,
    )
    def put(self, request: Request, image_id: UUID, number: int, name: str) -> Response:
        """Store a preview or thumbnail that was made later, or made again."""
        image = own_image(self.account, image_id)
        draft = part_in(name, read(UploadedPartSerializer, request))
        remake_part(image, number, draft, actor=self.account)
        return Response(image_document(image))


class CleanCopyView(VaultView):
    """What of a version is shared, where its original carries more than the picture."""

    purpose = STORE_IMAGES

    @extend_schema(
        operation_id="versions_clean",
        request=StoreCleanCopySerializer,
        responses={200: KeptVersionSerializer, 201: KeptVersionSerializer},
    )
    def put(self, request: Request, image_id: UUID, number: int) -> Response:
        """Store a clean copy of the version. Repeating the same request answers 200."""
        image = own_image(self.account, image_id)
        draft = clean_copy_in(read(StoreCleanCopySerializer, request))
        is_new = store_clean_copy(image, number, draft, actor=self.account)
        return Response(version_document(image.pk, number), status=201 if is_new else 200)


class CleanPartView(VaultView):
    """The stored bytes of one part of a clean copy."""

    purpose = STORE_IMAGES
    content_negotiation_class = AcceptAnything

    @extend_schema(
        operation_id="clean_parts_read",
        parameters=[WHICH_CLEAN_PART, WHICH_BYTES],
        responses=BYTES,
    )
    def get(
        self, request: Request, image_id: UUID, number: int, clean_name: str
    ) -> HttpResponseBase:
        """The ciphertext, whole or a range of it."""
        part = part_of(own_image(self.account, image_id), number, clean_name)
        return deliver(part, plain_request(request), purpose=STORE_IMAGES, is_owner=True)

    @extend_schema(exclude=True)
    def head(
        self, request: Request, image_id: UUID, number: int, clean_name: str
    ) -> HttpResponseBase:
        """Size and ETag of the ciphertext."""
        part = part_of(own_image(self.account, image_id), number, clean_name)
        return deliver(part, plain_request(request), purpose=STORE_IMAGES, is_owner=True)
