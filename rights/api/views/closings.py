"""Closing the account, keeping it after all, and following what becomes of it."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers.fields import read
from accounts.digests import digest_of, is_same
from images.api.base import VaultView
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import from_base64url
from pocketvault.kernel.purposes import DELETE_IMAGES
from rights.actions.closing import close_account, keep_account
from rights.api.documents import closing_document, own_closing_document
from rights.api.serializers.deletions import (
    CloseAccountSerializer,
    ClosingSerializer,
    MaybeClosingSerializer,
    OwnClosingSerializer,
)
from rights.models import Closing
from sharing.api.base import NobodysView, limit_looks

SECRET_HEADER = "Closing-Secret"  # noqa: S105 - the name of a header
SECRET = OpenApiParameter(
    SECRET_HEADER, str, OpenApiParameter.HEADER, required=True,
    description="The 32 random bytes with which the account was closed, in base64url.",
)  # fmt: skip


class OwnClosingView(VaultView):
    """The end of the account that asks. While the vault is shut, it waits for seven days."""

    purpose = DELETE_IMAGES
    while_shut: ClassVar[frozenset[str]] = frozenset({"PUT"})

    def waiting(self) -> QuerySet[Closing]:
        """The wish of this account, if there is one."""
        return Closing.objects.waiting().filter(account_id=self.account.pk)

    @extend_schema(operation_id="closing_own", responses=MaybeClosingSerializer)
    def get(self, request: Request) -> Response:
        """When this account is going to be erased, if anybody asked for it."""
        document = own_closing_document(self.waiting().first())
        return Response(MaybeClosingSerializer({"closing": document}).data)

    @extend_schema(
        operation_id="closing_ask",
        request=CloseAccountSerializer,
        responses={202: OwnClosingSerializer},
    )
    def put(self, request: Request) -> Response:
        """Close the account, now or after so many days. Asks for a fresh proof; sessions end."""
        closing = close_account(**read(CloseAccountSerializer, request), session=self.session)
        return Response(OwnClosingSerializer(own_closing_document(closing)).data, status=202)

    @extend_schema(
        operation_id="closing_keep",
        responses={204: OpenApiResponse(description="The account stays.")},
    )
    def delete(self, request: Request) -> Response:
        """Keep the account after all. Asks for a fresh proof. What was shared stays ended."""
        keep_account(self.closing_id(), session=self.session)
        return Response(status=204)

    def closing_id(self) -> UUID:
        """Raises `NotFoundError` when nobody asked for anything."""
        found = Closing.objects.filter(account_id=self.account.pk).first()
        if found is None:
            raise NotFoundError
        return found.pk


class ClosingView(NobodysView):
    """An erasure, for whoever has its secret. Nobody has to be signed in: there is no account."""

    @extend_schema(
        operation_id="closing_follow", parameters=[SECRET], responses=ClosingSerializer
    )
    def get(self, request: Request, closing_id: UUID) -> Response:
        """How far the erasure is, until 60 days after it."""
        limit_looks(request)
        document = closing_document(closing_in(request, closing_id))
        return Response(ClosingSerializer(document).data)


def closing_in(request: Request, closing_id: UUID) -> Closing:
    """The closing whose secret the request shows. Raises `NotFoundError` for a wrong one too."""
    try:
        secret = from_base64url(request.headers.get(SECRET_HEADER, ""))
    except ValueError:
        raise NotFoundError from None
    found = Closing.objects.filter(pk=closing_id).first()
    if found is None or not is_same(found.secret_digest, digest_of(secret)):
        raise NotFoundError
    return found
