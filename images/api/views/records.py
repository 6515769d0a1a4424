"""What is written beside an image: marks and corrections, all of it ciphertext."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from images.actions.correcting import Revision, add_correction
from images.actions.marking import Marks, set_marks
from images.api.base import VaultView
from images.api.documents import image_document, text_of
from images.api.finding import own_image
from images.api.serializers import (
    AddCorrectionSerializer,
    ImageSerializer,
    RevisionsSerializer,
    SetMarksSerializer,
)
from images.models import Correction
from pocketvault.kernel.fields import to_base64url


class MarksView(VaultView):
    """Favourite and archived."""

    @extend_schema(request=SetMarksSerializer, responses=ImageSerializer)
    def put(self, request: Request, image_id: UUID) -> Response:
        """Replace the marks; ``number`` is one more than the last."""
        image = own_image(self.account, image_id)
        body = read(SetMarksSerializer, request)
        set_marks(image, Marks(body["number"], body["marks"]), actor=self.account)
        return Response(image_document(image))


class CorrectionsView(VaultView):
    """What the owner set right."""

    @extend_schema(responses=RevisionsSerializer)
    def get(self, request: Request, image_id: UUID) -> Response:
        """All revisions, oldest first."""
        image = own_image(self.account, image_id)
        rows = Correction.objects.filter(image=image).order_by("revision")
        items = [
            {
                "revision": row.revision,
                "sealed": to_base64url(bytes(row.ciphertext)),
                "made_at": text_of(row.made_at),
            }
            for row in rows
        ]
        return Response({"items": items})

    @extend_schema(request=AddCorrectionSerializer, responses={201: ImageSerializer})
    @once
    def post(self, request: Request, image_id: UUID) -> Response:
        """Add a revision; its number is one more than the last."""
        image = own_image(self.account, image_id)
        body = read(AddCorrectionSerializer, request)
        revision = Revision(body["revision"], body["corrections"])
        add_correction(image, revision, actor=self.account)
        return Response(image_document(image), status=201)
