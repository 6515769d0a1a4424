"""Images: storing, finding, deleting."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import plain_request
from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from accounts.guards import deletion_delay
from images.actions.disposal import bin_images, purge_image, restore_images
from images.actions.storing import commit_image
from images.actions.whole import store_whole
from images.api.base import VaultView
from images.api.batching import run_batch
from images.api.documents import image_document, new_image_document, ready_documents
from images.api.drafts import image_in
from images.api.finding import own_image
from images.api.paging import limit_in, place_from_text, place_to_text
from images.api.serializers import (
    BatchSerializer,
    CheckSerializer,
    CommitImageSerializer,
    DelayedPurgeSerializer,
    ImageSerializer,
    ImagesSerializer,
    KnownSerializer,
    ResultsSerializer,
)
from images.api.whole import DESCRIPTION, is_whole, whole_in
from images.models import Image
from images.twins import twins_of
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.purposes import DELETE_IMAGES, STORE_IMAGES, VERIFY_IMAGES

PAGE = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]
GONE_OR_WAITING = {
    202: DelayedPurgeSerializer,
    204: OpenApiResponse(description="Gone, for good."),
}


class ImagesView(VaultView):
    """The library."""

    @extend_schema(operation_id="images_list", parameters=PAGE, responses=ImagesSerializer)
    def get(self, request: Request) -> Response:
        """Every image, the recycle bin included, newest first."""
        limit = limit_in(request)
        images = Image.objects.owned_by(self.account).order_by("-stored_at", "-id")
        if cursor := request.query_params.get("cursor"):
            at, image_id = place_from_text(cursor)
            images = images.filter(Q(stored_at__lt=at) | Q(stored_at=at, id__lt=image_id))
        rows = list(images.values_list("id", "stored_at")[: limit + 1])
        ids = [image_id for image_id, _ in rows[:limit]]
        found = ready_documents([str(each) for each in ids], owner_id=self.account.pk)
        last = rows[limit - 1] if len(rows) > limit else None
        following = place_to_text(last[1], last[0]) if last else None
        items = [found[str(image_id)] for image_id in ids if str(image_id) in found]
        return Response({"items": items, "cursor": following})


class ImageView(VaultView):
    """One image, as its owner sees it. While the vault is shut, deleting it waits."""

    purpose = STORE_IMAGES
    while_shut = frozenset({"DELETE"})

    @extend_schema(responses=ImageSerializer)
    def get(self, request: Request, image_id: UUID) -> Response:
        """The image, with its wrapped keys."""
        return Response(image_document(own_image(self.account, image_id)))

    @extend_schema(
        request={"application/json": CommitImageSerializer, **DESCRIPTION},
        responses={200: ImageSerializer, 201: ImageSerializer},
    )
    def put(self, request: Request, image_id: UUID) -> Response:
        """Make finished uploads an image, or what comes along. Repeating the same request
        answers 200.
        """
        if is_whole(request):
            draft, sent = whole_in(request), plain_request(request).read
            stored_at = store_whole(image_id, draft, sent, actor=self.account)
        else:
            draft = image_in(read(CommitImageSerializer, request))
            stored_at = commit_image(image_id, draft, actor=self.account)
        if stored_at is None:
            return Response(image_document(own_image(self.account, image_id)))
        document = new_image_document(
            image_id, draft, owner_id=self.account.pk, stored_at=stored_at
        )
        return Response(document, status=201)

    @extend_schema(responses=GONE_OR_WAITING)
    def delete(self, request: Request, image_id: UUID) -> Response:
        """Delete the image for good."""
        image = own_image(self.account, image_id)
        wait = deletion_delay(self.session)
        purge_at = purge_image(image, actor=self.account, wait=wait)
        return Response({"purge_at": purge_at}, status=202) if purge_at else Response(status=204)


class BinView(VaultView):
    """The way into the recycle bin: while the vault is shut, for seven days at least."""

    purpose = DELETE_IMAGES
    while_shut = frozenset({"POST"})

    @extend_schema(
        request=None, responses={200: ImageSerializer, 204: OpenApiResponse(description="Gone.")}
    )
    @once
    def post(self, request: Request, image_id: UUID) -> Response:
        """Hide the image now and delete it later; without a recycle bin, delete it now."""
        image = own_image(self.account, image_id)
        wait = deletion_delay(self.session)
        purge_at = bin_images([image.pk], actor=self.account, wait=wait)
        return Response(image_document(image)) if purge_at else Response(status=204)


class RestoreView(VaultView):
    """The way out of the recycle bin."""

    @extend_schema(request=None, responses=ImageSerializer)
    @once
    def post(self, request: Request, image_id: UUID) -> Response:
        """Take the image out of the recycle bin."""
        image = own_image(self.account, image_id)
        restore_images([image.pk], actor=self.account)
        return Response(image_document(image))


class CheckView(VaultView):
    """Duplicates, before anything is sent. A question: nothing is written."""

    purpose = VERIFY_IMAGES
    while_shut = frozenset({"POST"})

    @extend_schema(request=CheckSerializer, responses=KnownSerializer)
    def post(self, request: Request) -> Response:
        """Which of these originals are in the library already, and whether they are safe there."""
        twins = twins_of(self.account, read(CheckSerializer, request)["fingerprints"])
        found = [(to_base64url(twin.fingerprint), twin) for twin in twins]
        return Response(
            {
                "known": {mark: twin.image_id for mark, twin in found if twin.is_safe},
                "binned": {mark: twin.image_id for mark, twin in found if twin.is_binned},
                "damaged": {mark: twin.image_id for mark, twin in found if twin.is_damaged},
            }
        )


class BatchView(VaultView):
    """Many images at once. While the vault is shut, each operation is judged by itself."""

    purpose = DELETE_IMAGES
    while_shut = frozenset({"POST"})

    @extend_schema(request=BatchSerializer, responses=ResultsSerializer)
    @once
    def post(self, request: Request) -> Response:
        """Up to 500 operations, each with a result of its own."""
        operations = read(BatchSerializer, request)["operations"]
        results = run_batch(operations, account=self.account, wait=deletion_delay(self.session))
        return Response({"results": results})
