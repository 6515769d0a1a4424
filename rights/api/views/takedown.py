"""Copies of somebody's pictures elsewhere, and their way to removal."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import plain_request
from accounts.api.repeats import once
from accounts.api.serializers.fields import read
from accounts.guards import require_step_up
from images.api.base import VaultView
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import TAKE_DOWN_COPIES
from pocketvault.kernel.ratelimit import limit_by_name
from rights.api.serializers.takedown import (
    AnswerSerializer,
    CaseSerializer,
    CasesSerializer,
    LumenSerializer,
    NoticeSerializer,
    RegimesSerializer,
    ReportSerializer,
    SentByHandSerializer,
    SignatureSerializer,
)
from rights.models import Takedown
from rights.takedown.actions.drafting import (
    choose_lumen,
    draft_notice,
    note_answer,
    sign_notice,
)
from rights.takedown.actions.keeping import keep_upload
from rights.takedown.actions.reporting import Report, case_of, report_copies, withdraw_case
from rights.takedown.actions.sending import note_sent_by_hand
from rights.takedown.bundle import bundle_of
from rights.takedown.formats import file_of
from rights.takedown.machine import Deed
from rights.takedown.papers import Paper
from rights.takedown.regimes import REGIMES
from rights.takedown.telling import case_facts, case_line, needs_of
from sharing.api.views.traces import copy_in

# Each report makes us fetch pages of others.
REPORTS = "60/h"
NOTHING = {204: OpenApiResponse(description="It is closed.")}
FILE = {200: OpenApiResponse(OpenApiTypes.BINARY, description="The file.")}
LISTED = 500
PLAIN_TYPES = ("image/png", "image/jpeg", "image/webp", "text/html", "application/pdf")


class RegimesView(VaultView):
    """The rules a notice can be made under."""

    @extend_schema(operation_id="takedown_regimes", responses=RegimesSerializer)
    def get(self, request: Request) -> Response:
        """Each with what it wants in a notice, in words, and where that was read."""
        items = [
            {
                "name": each.name, "title": gettext(each.title), "source": each.source,
                "read_on": each.read_on, "needs": needs_of(each),
            }
            for each in REGIMES.values()
        ]  # fmt: skip
        return Response({"items": items})


class TakedownsView(VaultView):
    """All cases of the account."""

    @extend_schema(operation_id="takedowns_list", responses=CasesSerializer)
    def get(self, request: Request) -> Response:
        """Newest first, at most 500."""
        rows = Takedown.objects.owned_by(self.account).order_by("-pk")[:LISTED]
        return Response({"items": [case_line(each) for each in rows]})

    @extend_schema(
        operation_id="takedowns_report", request=ReportSerializer, responses={201: CasesSerializer}
    )
    @once
    def post(self, request: Request) -> Response:
        """Report addresses, and get one case for each host."""
        plain = plain_request(request)
        limit_by_name(plain, door="takedown", name=str(self.account.pk), rate=REPORTS)
        cases = report_copies(Report(**read(ReportSerializer, request)), actor=self.account)
        return Response({"items": [case_line(each) for each in cases]}, status=201)


class TakedownView(VaultView):
    """One case."""

    @extend_schema(operation_id="takedowns_read", responses=CaseSerializer)
    def get(self, request: Request, takedown_id: UUID) -> Response:
        """Everything in it: the timeline, the meter, receivers, letters, hashes."""
        return Response(case_facts(case_of(self.account, takedown_id)))


class NoticeView(VaultView):
    """What is stated in a case."""

    @extend_schema(
        operation_id="takedowns_draft", request=NoticeSerializer, responses=CaseSerializer
    )
    def put(self, request: Request, takedown_id: UUID) -> Response:
        """Keep a draft, complete or not: the meter of the answer says what is missing."""
        said = read(NoticeSerializer, request)
        paper = Paper(**{name: value for name, value in said.items() if name != "regime"})
        case = draft_notice(takedown_id, said["regime"], paper, actor=self.account)
        return Response(case_facts(case))


class SignView(VaultView):
    """The signature under a notice."""

    @extend_schema(
        operation_id="takedowns_sign", request=SignatureSerializer, responses=CaseSerializer
    )
    @once
    def post(self, request: Request, takedown_id: UUID) -> Response:
        """Sign with the legal name, right after a step-up. The notice then goes out by itself."""
        require_step_up(self.session)
        signature = read(SignatureSerializer, request)["signature"]
        return Response(case_facts(sign_notice(takedown_id, signature, actor=self.account)))


class AnswersView(VaultView):
    """What the other side said."""

    @extend_schema(
        operation_id="takedowns_answer", request=AnswerSerializer, responses=CaseSerializer
    )
    @once
    def post(self, request: Request, takedown_id: UUID) -> Response:
        """Write down an answer that reached the person: reminders stop, or go on from there."""
        said, case = read(AnswerSerializer, request), case_of(self.account, takedown_id)
        deed = _DEEDS[said["answer"]]
        moved = note_answer(case.pk, deed, actor_id=self.account.pk, note=said["note"])
        return Response(case_facts(moved))


_DEEDS = {
    "acknowledged": Deed.ACKNOWLEDGE, "refused": Deed.REFUSE, "countered": Deed.COUNTER,
    "restored": Deed.RESTORE, "reappeared": Deed.REAPPEAR,
}  # fmt: skip


class SentByHandView(VaultView):
    """A notice that went into a web form."""

    @extend_schema(
        operation_id="takedowns_sent", request=SentByHandSerializer, responses=CaseSerializer
    )
    @once
    def post(self, request: Request, takedown_id: UUID) -> Response:
        """Write down that the person filled in a receiver's form: the clocks start."""
        number = read(SentByHandSerializer, request)["contact"]
        case = case_of(self.account, takedown_id)
        note_sent_by_hand(case.pk, number, actor_id=self.account.pk)
        return Response(case_facts(case_of(self.account, takedown_id)))


