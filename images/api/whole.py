"""Reading a photo that comes in with one request.

    photo = length of the document (4 bytes, big-endian) | document | ciphertext of each part

The document is the commit's, except that its parts name no uploads. Their ciphertext follows
as original, preview, thumbnail, those of them that the document has.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from accounts.api.authentication import plain_request
from images.actions.storing import ImageDraft
from images.api.drafts import image_in
from images.api.serializers import CommitWholeSerializer
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.json_body import RequestTooLargeError, document_in

MEDIA_TYPE = "application/vnd.pocketvault.photo"
DESCRIPTION = {MEDIA_TYPE: {"type": "string", "format": "binary"}}
_LENGTH_BYTES = 4


def is_whole(request: Request) -> bool:
    """Whether the ciphertext of a new image comes along with its commit."""
    return request.content_type == MEDIA_TYPE


def whole_in(request: Request) -> ImageDraft:
    """The image that the document describes, its parts as uploads with new ids; their
    ciphertext is left to be read. Raises `RequestTooLargeError`, and DRF's ``ParseError`` and
    ``ValidationError``.
    """
    plain = plain_request(request)
    announced = str(plain.META.get("CONTENT_LENGTH"))
    if not announced.isdecimal():
        raise ParseError("Say how many bytes follow: send Content-Length.")
    if int(announced) > settings.WHOLE_PHOTO_BYTES:
        raise RequestTooLargeError(limit_bytes=settings.WHOLE_PHOTO_BYTES)
    length = int.from_bytes(_read(plain, _LENGTH_BYTES), "big")
    left = int(announced) - _LENGTH_BYTES - length
    if left < 0:
        raise ParseError("The document does not fit into the request.")
    bound = CommitWholeSerializer(data=document_in(_read(plain, length)))
    bound.is_valid(raise_exception=True)
    body = bound.validated_data
    if sum(part["bytes"] for part in body["parts"].values()) != left:
        raise ParseError("The parts are not as long as what follows the document.")
    parts = {name: {**part, "upload": uuid7()} for name, part in body["parts"].items()}
    return image_in({**body, "parts": parts})


def _read(plain: HttpRequest, size: int) -> bytes:
    """What is shorter ends within its JSON, and is refused for that."""
    try:
        found: bytes = plain.read(size)
    except UnreadablePostError as error:
        raise ParseError("The request was cut off.") from error
    return found
