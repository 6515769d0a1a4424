"""What a guest may do with a collect link: send bytes, and say what they are. Nothing is shown."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers.fields import read
from images.actions.uploading import discard_upload, find_upload, settled_upload
from images.api import tus_contract
from images.api.tus import (
    TusProtocol,
    announcement_in,
    append,
    begin,
    created,
    described,
)
from images.models import Upload
from pocketvault.kernel.errors import NotFoundError
from sharing.actions.collecting import refuse_without_link_room, take_link_room
from sharing.actions.dropping import bring_drop
from sharing.api.base import GuestView
from sharing.api.collect_bodies import BringDropSerializer, drop_in
from sharing.models import DropPart


class GuestUploadsView(TusProtocol, GuestView):
    """Where a guest's uploads begin."""

    @extend_schema(
        request=tus_contract.BINARY,
        responses={201: None},
        operation_id="guests_create_upload",
        parameters=tus_contract.CREATING,
    )
    def post(self, request: Request) -> Response:
        """Announce an upload, and send its first bytes along if you like."""
        link, announced = self.link, announcement_in(request)
        refuse_without_link_room(link, announced.length)

        def note(upload: Upload) -> None:
            take_link_room(link, upload.length)

        upload = begin(announced, actor=link.owner, guest_id=link.pk, note=note)
        return created(upload, route="guest_upload")


class GuestUploadView(TusProtocol, GuestView):
    """One upload of a guest's, until it is dropped."""

    @extend_schema(exclude=True)
    def head(self, request: Request, upload_id: UUID) -> Response:
        """Where the upload stands."""
        self.refuse_dropped(upload_id)
        link = self.link
        return described(settled_upload(upload_id, owner=link.owner, guest_id=link.pk))

    @extend_schema(
        request=tus_contract.BINARY,
        responses={204: None},
        operation_id="guests_append_to_upload",
        parameters=tus_contract.APPENDING,
    )
    def patch(self, request: Request, upload_id: UUID) -> Response:
        """Send more bytes."""
        self.refuse_dropped(upload_id)
        link = self.link
        return append(
            request, lambda: find_upload(upload_id, owner=link.owner, guest_id=link.pk)
        )

    @extend_schema(
        responses={204: None},
        operation_id="guests_discard_upload",
        parameters=tus_contract.DISCARDING,
    )
    def delete(self, request: Request, upload_id: UUID) -> Response:
        """Give the upload up."""
        self.refuse_dropped(upload_id)
        link = self.link
        upload = find_upload(upload_id, owner=link.owner, guest_id=link.pk)
        discard_upload(upload, actor=link.owner)
        return Response(status=204)

    def refuse_dropped(self, upload_id: UUID) -> None:
        """What was dropped belongs to the owner alone. Raises `NotFoundError`."""
        if DropPart.objects.filter(upload_id=upload_id).exists():
            raise NotFoundError


class GuestDropView(GuestView):
    """A photo that a guest brings."""

    @extend_schema(
        operation_id="guests_drop",
        request=BringDropSerializer,
        responses={
            200: OpenApiResponse(description="It waits already."),
            201: OpenApiResponse(description="It waits for the owner."),
        },
    )
    def put(self, request: Request, drop_id: UUID) -> Response:
        """Hand finished uploads to the owner. Repeating the same request answers 200."""
        draft = drop_in(read(BringDropSerializer, request))
        is_new = bring_drop(drop_id, draft, link=self.link)
        return Response(status=201 if is_new else 200)
