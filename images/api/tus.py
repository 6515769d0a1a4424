"""Resumable uploads: a tus 1.0 server (https://tus.io/protocols/resumable-upload).

Core, creation, creation-with-upload, checksum, expiration and termination. Only
ciphertext passes here, and no name: ``Upload-Metadata`` may hold ids and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import http_date
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import repeats
from accounts.models import Account
from images.actions.receiving import Body, Checksum, create_and_receive, receive
from images.actions.uploading import (
    Noted,
    create_upload,
    discard_upload,
    find_upload,
    settled_upload,
    tell_nobody,
)
from images.api import tus_contract, tus_headers
from images.api.base import VaultView
from images.models import Upload
from images.upload_errors import TusVersionError, UploadHeaderError, UploadMediaTypeError
from pocketvault.kernel.purposes import STORE_IMAGES

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
OVERRIDABLE = ("PATCH", "DELETE", "HEAD")
# What the repeat of a keyed creation has in common with the first; bytes by their checksum.
SAME_HEADERS = ("Upload-Length", "Upload-Metadata", "Upload-Checksum", "Content-Length")


class TusProtocol(APIView):
    """What every address of the protocol shares, whoever is let in there."""

    parser_classes: tuple[type[BaseParser], ...] = ()

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Let a client that can only POST say what it means."""
        meant = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and meant in OVERRIDABLE:
            request.method = meant
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            raise TusVersionError

    def finalize_response(
        self, request: Request, response: Response, *args: object, **kwargs: object
    ) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        answer["Tus-Resumable"] = VERSION
        if answer.status_code == status.HTTP_412_PRECONDITION_FAILED:
            answer["Tus-Version"] = VERSION
        return answer

    @extend_schema(exclude=True)
    def options(self, request: HttpRequest, *args: object, **kwargs: object) -> Response:
        """What this server can do."""
        return Response(
            status=status.HTTP_204_NO_CONTENT,
            headers={
                "Tus-Version": VERSION,
                "Tus-Extension": EXTENSIONS,
                "Tus-Max-Size": str(settings.UPLOAD_LIMIT_BYTES),
                "Tus-Checksum-Algorithm": ",".join(tus_headers.ALGORITHMS),
            },
        )


class TusView(TusProtocol, VaultView):
    """An address for the account's own devices.

    Bytes may come while the vault is shut: without a commit, which is refused, they belong
    to no library and go after three days.
    """

    purpose = STORE_IMAGES
    while_shut = frozenset({"POST", "PATCH", "DELETE"})


class UploadListView(TusView):
    """Where uploads begin."""

    @extend_schema(
        request=tus_contract.BINARY,
        responses={201: None},
        operation_id="create_upload",
        parameters=[repeats.PARAMETER, *tus_contract.CREATING],
    )
    def post(self, request: Request) -> Response:
        """Announce an upload, and send its first bytes along if you like."""
        announced = announcement_in(request)
        same = [request.headers.get(name) for name in SAME_HEADERS]

        def begin_once(keep: repeats.Keep) -> Response:
            upload = begin(announced, actor=self.account, note=lambda made: keep(created(made)))
            return created(upload)

        return repeats.answer_once(self, request, begin_once, about=same)

    post.is_keyed = True  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """An upload as a client announces it; ``body`` and ``checksum`` where bytes come along."""

    length: int
    about: str
    body: Body | None
    checksum: Checksum | None


def announcement_in(request: Request) -> Announcement:
    """What a creation says. Raises `UploadHeaderError` and `UploadMediaTypeError`."""
    length, about = tus_headers.length(request), tus_headers.about(request)
    if not tus_headers.carries_bytes(request) and length:
        return Announcement(length=length, about=about, body=None, checksum=None)
    body, checksum = body_of(request, length), tus_headers.checksum(request)
    return Announcement(length=length, about=about, body=body, checksum=checksum)


def begin(
    announced: Announcement,
    *,
    actor: Account,
    guest_id: UUID | None = None,
    note: Noted = tell_nobody,
) -> Upload:
    """Begin the upload, and receive what came along. Raises what `create_upload` and
    `receive` raise.
    """
    length, about = announced.length, announced.about
    if announced.body is None:
        return create_upload(length, actor=actor, about=about, guest_id=guest_id, note=note)
    return create_and_receive(
        length, announced.body, actor=actor, about=about, guest_id=guest_id,
        checksum=announced.checksum, note=note,
    )  # fmt: skip


def created(upload: Upload, *, route: str = "upload") -> Response:
    """The answer to a creation; ``route`` names the address at which the upload goes on."""
    headers = {"Location": reverse(route, args=[upload.pk]), **state_of(upload)}
    return Response(status=status.HTTP_201_CREATED, headers=headers)


class UploadView(TusView):
    """One upload, as the account that began it sees it."""

    @extend_schema(exclude=True)
    def head(self, request: Request, upload_id: UUID) -> Response:
        """Where the upload stands."""
        return described(settled_upload(upload_id, owner=self.account))

    @extend_schema(
        request=tus_contract.BINARY,
        responses={204: None},
        operation_id="append_to_upload",
        parameters=tus_contract.APPENDING,
    )
    def patch(self, request: Request, upload_id: UUID) -> Response:
        """Send more bytes."""
        return append(request, lambda: find_upload(upload_id, owner=self.account))

    @extend_schema(
        responses={204: None}, operation_id="discard_upload", parameters=tus_contract.DISCARDING
    )
    def delete(self, request: Request, upload_id: UUID) -> Response:
        """Give the upload up."""
        own = Upload.objects.begun_by(self.account, guest_id=None)
        upload = get_object_or_404(own, pk=upload_id)
        discard_upload(upload, actor=self.account)
        return Response(status=status.HTTP_204_NO_CONTENT)


def described(upload: Upload) -> Response:
    """The answer to a HEAD."""
    metadata = {"Upload-Metadata": upload.about} if upload.about else {}
    headers = {"Upload-Length": str(upload.length), "Cache-Control": "no-store", **metadata}
    return Response(status=status.HTTP_200_OK, headers={**headers, **state_of(upload)})


def append(request: Request, find: Callable[[], Upload]) -> Response:
    """Receive what a PATCH brings, and answer it. Headers are looked at before the upload."""
    offset, checksum = tus_headers.offset(request), tus_headers.checksum(request)
    body = body_of(request)
    upload = find()
    receive(upload, body, offset=offset, checksum=checksum)
    return Response(status=status.HTTP_204_NO_CONTENT, headers=state_of(upload))


def state_of(upload: Upload) -> dict[str, str]:
    """Where the upload stands, and when it goes if nobody goes on with it."""
    return {
        "Upload-Offset": str(upload.offset),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
    }


def body_of(request: Request, announced: int | None = None) -> Body:
    """The request's bytes straight from the server, in pieces, never as a whole."""
    length = tus_headers.content_length(request)
    if announced == 0 and not length:
        return Body(read=lambda _: b"", length=0)
    if request.content_type != tus_headers.MEDIA_TYPE:
        raise UploadMediaTypeError
    if length is None and not request.META.get("wsgi.input_terminated"):
        raise UploadHeaderError("Say how many bytes follow: send Content-Length.")
    return Body(read=request.META["wsgi.input"].read, length=length)
