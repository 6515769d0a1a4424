"""What somebody asks of us, and what became of it."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from images.api.base import VaultView
from pocketvault.kernel.errors import NotFoundError
from rights.api.serializers.requests import (
    DataRequestsSerializer,
    NewRequestSerializer,
    WholeRequestSerializer,
)
from rights.letters.paper import pdf_of
from rights.letters.writing import read_letter
from rights.models import DataRequest, RequestLetter
from rights.requests.actions.opening import open_for_account
from rights.requests.regimes import RULES
from rights.requests.writing import Asking, rule_for

MOST_SHOWN = 200
PDF = {(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, description="The letter.")}


class DataRequestsView(VaultView):
    """The requests of the account. Asking needs no open vault: it gives nothing away by itself."""

    while_shut: ClassVar[frozenset[str]] = frozenset({"POST"})

    @extend_schema(operation_id="requests_list", responses=DataRequestsSerializer)
    def get(self, request: Request) -> Response:
        """The newest 200, with what was done at once by a button, and what can be asked for."""
        found = _own(self.account.pk).order_by("-pk")[:MOST_SHOWN]
        rights = [
            {"kind": kind, "regime": regime, "article": r.article, "title": gettext(r.title)}
            for (regime, kind), r in RULES.items()
        ]
        return Response({"items": [_document(each) for each in found], "rights": rights})

    @extend_schema(
        operation_id="requests_open",
        request=NewRequestSerializer,
        responses={201: WholeRequestSerializer},
    )
    @once
    def post(self, request: Request) -> Response:
        """Ask for something. Needs a step-up, and then nobody has to ask who it is."""
        asked = read(NewRequestSerializer, request)
        made = open_for_account(
            asked["kind"], asked["regime"], asked["text"], session=self.session
        )
        return Response(_whole(made), status=201)


class DataRequestView(VaultView):
    """One request."""

    @extend_schema(operation_id="requests_read", responses=WholeRequestSerializer)
    def get(self, request: Request, request_id: UUID) -> Response:
        """What was written, what happened, and each letter as it was sent."""
        found = _own(self.account.pk).filter(pk=request_id).first()
        if found is None:
            raise NotFoundError
        return Response(_whole(found))


class RequestLetterView(VaultView):
    """One letter of a request, for paper."""

    @extend_schema(operation_id="requests_letter", responses=PDF)
    def get(self, request: Request, request_id: UUID, letter_id: UUID) -> HttpResponse:
        """As PDF, as it came with the mail. Signs that no typeface of ours has are their numbers
        in Unicode there; ``text`` of the request's letters has them as they were written.
        """
        found = _own(self.account.pk).filter(pk=request_id).first()
        row = None if found is None else found.letters.filter(pk=letter_id).first()
        if found is None or row is None:
            raise NotFoundError
        name = f'attachment; filename="{found.number}-{row.template}.pdf"'
        data = pdf_of(read_letter(row.open()))
        return HttpResponse(data, content_type="application/pdf", headers={
            "Content-Disposition": name, "Cache-Control": "private, no-store",
        })  # fmt: skip


def _own(account_id: UUID) -> QuerySet[DataRequest]:
    return DataRequest.objects.filter(account_id=account_id)


def _document(request: DataRequest) -> dict[str, Any]:
    rule = rule_for(request)
    columns = (
        "id", "number", "kind", "regime", "channel", "state", "received_at", "due_at",
        "extended_at", "closed_at",
    )  # fmt: skip
    return {
        **{name: getattr(request, name) for name in columns},
        "title": gettext(rule.title),
        "article": rule.article,
    }


def _whole(request: DataRequest) -> dict[str, Any]:
    return {
        **_document(request),
        "text": Asking.of(request).text,
        "events": list(request.events.order_by("at", "pk").values("at", "tag")),
        "letters": [_letter(each) for each in request.letters.order_by("sent_at", "pk")],
    }


def _letter(row: RequestLetter) -> dict[str, Any]:
    letter = read_letter(row.open())
    return {
        "id": row.pk, "sent_at": row.sent_at, "template": row.template,
        "language": letter.language, "subject": letter.subject, "text": letter.text,
    }  # fmt: skip
