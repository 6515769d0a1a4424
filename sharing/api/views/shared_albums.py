"""Shared albums, and who may open them."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from images.api.base import VaultView
from sharing.access import access_to, accesses_of
from sharing.actions.grants import give_grant, leave_album, revoke_grant
from sharing.actions.history import head_of
from sharing.actions.locking import LockedAlbum
from sharing.actions.shared_albums import (
    begin_sharing,
    change_settings,
    rotate_key,
    show_in_timeline,
    stop_sharing,
)
from sharing.actions.telling import choose_telling
from sharing.api.albums import shared_album_documents
from sharing.api.drafts import grant_in, key_in, rotation_in
from sharing.api.entries import EntriesSerializer, entry_in
from sharing.api.history_pages import entries_page
from sharing.api.serializers.albums import (
    ChangeSharedSettingsSerializer,
    EntryBodySerializer,
    GiveGrantSerializer,
    HeadAnswerSerializer,
    NewKeySerializer,
    RotateSerializer,
    SharedAlbumSerializer,
    SharedAlbumsSerializer,
    StopSerializer,
    TimelineSerializer,
)

NOTHING = {204: OpenApiResponse(description="Done.")}


def head_answer(locked: LockedAlbum) -> Response:
    """Where the history stands after a change."""
    return Response({"head": head_of(locked.history)})


class SharedAlbumsView(VaultView):
    """What is shared."""

    @extend_schema(operation_id="shared_albums_list", responses=SharedAlbumsSerializer)
    def get(self, request: Request) -> Response:
        """All albums that are shared by whoever asks or with them, oldest first."""
        found = accesses_of(self.account)
        return Response({"items": shared_album_documents(found, account=self.account)})


class SharedAlbumView(VaultView):
    """One shared album."""

    @extend_schema(operation_id="shared_albums_read", responses=SharedAlbumSerializer)
    def get(self, request: Request, album_id: UUID) -> Response:
        """The album, with how its key reaches whoever asks."""
        return Response(self._document(album_id))

    @extend_schema(
        operation_id="shared_albums_begin",
        request=NewKeySerializer,
        responses={200: SharedAlbumSerializer, 201: SharedAlbumSerializer},
    )
    def put(self, request: Request, album_id: UUID) -> Response:
        """Begin to share an album of one's own. Repeating the same request answers 200."""
        body = read(NewKeySerializer, request)
        entry = entry_in(body["entry"])
        is_new = begin_sharing(album_id, key_in(body), entry, actor=self.account)
        return Response(self._document(album_id), status=201 if is_new else 200)

    def _document(self, album_id: UUID) -> dict[str, object]:
        access = access_to(self.account, album_id)
        [document] = shared_album_documents([access], account=self.account)
        return document


class SharedSettingsView(VaultView):
    """Name, description, cover and order of a shared album."""

    @extend_schema(
        operation_id="shared_albums_settings",
        request=ChangeSharedSettingsSerializer,
        responses=HeadAnswerSerializer,
    )
    def put(self, request: Request, album_id: UUID) -> Response:
        """Replace the settings; ``number`` is one more than the last."""
        body = read(ChangeSharedSettingsSerializer, request)
        entry = entry_in(body["entry"])
        return head_answer(
            change_settings(album_id, body["number"], body["sealed"], entry, actor=self.account)
        )


class StopView(VaultView):
    """The end of sharing."""

    @extend_schema(
        operation_id="shared_albums_stop",
        request=StopSerializer,
        responses=HeadAnswerSerializer,
    )
    @once
    def post(self, request: Request, album_id: UUID) -> Response:
        """End every grant and every link at once."""
        body = read(StopSerializer, request)
        entry = entry_in(body["entry"]) if "entry" in body else None
        return head_answer(stop_sharing(album_id, entry, actor=self.account))


class RotateView(VaultView):
    """A new key."""

    @extend_schema(
        operation_id="shared_albums_rotate",
        request=RotateSerializer,
        responses=HeadAnswerSerializer,
    )
    @once
    def post(self, request: Request, album_id: UUID) -> Response:
        """Replace the album's key, for everybody who is left."""
        rotation = rotation_in(read(RotateSerializer, request))
        return head_answer(rotate_key(album_id, rotation, actor=self.account))


class GrantView(VaultView):
    """One recipient's access."""

    @extend_schema(
        operation_id="grants_give", request=GiveGrantSerializer, responses=HeadAnswerSerializer
    )
    def put(self, request: Request, album_id: UUID, grant_id: UUID) -> Response:
        """Let an account or a group in, or change what it may do."""
        draft = grant_in(grant_id, read(GiveGrantSerializer, request))
        return head_answer(give_grant(album_id, grant_id, draft, actor=self.account))


class RevokeView(VaultView):
    """The end of one recipient's access."""

    @extend_schema(
        operation_id="grants_revoke", request=EntryBodySerializer, responses=HeadAnswerSerializer
    )
    @once
    def post(self, request: Request, album_id: UUID, grant_id: UUID) -> Response:
        """End it at once."""
        entry = entry_in(read(EntryBodySerializer, request)["entry"])
        return head_answer(revoke_grant(album_id, grant_id, entry, actor=self.account))


class LeaveView(VaultView):
    """The way out of somebody's album."""

    @extend_schema(
        operation_id="shared_albums_leave", request=EntryBodySerializer, responses=NOTHING
    )
    @once
    def post(self, request: Request, album_id: UUID) -> Response:
        """End one's own access, and take one's photos along."""
        entry = entry_in(read(EntryBodySerializer, request)["entry"])
        leave_album(album_id, entry, actor=self.account)
        return Response(status=204)


class TimelineChoiceView(VaultView):
    """A shared album among one's own photos."""

    @extend_schema(
        operation_id="shared_albums_timeline", request=TimelineSerializer, responses=NOTHING
    )
    def put(self, request: Request, album_id: UUID) -> Response:
        """Show it there, or not."""
        is_shown = read(TimelineSerializer, request)["shown"]
        show_in_timeline(album_id, is_shown=is_shown, actor=self.account)
        return Response(status=204)


class TellingView(VaultView):
    """What the photos of whoever asks tell in a shared album."""

    @extend_schema(
        operation_id="shared_albums_telling",
        request=EntryBodySerializer,
        responses=HeadAnswerSerializer,
    )
    @once
    def post(self, request: Request, album_id: UUID) -> Response:
        """Choose it anew, with an entry that says what."""
        entry = entry_in(read(EntryBodySerializer, request)["entry"])
        return head_answer(choose_telling(album_id, entry, actor=self.account))


class AlbumHistoryView(VaultView):
    """What happened to a shared album."""

    @extend_schema(
        operation_id="shared_albums_history",
        parameters=[OpenApiParameter("after", int), OpenApiParameter("limit", int)],
        responses=EntriesSerializer,
    )
    def get(self, request: Request, album_id: UUID) -> Response:
        """Entries after a number, oldest first."""
        access_to(self.account, album_id)
        return Response(entries_page(album_id, request))
