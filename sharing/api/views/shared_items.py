"""What is in a shared album, its bytes, and what is said about it."""

from __future__ import annotations

from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import plain_request
from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from images.api.base import VaultView
from images.api.paging import limit_in
from images.api.views.content import BYTES, WHICH_BYTES, WHICH_PART, AcceptAnything
from images.delivery import deliver
from pocketvault.kernel.purposes import SHARE_IMAGES
from sharing.access import access_to
from sharing.actions.grants import note_use
from sharing.actions.shared_items import (
    add_items,
    remove_items,
    replace_items,
    rewrap_items,
)
from sharing.actions.talking import (
    Saying,
    delete_comment,
    like_photo,
    unlike_photo,
    write_comment,
)
from sharing.api.drafts import rewraps_in, shared_items_in
from sharing.api.entries import entry_in
from sharing.api.items import comments_page, items_page, shared_part
from sharing.api.serializers.albums import (
    AddSharedItemsSerializer,
    CommentsSerializer,
    HeadAnswerSerializer,
    RemoveSharedItemsSerializer,
    RewrapItemsSerializer,
    SayingSerializer,
    SharedItemsSerializer,
    WriteCommentSerializer,
)
from sharing.api.views.shared_albums import NOTHING, head_answer
from sharing.shown import ItemsAsked

PAGE = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]
ONE_PHOTO = OpenApiParameter("image_id", str)
ORDER = OpenApiParameter("order", str, enum=["oldest", "newest"])


class SharedItemsView(VaultView):
    """The photos of a shared album."""

    @extend_schema(
        operation_id="shared_items_list",
        parameters=[ONE_PHOTO, ORDER, *PAGE],
        responses=SharedItemsSerializer,
    )
    def get(self, request: Request, album_id: UUID) -> Response:
        """A page of photos in the order in which they came, or the newest first, with keys,
        fields and likes; one photo alone with ``image_id``.
        """
        access = access_to(self.account, album_id)
        asked = _items_asked(request)
        note_use(access)
        return Response(items_page(access, asked))

    @extend_schema(
        operation_id="shared_items_add",
        request=AddSharedItemsSerializer,
        responses=HeadAnswerSerializer,
    )
    @once
    def post(self, request: Request, album_id: UUID) -> Response:
        """Put photos of one's own in."""
        body = read(AddSharedItemsSerializer, request)
        entry = entry_in(body["entry"])
        return head_answer(
            add_items(album_id, shared_items_in(body), entry, actor=self.account)
        )


class ReplaceSharedItemsView(VaultView):
    """What a shared album shows of photos that are in it."""

    @extend_schema(
        operation_id="shared_items_replace",
        request=AddSharedItemsSerializer,
        responses=HeadAnswerSerializer,
    )
    @once
    def post(self, request: Request, album_id: UUID) -> Response:
        """Show another version of photos of one's own, or tell something else of them."""
        body = read(AddSharedItemsSerializer, request)
        entry = entry_in(body["entry"])
        return head_answer(
            replace_items(album_id, shared_items_in(body), entry, actor=self.account)
        )


class RewrapView(VaultView):
    """Photos under a newer key."""

    @extend_schema(
        operation_id="shared_items_rewrap", request=RewrapItemsSerializer, responses=NOTHING
    )
    @once
    def post(self, request: Request, album_id: UUID) -> Response:
        """Keep photos of older generations under the key in force."""
        body = read(RewrapItemsSerializer, request)
        rewrap_items(album_id, body["generation"], rewraps_in(body), actor=self.account)
        return Response(status=204)


class RemoveSharedItemsView(VaultView):
    """The way out of a shared album for photos."""

    @extend_schema(
        operation_id="shared_items_remove",
        request=RemoveSharedItemsSerializer,
        responses=HeadAnswerSerializer,
    )
    @once
    def post(self, request: Request, album_id: UUID) -> Response:
        """Take photos out. They stay with their owners."""
        body = read(RemoveSharedItemsSerializer, request)
        entry = entry_in(body["entry"])
        return head_answer(
            remove_items(album_id, body["image_ids"], entry, actor=self.account)
        )


