"""Receipts of the account."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import plain_request
from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from images.api.base import VaultView
from images.api.paging import limit_in, place_from_text, place_to_text
from pocketvault.kernel.ratelimit import limit_by_name
from rights.actions.receipts import receipts_of, take_receipt
from rights.actions.stored_receipts import issue_stored
from rights.api.serializers.receipts import (
    ReceiptFileSerializer,
    ReceiptsSerializer,
    StoredSerializer,
    WholeReceiptSerializer,
)
from rights.receipt_reading import receipt_documents, receipt_file

PAGE = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]
# Each puts an entry into the public log for good; a library of 100,000 photos needs 200.
STORED = "600/h"


class ReceiptsView(VaultView):
    """What the account can hold against us."""

    @extend_schema(operation_id="receipts_list", parameters=PAGE, responses=ReceiptsSerializer)
    def get(self, request: Request) -> Response:
        """Every receipt of the last 90 days, newest first."""
        limit, receipts = limit_in(request), receipts_of(self.account.pk)
        if cursor := request.query_params.get("cursor"):
            at, receipt_id = place_from_text(cursor)
            receipts = receipts.filter(Q(owed_at__lt=at) | Q(owed_at=at, pk__lt=receipt_id))
        rows = list(receipts[: limit + 1])
        last = rows[limit - 1] if len(rows) > limit else None
        following = place_to_text(last.owed_at, last.pk) if last else None
        page = {"items": receipt_documents(rows[:limit]), "cursor": following}
        return Response(ReceiptsSerializer(page).data)


class ReceiptView(VaultView):
    """One of them."""

    @extend_schema(operation_id="receipts_read", responses=WholeReceiptSerializer)
    def get(self, request: Request, receipt_id: UUID) -> Response:
        """The receipt with its file, whose proof leads to the newest checkpoint."""
        receipt = get_object_or_404(receipts_of(self.account.pk), pk=receipt_id)
        [document] = receipt_documents([receipt])
        return Response(
            WholeReceiptSerializer(document | {"file": receipt_file(receipt)}).data
        )


class TakenView(VaultView):
    """That its person has it."""

    @extend_schema(
        operation_id="receipts_take",
        request=None,
        responses={204: OpenApiResponse(description="What it said is shredded here.")},
    )
    @once
    def post(self, request: Request, receipt_id: UUID) -> Response:
        """Say that the receipt is kept elsewhere. What it says and what opens it are shredded
        here, so ask only after it was checked and saved.
        """
        take_receipt(get_object_or_404(receipts_of(self.account.pk), pk=receipt_id))
        return Response(status=204)


class StoredReceiptView(VaultView):
    """Receipts for what is stored, made when asked for."""

    @extend_schema(
        operation_id="receipts_stored", request=StoredSerializer, responses=ReceiptFileSerializer
    )
    def post(self, request: Request) -> Response:
        """A receipt that these photos are stored. Nothing of it stays here but its entry in the
        log, so it cannot be had again.
        """
        limit_by_name(
            plain_request(request), door="receipts", name=str(self.account.pk), rate=STORED
        )
        file = issue_stored(read(StoredSerializer, request)["image_ids"], actor=self.account)
        return Response(ReceiptFileSerializer(file).data)
