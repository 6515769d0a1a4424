"""The desk's pages for requests: the board, a case, a letter before it is sent, the rules, and the
record of processing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict, cast
from uuid import UUID

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Account, Role
from pocketvault.desk.figures import Figure
from pocketvault.desk.histories import history_of
from pocketvault.desk.subjects import (
    EVERYBODY,
    DeskPage,
    DeskSubject,
    Frame,
    InboxItem,
    act_of,
    reason_of,
)
from pocketvault.kernel.errors import NotFoundError, VaultError
from rights.actions.looking import note_look
from rights.letters.paper import pdf_of
from rights.letters.writing import Letter, read_letter
from rights.models import DataRequest, IdentityLevel, IntakeMail, LookedAt, RequestState
from rights.requests.actions import handling
from rights.requests.actions.intake import UNREAD
from rights.requests.grounds import grounds_of
from rights.requests.knowing import is_about_account, needed_for
from rights.requests.processing_record import as_csv, as_letter
from rights.requests.regimes import MAY_ASK, RULES
from rights.requests.writing import Asking, rule_for

LOOKS = EVERYBODY - {Role.REVIEWER, Role.COUNSEL}
ACTS = frozenset({Role.DPO, Role.SUPPORT})
# Without a referrer, a browser sends a form's origin as "null", and no form could be trusted.
_HEADERS = {"Referrer-Policy": "same-origin"}
MOST_SHOWN = 200
Sent = Mapping[str, str]


class By(TypedDict):
    """Who does something, and why."""

    actor: Account
    reason: str


def show_board(request: HttpRequest, frame: Frame) -> HttpResponse:
    """What waits, the most urgent first, and what was closed last."""
    waiting = DataRequest.objects.at_the_desk().waiting()[:MOST_SHOWN]
    ended = DataRequest.objects.at_the_desk().exclude(closed_at=None).order_by("-closed_at")
    context = {
        "title": gettext("Requests"),
        "waiting": list(waiting),
        "ended": list(ended[:20]),
        "unread_mails": IntakeMail.objects.filter(outcome=UNREAD).count(),
        "now": timezone.now(),
    }
    return TemplateResponse(request, "admin/requests-board.html", frame | context)


def show_case(request: HttpRequest, frame: Frame, request_id: UUID) -> HttpResponse:
    """One request with its history, its letters and what can be done. A letter is shown before it
    is sent.
    """
    case = _case(request_id)
    if request.method != "POST":
        if case.account_id is not None:
            actor = cast(Account, request.user)
            note_look(case.account_id, LookedAt.REQUEST, actor=actor, case_id=case.pk)
        return _shown(request, frame, case)
    try:
        if request.POST.get("is_preview"):
            return _shown(request, frame, case, letter=_letter_of(request, case))
        by = By(actor=cast(Account, request.user), reason=reason_of(request))
        act_of(request, _BY_NAME)(case, request.POST, by)
    except VaultError as error:
        return _shown(request, frame, case, problem=gettext(str(error)), status=error.status)
    return HttpResponseRedirect(reverse("admin:request", args=[case.pk]))


def show_letter(
    request: HttpRequest, frame: Frame, request_id: UUID, letter_id: UUID
) -> HttpResponse:
    """One letter, as it was sent."""
    case = _case(request_id)
    row = case.letters.filter(pk=letter_id).first()
    if row is None:
        raise Http404
    if case.account_id is not None:
        actor = cast(Account, request.user)
        note_look(case.account_id, LookedAt.REQUEST, actor=actor, case_id=case.pk)
    context = {"title": case.number, "case": case, "row": row, "letter": read_letter(row.open())}
    return TemplateResponse(request, "admin/requests-letter.html", frame | context)


def show_rules(request: HttpRequest, frame: Frame) -> HttpResponse:
    """Every law's clocks, with where they were read and when, and the grounds of a refusal."""
    rules = [(regime, kind, rule) for (regime, kind), rule in RULES.items()]
    grounds = [ground for regime in ("gdpr", "ccpa") for ground in grounds_of(regime)]
    context = {"title": gettext("Deadlines and grounds"), "rules": rules, "grounds": grounds}
    return TemplateResponse(request, "admin/requests-rules.html", frame | context)


