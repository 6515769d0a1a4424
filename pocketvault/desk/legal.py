"""Orders of authorities at the desk: for counsel and the DPO; an auditor looks.

Whatever changes something is one form with a reason, and one action. A package and a paper are
sent as they lie in the store or came in; nothing here is a picture, or made of one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from accounts.desk import roles_of
from accounts.models import Account, AccountSession, Role
from pocketvault.desk.figures import Figure
from pocketvault.desk.legal_case import case_facts
from pocketvault.desk.legal_forms import BY_NAME, entered_order
from pocketvault.desk.subjects import DeskPage, DeskSubject, Frame, InboxItem, act_of, reason_of
from pocketvault.kernel.errors import NotFoundError, VaultError
from pocketvault.kernel.purposes import ANSWER_ORDERS, touches_for
from rights.actions.looking import note_look
from rights.legal.actions.gagging import challenges_due
from rights.legal.actions.intake import add_authority, register_order
from rights.legal.actions.producing import hand_over, take_paper
from rights.legal.actions.speaking import fall_silent, publish_statement
from rights.legal.canary import standings
from rights.legal.instruments import RULES, SAID
from rights.legal.reading import is_gagged
from rights.models import Authority, LegalOrder, LookedAt

LOOKS = frozenset({Role.COUNSEL, Role.DPO, Role.AUDITOR})
ACTING = frozenset({Role.COUNSEL, Role.DPO})
SHOWN = 200
ENTRY = ("name", "country", "phone", "source")
SOON = timedelta(days=14)
# Without a referrer, a browser sends a form's origin as "null", and no form could be trusted.
_HEADERS = {"Referrer-Policy": "same-origin"}


def show_register(request: HttpRequest, frame: Frame) -> HttpResponse:
    """Every order: the open ones first, by when they are due."""
    orders = LegalOrder.objects.order_by(
        F("closed_at").desc(nulls_first=True), F("due_at").asc(nulls_last=True), "-pk"
    )[:SHOWN]
    context = {
        "orders": [(each, state_of(each)) for each in orders],
        "may_enter": bool(roles_of(actor_of(request)) & ACTING),
    }
    return _page(request, "legal-register", frame, "Legal orders", context)


def show_intake(request: HttpRequest, frame: Frame) -> HttpResponse:
    """The form by which an order comes in."""
    context: dict[str, Any] = {"rules": RULES, "classes": SAID, "sent": request.POST}
    if request.method == "POST":
        try:
            draft = entered_order(request, notes=reason_of(request))
            order = register_order(draft, session=session_of(request))
        except VaultError as error:
            context |= {"problem": str(error), "asked": request.POST.getlist("asked")}
            return _page(request, "legal-new", frame, "A new order", context, error.status)
        return HttpResponseRedirect(reverse("admin:legal-order", args=[order.pk]))
    return _page(request, "legal-new", frame, "A new order", context)


def show_order(request: HttpRequest, frame: Frame, order_id: UUID) -> HttpResponse:
    """One order: what it says, where it stands, and what may be done now."""
    problem, status = "", 200
    if request.method == "POST":
        try:
            reason = reason_of(request)
            act_of(request, BY_NAME)(order_id, request, reason, session_of(request))
        except NotFoundError as error:
            raise Http404 from error
        except VaultError as error:
            problem, status = str(error), error.status
        else:
            return HttpResponseRedirect(request.path)
    return _case(request, frame, order_id, problem, status)


@touches_for(ANSWER_ORDERS)
def send_package(request: HttpRequest, frame: Frame, order_id: UUID) -> HttpResponse:
    """The encrypted package, to whoever brings it to the authority."""
    try:
        data = hand_over(order_id, reason=reason_of(request), session=session_of(request))
    except NotFoundError as error:
        raise Http404 from error
    except VaultError as error:
        return _case(request, frame, order_id, str(error), error.status)
    return _file(data, f"{found_order(order_id).number}.cms")


@touches_for(ANSWER_ORDERS)
def send_paper(
    request: HttpRequest, frame: Frame, order_id: UUID, document_id: UUID
) -> HttpResponse:
    """A paper as it came."""
    try:
        paper = take_paper(
            order_id, document_id, reason=reason_of(request), session=session_of(request)
        )
    except NotFoundError as error:
        raise Http404 from error
    except VaultError as error:
        return _case(request, frame, order_id, str(error), error.status)
    return _file(paper.data, "paper.bin")


def show_directory(request: HttpRequest, frame: Frame) -> HttpResponse:
    """Authorities, and under which number each is called back."""
    context: dict[str, Any] = {"authorities": Authority.objects.order_by("country", "name")}
    if request.method != "POST":
        return _page(request, "legal-directory", frame, "Directory of authorities", context)
    try:
        reason_of(request)
        given = {name: request.POST.get(name, "").strip() for name in ENTRY}
        add_authority(**given, session=session_of(request))
    except VaultError as error:
        context["problem"] = str(error)
        return _page(
            request, "legal-directory", frame, "Directory of authorities", context, error.status
        )
    return HttpResponseRedirect(request.path)


def show_public(request: HttpRequest, frame: Frame) -> HttpResponse:
    """What is published: statements that people signed, and where none is made any more."""
    context: dict[str, Any] = {"standings": standings()}
    if request.method != "POST":
        return _page(request, "legal-public", frame, "Canary", context)
    try:
        reason_of(request)
        act_of(request, _SPEAKING)(request)
    except VaultError as error:
        context["problem"] = str(error)
        return _page(request, "legal-public", frame, "Canary", context, error.status)
    return HttpResponseRedirect(request.path)


def _fall_silent(request: HttpRequest) -> None:
    jurisdiction = request.POST.get("jurisdiction", "").strip()
    fall_silent(jurisdiction, session=session_of(request))


def _publish(request: HttpRequest) -> None:
    sent, session = request.POST, session_of(request)
    signatures = [
        {name: sent.get(f"{name}_{n}", "").strip() for name in ("name", "key", "signature")}
        for n in (1, 2)
    ]
    publish_statement(sent.get("document", "").strip().encode(), signatures, session=session)


_SPEAKING = {"publish": _publish, "silence": _fall_silent}


def inbox(roles: frozenset[Role]) -> Iterable[InboxItem]:
    """Open orders, and gags to be challenged. Two queries."""
    if not roles & LOOKS:
        return
    for order in LegalOrder.objects.filter(closed_at=None).order_by("pk"):
        yield InboxItem(
            subject="Legal orders", number=order.number, what=state_of(order),
            address=reverse("admin:legal-order", args=[order.pk]), due_at=order.due_at,
        )
    for gag in challenges_due(timezone.now(), within=SOON):
        yield InboxItem(
            subject="Legal orders", number=gag.order.number, what="Gag to be challenged",
            address=reverse("admin:legal-order", args=[gag.order_id]), due_at=gag.challenge_at,
        )


def figures() -> Iterable[Figure]:
    """How many are open, and how many wait for a challenge."""
    orders = LegalOrder.objects.filter(closed_at=None)
    late = orders.filter(due_at__lt=timezone.now()).count()
    yield Figure(
        name="Legal orders", value=f"{orders.count():,}", note=f"open, {late:,} past their day",
        is_late=late > 0,
    )


def state_of(order: LegalOrder) -> str:
    """Where an order stands, in a few words."""
    if order.produced_at:
        return "Handed over"
    if order.closed_at:
        return {"reject": "Rejected", "contest": "Contested"}.get(order.outcome or "", "Closed")
    if order.approved_at:
        return "Approved, cooling"
    if order.reviewed_at:
        return "Waits for approval"
    return "Genuine, waits for review" if order.genuine_at else "Waits for the call back"


def found_order(order_id: UUID) -> LegalOrder:
    """Raises ``Http404``."""
    order = LegalOrder.objects.filter(pk=order_id).first()
    if order is None:
        raise Http404
    return order


def actor_of(request: HttpRequest) -> Account:
    """Who is at the desk."""
    assert isinstance(request.user, Account)
    return request.user


def session_of(request: HttpRequest) -> AccountSession:
    """Their session, which the door let in."""
    found: AccountSession = request.account_session  # type: ignore[attr-defined]
    return found


def _note_looks(request: HttpRequest, order: LegalOrder) -> None:
    """Shown to the person once they are told of the order, and not before."""
    waits = is_gagged(order)
    for account_id, told_at in order.notices.values_list("account_id", "told_at"):
        note_look(
            account_id, LookedAt.ORDER, actor=actor_of(request), case_id=order.pk,
            is_gagged=waits or told_at is None,
        )


def _case(
    request: HttpRequest, frame: Frame, order_id: UUID, problem: str, status: int
) -> HttpResponse:
    order = found_order(order_id)
    _note_looks(request, order)
    context = case_facts(order, reader=actor_of(request)) | {"problem": problem}
    return _page(request, "legal-order", frame, f"Order {order.number}", context, status)


def _page(
    request: HttpRequest, name: str, frame: Frame, title: str, context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    context = {**frame, "title": title, **context}
    return TemplateResponse(
        request, f"admin/{name}.html", context, status=status, headers=_HEADERS
    )


def _file(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


SUBJECT = DeskSubject(
    name="Legal orders",
    pages=(
        DeskPage(
            path="legal/", name="legal", view=show_register, looks=LOOKS, title="Legal orders"
        ),
        DeskPage(path="legal/new/", name="legal-new", view=show_intake, looks=ACTING, acts=ACTING),
        DeskPage(
            path="legal/directory/", name="legal-directory", view=show_directory, looks=LOOKS,
            acts=ACTING,
        ),
        DeskPage(
            path="legal/canary/", name="legal-public", view=show_public, looks=LOOKS, acts=ACTING
        ),
        DeskPage(
            path="legal/<uuid:order_id>/", name="legal-order", view=show_order, looks=LOOKS,
            acts=ACTING,
        ),
        DeskPage(
            path="legal/<uuid:order_id>/package/", name="legal-package", view=send_package,
            looks=frozenset(), acts=ACTING,
        ),
        DeskPage(
            path="legal/<uuid:order_id>/papers/<uuid:document_id>/", name="legal-paper",
            view=send_paper, looks=frozenset(), acts=ACTING,
        ),
    ),
    inbox=inbox,
    figures=figures,
)  # fmt: skip
