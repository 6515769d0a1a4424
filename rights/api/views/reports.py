"""Reports of what somebody publishes, and what they can do about them."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AccountView
from accounts.api.serializers.fields import read
from images.api.base import VaultView
from rights.api.reports_document import reports_document
from rights.api.serializers.reports import (
    ComplaintSerializer,
    CounterNoticeSerializer,
    OwnReportsSerializer,
)
from rights.reports.actions.answering import complain, complain_of_refusal, counter


class OwnReportsView(AccountView):
    """What was decided about somebody's publications."""

    @extend_schema(operation_id="own_reports", responses=OwnReportsSerializer)
    def get(self, request: Request) -> Response:
        """Every decided report, with its ground, its strike, and what can be done."""
        del request
        return Response(reports_document(self.account))


class ComplaintView(VaultView):
    """DSA Art. 20: somebody else looks at the decision."""

    @extend_schema(
        operation_id="report_complain", request=ComplaintSerializer, responses=OwnReportsSerializer
    )
    def put(self, request: Request, report_case_id: UUID) -> Response:
        """Complain of a decision, once. The same words again change nothing."""
        complain(report_case_id, read(ComplaintSerializer, request)["text"], actor=self.account)
        return Response(reports_document(self.account))


class RefusalComplaintView(VaultView):
    """The same for a photo that was refused because it looks like a withheld one."""

    @extend_schema(
        operation_id="refusal_complain", request=ComplaintSerializer,
        responses=OwnReportsSerializer,
    )  # fmt: skip
    def put(self, request: Request, publication_id: UUID) -> Response:
        """Complain of a refusal, once. The same words again change nothing."""
        text = read(ComplaintSerializer, request)["text"]
        complain_of_refusal(publication_id, text, actor=self.account)
        return Response(reports_document(self.account))


class CounterNoticeView(VaultView):
    """17 USC 512(g): an answer to a notice about copyright."""

    @extend_schema(
        operation_id="report_counter", request=CounterNoticeSerializer,
        responses=OwnReportsSerializer,
    )  # fmt: skip
    def put(self, request: Request, report_case_id: UUID) -> Response:
        """Give a counter-notice, once. Whoever signed the notice gets all of it."""
        counter(report_case_id, read(CounterNoticeSerializer, request), actor=self.account)
        return Response(reports_document(self.account))