def show_record_csv(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The record of processing as a table."""
    del request, frame
    return _file(as_csv(), "text/csv; charset=utf-8", "csv")


def show_record_pdf(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The record of processing as a document."""
    del request, frame
    return _file(pdf_of(as_letter()), "application/pdf", "pdf")


def inbox(roles: frozenset[Role]) -> Iterable[InboxItem]:
    """Every open request, for those who may look at one. One query."""
    if not roles & LOOKS:
        return
    for each in DataRequest.objects.at_the_desk().waiting()[:MOST_SHOWN]:
        title = gettext(rule_for(each).title)
        is_to_confirm = each.next_due_at != each.due_at
        yield InboxItem(
            subject=gettext("Requests"), number=each.number, due_at=each.next_due_at,
            what=gettext("Say that it came: %s") % title if is_to_confirm else title,
            address=reverse("admin:request", args=[each.pk]),
        )  # fmt: skip


def figures() -> Iterable[Figure]:
    """How many wait, and how many of them too long."""
    due = DataRequest.objects.at_the_desk().waiting().order_by()
    found = due.aggregate(open=Count("pk"), late=Count("pk", Q(due_at__lt=timezone.now())))
    late, name = found["late"], gettext("Open requests")
    note = gettext("%(count)d overdue") % {"count": late}
    return [Figure(name=name, value=str(found["open"]), note=note, is_late=late > 0)]


def _case(request_id: UUID) -> DataRequest:
    found = DataRequest.objects.at_the_desk().filter(pk=request_id).first()
    if found is None:
        raise Http404
    return found


def _letter_of(request: HttpRequest, case: DataRequest) -> Letter:
    sent = request.POST
    return handling.preview(
        case, sent.get("act", ""), sent.get("text", ""), sent.get("ground", "")
    )


def _reclassify(case: DataRequest, sent: Sent, by: By) -> None:
    regime, _, kind = sent.get("right", "").partition(".")
    handling.reclassify_request(case.pk, kind, regime, **by)


def _text(sent: Sent) -> str:
    return sent.get("text", "")


Act = Callable[[DataRequest, Sent, By], None]
_BY_NAME: dict[str, Act] = {
    "confirm": lambda case, _, by: handling.confirm_receipt(case.pk, **by),
    "identity": lambda case, sent, by: handling.ask_identity(case.pk, _text(sent), **by),
    "extend": lambda case, sent, by: handling.extend_request(case.pk, _text(sent), **by),
    "answer": lambda case, sent, by: handling.answer_request(case.pk, _text(sent), **by),
    "refuse": lambda case, sent, by: handling.refuse_request(
        case.pk, sent.get("ground", ""), _text(sent), **by
    ),
    "reassign": lambda case, sent, by: handling.reassign_request(
        case.pk, _id(sent.get("colleague", "")), **by
    ),
    "reclassify": _reclassify,
    "close": lambda case, sent, by: handling.close_request(case.pk, _text(sent), **by),
}


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFoundError from error


def _shown(
    request: HttpRequest, frame: Frame, case: DataRequest, *, status: int = 200, **more: object
) -> HttpResponse:
    rule = rule_for(case)
    people = {each.account_id: each.account for each in _colleagues()}
    context: dict[str, Any] = {
        "title": case.number, "case": case, "rule": rule, "asking": Asking.of(case),
        "events": history_of(case.events.order_by("-at", "-pk")),
        "letters": list(case.letters.order_by("sent_at", "pk")),
        "is_open": case.state == RequestState.OPEN,
        "has_address": case.identity >= IdentityLevel.EMAIL,
        "may_ask": gettext(MAY_ASK[IdentityLevel(case.identity)]),
        "is_known_enough": case.identity >= needed_for(case),
        "is_about_account": is_about_account(case),
        "longest": handling.longest_of(case) if case.extended_at is None else None,
        "grounds": grounds_of(case.regime), "colleagues": list(people.values()),
        "rights": [(f"{law}.{kind}", each) for (law, kind), each in RULES.items()],
        "now": timezone.now(), "sent": request.POST, **more,
    }  # fmt: skip
    return TemplateResponse(
        request, "admin/requests-case.html", frame | context, status=status, headers=_HEADERS
    )


def _colleagues() -> Iterable[Any]:
    return handling.colleagues().select_related("account").order_by("account__email")


def _file(data: bytes, kind: str, ending: str) -> HttpResponse:
    name = f'attachment; filename="record-of-processing-{timezone.now():%Y-%m-%d}.{ending}"'
    return HttpResponse(data, content_type=kind, headers={"Content-Disposition": name})


SUBJECT = DeskSubject(
    name="Requests",
    pages=(
        DeskPage(
            path="requests/", name="requests", view=show_board, looks=LOOKS, title="Requests"
        ),
        DeskPage(path="requests/rules/", name="request-rules", view=show_rules, looks=LOOKS),
        DeskPage(
            path="requests/record.csv", name="request-record-csv", view=show_record_csv,
            looks=LOOKS,
        ),
        DeskPage(
            path="requests/record.pdf", name="request-record-pdf", view=show_record_pdf,
            looks=LOOKS,
        ),
        DeskPage(
            path="requests/<uuid:request_id>/", name="request", view=show_case, looks=LOOKS,
            acts=ACTS,
        ),
        DeskPage(
            path="requests/<uuid:request_id>/letters/<uuid:letter_id>/", name="request-letter",
            view=show_letter, looks=LOOKS,
        ),
    ),
    inbox=inbox,
    figures=figures,
)  # fmt: skip
