"""Found copies, followed back to the account's own publications."""

from __future__ import annotations

from uuid import UUID

from django.http import UnreadablePostError
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import plain_request
from images.api.base import VaultView
from pocketvault.kernel.json_body import RequestTooLargeError
from pocketvault.kernel.purposes import PUBLISH_IMAGES
from pocketvault.kernel.ratelimit import limit_by_name
from sharing.actions.found_copies import ask_about_copy, found_copy_of, outcome_of
from sharing.api.serializers.traces import FoundCopySerializer
from sharing.models import FoundCopy

# A published photo is a few megabytes; the largest screenshot ten.
COPY_BYTES = 25 * 2**20
# Each takes seconds of a processor, for one account and for all of them.
TRACES, TOGETHER = "30/h", "40/m"


class TracesView(VaultView):
    """Copies that somebody found."""

    purpose = PUBLISH_IMAGES

    @extend_schema(
        operation_id="traces_make",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={202: FoundCopySerializer},
    )
    def post(self, request: Request) -> Response:
        """Which of the account's publications a picture shows, and what was done to it: ask
        for the answer. The picture goes as soon as that is known.
        """
        plain = plain_request(request)
        limit_by_name(plain, door="trace", name=str(self.account.pk), rate=TRACES)
        limit_by_name(plain, door="trace:together", name="everybody", rate=TOGETHER)
        found = ask_about_copy(copy_in(request), actor=self.account)
        return Response(_document(found), status=202)


class TraceView(VaultView):
    """One of them."""

    purpose = PUBLISH_IMAGES

    @extend_schema(operation_id="traces_read", responses=FoundCopySerializer)
    def get(self, request: Request, found_copy_id: UUID) -> Response:
        """How far it has come, and what it came to."""
        found = found_copy_of(self.account, found_copy_id, sees_all=False)
        return Response(_document(found))


def _document(found: FoundCopy) -> dict[str, object]:
    outcome = outcome_of(found)
    document = {
        "id": found.pk, "step": found.step, "refusal": found.refusal,
        "trace": outcome.document if outcome else None,
    }  # fmt: skip
    return dict(FoundCopySerializer(document).data)


def copy_in(request: Request) -> bytes:
    """The body as it is. Raises `RequestTooLargeError` and DRF's ``ParseError``."""
    plain = plain_request(request)
    announced = str(plain.META.get("CONTENT_LENGTH"))
    if not announced.isdecimal() or not int(announced):
        raise ParseError("Send the picture's bytes, and say how many: Content-Length.")
    if int(announced) > COPY_BYTES:
        raise RequestTooLargeError(limit_bytes=COPY_BYTES)
    try:
        copy: bytes = plain.read(COPY_BYTES + 1)
    except UnreadablePostError as error:
        raise ParseError("The request was cut off.") from error
    if len(copy) != int(announced):
        raise ParseError("The request was cut off.")
    return copy