class SharedPartView(VaultView):
    """The stored bytes of one part of a photo in a shared album."""

    purpose = SHARE_IMAGES
    content_negotiation_class = AcceptAnything

    @extend_schema(
        operation_id="shared_parts_read", parameters=[WHICH_PART, WHICH_BYTES], responses=BYTES
    )
    def get(
        self, request: Request, album_id: UUID, image_id: UUID, name: str
    ) -> HttpResponseBase:
        """The ciphertext, whole or a range of it."""
        return self._deliver(request, album_id, image_id, name)

    @extend_schema(exclude=True)
    def head(
        self, request: Request, album_id: UUID, image_id: UUID, name: str
    ) -> HttpResponseBase:
        """Size and ETag of the ciphertext."""
        return self._deliver(request, album_id, image_id, name)

    def _deliver(
        self, request: Request, album_id: UUID, image_id: UUID, name: str
    ) -> HttpResponseBase:
        access = access_to(self.account, album_id)
        part = shared_part(access, image_id, name)
        note_use(access)
        is_owner = part.image.owner_id == self.account.pk
        return deliver(part, plain_request(request), purpose=SHARE_IMAGES, is_owner=is_owner)


class LikeView(VaultView):
    """Whether somebody likes a photo, and how."""

    @extend_schema(operation_id="likes_put", request=SayingSerializer, responses=NOTHING)
    def put(self, request: Request, album_id: UUID, image_id: UUID) -> Response:
        """Like it, or in another way."""
        saying = Saying(**read(SayingSerializer, request))
        like_photo(album_id, image_id, saying, actor=self.account)
        return Response(status=204)

    @extend_schema(operation_id="likes_delete", responses=NOTHING)
    def delete(self, request: Request, album_id: UUID, image_id: UUID) -> Response:
        """Take it back."""
        unlike_photo(album_id, image_id, actor=self.account)
        return Response(status=204)


class CommentsView(VaultView):
    """What was written about an album and its photos."""

    @extend_schema(
        operation_id="comments_list",
        parameters=[ONE_PHOTO, *PAGE],
        responses=CommentsSerializer,
    )
    def get(self, request: Request, album_id: UUID) -> Response:
        """A page of comments, oldest first; of one photo with ``image_id``."""
        access = access_to(self.account, album_id)
        limit, params = limit_in(request), request.query_params
        page = comments_page(
            access, image_id=_image_id_in(request), cursor=params.get("cursor"), limit=limit
        )
        return Response(page)


class CommentView(VaultView):
    """One comment."""

    @extend_schema(
        operation_id="comments_put", request=WriteCommentSerializer, responses=NOTHING
    )
    def put(self, request: Request, album_id: UUID, comment_id: UUID) -> Response:
        """Write it, or write it anew."""
        body = read(WriteCommentSerializer, request)
        image_id = body.pop("image_id")
        write_comment(album_id, comment_id, image_id, Saying(**body), actor=self.account)
        return Response(status=204)

    @extend_schema(operation_id="comments_delete", responses=NOTHING)
    def delete(self, request: Request, album_id: UUID, comment_id: UUID) -> Response:
        """Take it back; a manager takes anybody's away."""
        delete_comment(album_id, comment_id, actor=self.account)
        return Response(status=204)


def _items_asked(request: Request) -> ItemsAsked:
    order = request.query_params.get("order") or "oldest"
    if order not in ("oldest", "newest"):
        raise serializers.ValidationError({"order": "Use oldest or newest."})
    return ItemsAsked(
        cursor=request.query_params.get("cursor"),
        limit=limit_in(request),
        newest_first=order == "newest",
        image_id=_image_id_in(request),
    )


def _image_id_in(request: Request) -> UUID | None:
    text = request.query_params.get("image_id")
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise serializers.ValidationError({"image_id": "Use the id of a photo."}) from None