class LumenView(VaultView):
    """Whether a notice goes to a public collection."""

    @extend_schema(
        operation_id="takedowns_lumen", request=LumenSerializer, responses=CaseSerializer
    )
    def put(self, request: Request, takedown_id: UUID) -> Response:
        """Choose it, or take the choice back. Off unless somebody turns it on; never for intimate
        pictures.
        """
        is_wanted = read(LumenSerializer, request)["is_wanted"]
        case = choose_lumen(takedown_id, is_wanted=is_wanted, actor=self.account)
        return Response(case_facts(case))


class WithdrawTakedownView(VaultView):
    """The end of a case by its person."""

    @extend_schema(operation_id="takedowns_withdraw", request=None, responses=NOTHING)
    @once
    def post(self, request: Request, takedown_id: UUID) -> Response:
        """Close it: nobody is reminded, nothing is looked at again."""
        withdraw_case(takedown_id, actor=self.account)
        return Response(status=204)


class NoticeFileView(VaultView):
    """The notice as a file."""

    @extend_schema(operation_id="takedowns_file", responses=FILE)
    def get(self, request: Request, takedown_id: UUID, format_name: str) -> HttpResponse:
        """As ``letter.txt``, ``letter.pdf``, ``xarf.json``, ``cloudflare.json``,
        ``sheet.txt``, and ``lumen.json`` where that was chosen.
        """
        found = file_of(case_of(self.account, takedown_id), format_name)
        if found is None:
            raise NotFoundError
        headers = {"Content-Disposition": f'attachment; filename="{found.name}"'}
        return HttpResponse(found.data, content_type=found.media_type, headers=headers)


class EvidenceView(VaultView):
    """What was found, and what the person saw."""

    purpose = TAKE_DOWN_COPIES

    @extend_schema(operation_id="takedowns_bundle", responses=FILE)
    def get(self, request: Request, takedown_id: UUID) -> HttpResponse:
        """All of it as a ZIP with a manifest of hashes, for a lawyer."""
        case = case_of(self.account, takedown_id)
        headers = {"Content-Disposition": f'attachment; filename="evidence-{case.pk}.zip"'}
        return HttpResponse(bundle_of(case), content_type="application/zip", headers=headers)

    @extend_schema(
        operation_id="takedowns_upload",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=CaseSerializer,
    )
    def post(self, request: Request, takedown_id: UUID) -> Response:
        """Add a screenshot, or a page that was saved: it is kept as it is, and shown to nobody."""
        plain = plain_request(request)
        limit_by_name(plain, door="takedown", name=str(self.account.pk), rate=REPORTS)
        case = case_of(self.account, takedown_id)
        said = request.query_params.get("type", "")
        media_type = said if said in PLAIN_TYPES else "application/octet-stream"
        keep_upload(case, copy_in(request), media_type, actor=self.account)
        return Response(case_facts(case))
