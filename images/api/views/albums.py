"""Albums."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from images.actions.albums import (
    add_items,
    change_settings,
    create_album,
    delete_album,
    remove_items,
)
from images.api.album_serializers import (
    AddItemsSerializer,
    AlbumSerializer,
    AlbumsSerializer,
    ChangeAlbumSerializer,
    CreateAlbumSerializer,
    ItemsSerializer,
    RemoveItemsSerializer,
)
from images.api.base import VaultView
from images.api.documents import album_document, album_documents, text_of
from images.api.drafts import album_in, items_in
from images.api.finding import own_album
from images.api.keys import opened
from images.api.paging import limit_in, place_from_text, place_to_text
from images.models import Album

NOTHING = {204: OpenApiResponse(description="Done.")}


class AlbumsView(VaultView):
    """All albums."""

    @extend_schema(operation_id="albums_list", responses=AlbumsSerializer)
    def get(self, request: Request) -> Response:
        """All albums, oldest first, with how many images are in each."""
        ids = list(Album.objects.owned_by(self.account).values_list("pk", flat=True))
        return Response({"items": list(album_documents(ids).values())})


class AlbumView(VaultView):
    """One album."""

    @extend_schema(responses=AlbumSerializer)
    def get(self, request: Request, album_id: UUID) -> Response:
        """The album, with its wrapped key."""
        return Response(album_document(own_album(self.account, album_id)))

    @extend_schema(
        request=CreateAlbumSerializer, responses={200: AlbumSerializer, 201: AlbumSerializer}
    )
    def put(self, request: Request, album_id: UUID) -> Response:
        """Make an album. Repeating the same request answers 200."""
        draft = album_in(read(CreateAlbumSerializer, request))
        is_new = create_album(album_id, draft, actor=self.account)
        album = own_album(self.account, album_id)
        return Response(album_document(album), status=201 if is_new else 200)

    @extend_schema(request=ChangeAlbumSerializer, responses=AlbumSerializer)
    def patch(self, request: Request, album_id: UUID) -> Response:
        """Replace the settings; ``number`` is one more than the last."""
        album = own_album(self.account, album_id)
        settings = read(ChangeAlbumSerializer, request)["settings"]
        change_settings(album, settings["number"], settings["sealed"], actor=self.account)
        return Response(album_document(album))

    @extend_schema(responses=NOTHING)
    def delete(self, request: Request, album_id: UUID) -> Response:
        """Take the album apart. Its images stay."""
        delete_album(own_album(self.account, album_id), actor=self.account)
        return Response(status=204)


class ItemsView(VaultView):
    """What is in an album."""

    @extend_schema(
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("limit", int)],
        responses=ItemsSerializer,
    )
    def get(self, request: Request, album_id: UUID) -> Response:
        """The images in the order in which they came, with their wrapped content keys."""
        limit = limit_in(request)
        items = own_album(self.account, album_id).items.order_by("added_at", "image_id")
        if cursor := request.query_params.get("cursor"):
            at, image_id = place_from_text(cursor)
            items = items.filter(Q(added_at__gt=at) | Q(added_at=at, image_id__gt=image_id))
        rows = list(items[: limit + 1])
        last = rows[limit - 1] if len(rows) > limit else None
        page = [
            {
                "image_id": item.image_id,
                "version": item.version,
                "wrapped_content_key": opened(item),
                "added_at": text_of(item.added_at),
            }
            for item in rows[:limit]
        ]
        following = place_to_text(last.added_at, last.image_id) if last else None
        return Response({"items": page, "cursor": following})

    @extend_schema(request=AddItemsSerializer, responses=NOTHING)
    @once
    def post(self, request: Request, album_id: UUID) -> Response:
        """Put images into the album. Repeating it is harmless."""
        album = own_album(self.account, album_id)
        add_items(album, items_in(read(AddItemsSerializer, request)), actor=self.account)
        return Response(status=204)


class RemoveItemsView(VaultView):
    """The way out of an album."""

    @extend_schema(request=RemoveItemsSerializer, responses=NOTHING)
    @once
    def post(self, request: Request, album_id: UUID) -> Response:
        """Take images out of the album. They stay in the library."""
        album = own_album(self.account, album_id)
        image_ids = read(RemoveItemsSerializer, request)["image_ids"]
        remove_items(album, image_ids, actor=self.account)
        return Response(status=204)
