"""Archives: asking for one, following it, taking it, removing it."""

from __future__ import annotations

from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import plain_request
from accounts.api.repeats import once
from accounts.guards import require_open_vault, require_step_up
from accounts.models import Account
from images.api.base import VaultView
from images.api.views.content import AcceptAnything
from images.delivery import deliver_assembled
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import PACK_ARCHIVES
from rights.actions.archives import ask_for_archive, note_taking, remove_archive
from rights.api.serializers.archives import ArchiveSerializer, ArchivesSerializer
from rights.archive_reading import ZIP, assembled
from rights.models import Archive

NOTHING = {204: OpenApiResponse(description="It is gone.")}
BYTES = {(200, ZIP): OpenApiTypes.BINARY, (206, ZIP): OpenApiTypes.BINARY}


class ArchivesView(VaultView):
    """The caller's archives."""

    @extend_schema(operation_id="archives_list", responses=ArchivesSerializer)
    def get(self, request: Request) -> Response:
        """All of them, newest first, those that ended in the last 30 days included."""
        archives = Archive.objects.owned_by(self.account).order_by("-asked_at", "-pk")
        return Response(ArchivesSerializer({"items": archives}).data)

    @extend_schema(
        operation_id="archives_ask", request=None, responses={201: ArchiveSerializer}
    )
    @once
    def post(self, request: Request) -> Response:
        """Ask for an archive of everything. Asks for a fresh proof, and is told by mail."""
        require_step_up(self.session)
        archive = ask_for_archive(actor=self.account)
        return Response(ArchiveSerializer(archive).data, status=201)


class ArchiveView(VaultView):
    """One archive."""

    @extend_schema(operation_id="archives_read", responses=ArchiveSerializer)
    def get(self, request: Request, archive_id: UUID) -> Response:
        """How far it is."""
        return Response(ArchiveSerializer(own_archive(self.account, archive_id)).data)

    @extend_schema(operation_id="archives_remove", responses=NOTHING)
    def delete(self, request: Request, archive_id: UUID) -> Response:
        """Stop it, or remove it. Nobody can download it from then on."""
        remove_archive(archive_id, actor=self.account)
        return Response(status=204)


class ArchiveContentView(VaultView):
    """The file itself."""

    purpose = PACK_ARCHIVES
    content_negotiation_class = AcceptAnything

    @extend_schema(operation_id="archives_take", responses=BYTES)
    def get(self, request: Request, archive_id: UUID) -> HttpResponseBase:
        """The ZIP file, whole or a range of it."""
        require_open_vault(self.session)
        archive = own_archive(self.account, archive_id)
        answer = deliver_assembled(
            assembled(archive), plain_request(request), purpose=PACK_ARCHIVES
        )
        # A part of it continues what was begun.
        if answer.status_code == 200:
            note_taking(archive, actor=self.account)
        return answer

    @extend_schema(exclude=True)
    def head(self, request: Request, archive_id: UUID) -> HttpResponseBase:
        """Size and ETag of the file."""
        require_open_vault(self.session)
        archive = own_archive(self.account, archive_id)
        return deliver_assembled(
            assembled(archive), plain_request(request), purpose=PACK_ARCHIVES
        )


def own_archive(account: Account, archive_id: UUID) -> Archive:
    """The account's archive. Raises `NotFoundError`."""
    archive = Archive.objects.owned_by(account).filter(pk=archive_id).first()
    if archive is None:
        raise NotFoundError
    return archive
