"""Takedowns at the desk: the board, a case, and the rules and receivers we know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import Account, Role
from pocketvault.desk.figures import Figure
from pocketvault.desk.histories import history_of
from pocketvault.desk.subjects import DeskPage, DeskSubject, Frame, InboxItem, reason_of
from pocketvault.kernel.errors import VaultError
from rights.actions.looking import note_look
from rights.models import LookedAt, Takedown, TakedownStep
from rights.takedown.actions.drafting import note_answer
from rights.takedown.actions.sending import escalate_case, note_sent_by_hand, number_of
from rights.takedown.directory import ENTRIES
from rights.takedown.formats import letter_of
from rights.takedown.machine import Deed, step_after
from rights.takedown.regimes import REGIMES
from rights.takedown.telling import case_facts, needs_of

ACTS = frozenset({Role.DPO, Role.REVIEWER, Role.SUPPORT})
SHOWN, HOSTS = 300, 50
# A signed notice goes out within minutes, unless there is nobody with an e-mail address.
HAND_AFTER = timedelta(hours=1)
# Without a referrer, a browser sends a form's origin as "null", and no form could be trusted.
_HEADERS = {"Referrer-Policy": "same-origin"}
# What a desk may note in a case, by the name its button sends.
_ANSWERS = {
    "acknowledged": Deed.ACKNOWLEDGE, "refused": Deed.REFUSE, "countered": Deed.COUNTER,
    "restored": Deed.RESTORE, "close": Deed.CLOSE,
}
# For whoever has no account, and so no button of their own.
_FOR_GUESTS = {"withdraw": Deed.WITHDRAW}  # fmt: skip


def show_board(request: HttpRequest, frame: Frame) -> HttpResponse:
    """Open cases by step, what is due soonest first, and how hosts answer."""
    rows = Takedown.objects.open_ones().order_by(F("next_letter_at").asc(nulls_last=True), "pk")
    cases = list(rows[:SHOWN])
    columns = [
        (TakedownStep(step).label, [each for each in cases if each.step == step])
        for step in TakedownStep.values
    ]
    context = {
        **frame, "title": "Takedowns", "now": timezone.now(), "hosts": _hosts(),
        "columns": [(name, _with_rules(found)) for name, found in columns if found],
    }  # fmt: skip
    return TemplateResponse(request, "admin/takedown-board.html", context, headers=_HEADERS)


def show_case(request: HttpRequest, frame: Frame, case_id: UUID) -> HttpResponse:
    """One case, with what can be done next. Sent as a form, it is done with a reason."""
    case = _case(case_id)
    problem, status = "", 200
    if request.method == "POST":
        try:
            _do(request, case)
        except VaultError as error:
            problem, status = str(error), error.status
        else:
            return HttpResponseRedirect(reverse("admin:takedown", args=[case.pk]))
    actor = cast(Account, request.user)
    _note_look(case, actor)
    context: dict[str, Any] = {
        **frame, "title": f"Takedown {number_of(case)}", "case": case_facts(case),
        "step": case.get_step_display(), "level": case.get_level_display(),
        "rules": _rules_of(case), "problem": problem, "possible": _possible(case),
        "events": history_of(case.events.order_by("-pk")),
    }  # fmt: skip
    return TemplateResponse(
        request, "admin/takedown-case.html", context, status=status, headers=_HEADERS
    )


def show_letter(request: HttpRequest, frame: Frame, case_id: UUID) -> HttpResponse:
    """The notice as its receiver reads it."""
    case = _case(case_id)
    actor = cast(Account, request.user)
    _note_look(case, actor)
    context = {**frame, "title": f"Notice {number_of(case)}", "case_id": case.pk,
               "letter": letter_of(case)}  # fmt: skip
    return TemplateResponse(request, "admin/takedown-letter.html", context)


def show_rules(request: HttpRequest, frame: Frame) -> HttpResponse:
    """What notices need, and whom we know to write to, each with where it was read."""
    regimes = [(each, needs_of(each)) for each in REGIMES.values()]
    context = {**frame, "title": "Rules and receivers", "regimes": regimes, "entries": ENTRIES}
    return TemplateResponse(request, "admin/takedown-rules.html", context)


def _with_rules(cases: Iterable[Takedown]) -> list[tuple[Takedown, str]]:
    return [(each, _rules_of(each)) for each in cases]


def _rules_of(case: Takedown) -> str:
    """The law that its notice rests on, as people call it; empty while none was chosen."""
    return gettext(REGIMES[case.regime].title) if case.regime else ""


def _case(case_id: UUID) -> Takedown:
    case = Takedown.objects.filter(pk=case_id).first()
    if case is None:
        raise Http404
    return case


def _note_look(case: Takedown, actor: Account) -> None:
    """For the person; whoever has no account has no page on which it could stand."""
    if case.owner_id is not None:
        note_look(case.owner_id, LookedAt.TAKEDOWN, actor=actor, case_id=case.pk)


def _do(request: HttpRequest, case: Takedown) -> None:
    """One deed with its reason. Raises `VaultError`."""
    reason, deed = reason_of(request), request.POST.get("act", "")
    actor = cast(Account, request.user)
    number = request.POST.get("contact", "")
    if deed == "escalate":
        escalate_case(case.pk, actor_id=actor.pk, note=reason)
    elif deed == "sent" and number.isdecimal():
        note_sent_by_hand(case.pk, int(number[:4]), actor_id=actor.pk)
    elif deed in (known := _answers(case)):
        note_answer(case.pk, known[deed], actor_id=actor.pk, note=reason)
    else:
        raise Http404


def _answers(case: Takedown) -> dict[str, Deed]:
    return _ANSWERS if case.owner_id is not None else _ANSWERS | _FOR_GUESTS


def _possible(case: Takedown) -> list[tuple[str, str]]:
    """The buttons that follow on this step."""
    found = [
        (name, deed.value.replace("_", " ").capitalize())
        for name, deed in _answers(case).items()
        if step_after(case.step, deed) is not None
    ]
    if step_after(case.step, Deed.ESCALATE) is not None:
        found.append(("escalate", "Turn to the next level"))
    return found


def _hosts() -> list[dict[str, Any]]:
    """How hosts answered: counts that name no person."""
    removed = Count("pk", filter=Q(removed_at__isnull=False))
    refused = Count("pk", filter=Q(step=TakedownStep.REFUSED))
    rows = Takedown.objects.exclude(sent_at=None).values("host").order_by()
    counted = rows.annotate(cases=Count("pk"), removed=removed, refused=refused)
    return [dict(each) for each in counted.order_by("-cases", "host")[:HOSTS]]


def _waiting() -> QuerySet[Takedown]:
    """What only somebody at the desk can go on with."""
    now = timezone.now()
    by_hand = Q(step=TakedownStep.SIGNED, signed_at__lt=now - HAND_AFTER)
    answered = Q(step__in=[TakedownStep.COUNTERED, TakedownStep.UNRESOLVED])
    return Takedown.objects.filter(by_hand | answered)


def inbox(roles: frozenset[Role]) -> Iterable[InboxItem]:
    """Signed notices that did not go out, counter-notices, and cases nobody answered."""
    if not roles & ACTS:
        return []
    return [
        InboxItem(
            subject="Takedowns", number=number_of(case), what=str(TakedownStep(case.step).label),
            address=reverse("admin:takedown", args=[case.pk]), due_at=case.next_letter_at,
        )
        for case in _waiting().order_by("pk")[:SHOWN]
    ]  # fmt: skip


def figures() -> Iterable[Figure]:
    """Two counts."""
    cases = Takedown.objects.aggregate(
        open=Count("pk", filter=Q(closed_at=None)),
        removed=Count("pk", filter=Q(removed_at__isnull=False)),
    )
    note = f"{cases['removed']:,} verified removals"
    return [Figure(name="Takedowns open", value=f"{cases['open']:,}", note=note)]


SUBJECT = DeskSubject(
    name="Takedowns",
    pages=(
        DeskPage(path="takedowns/", name="takedowns", view=show_board, title="Takedowns"),
        DeskPage(path="takedowns/rules/", name="takedown-rules", view=show_rules),
        DeskPage(path="takedowns/<uuid:case_id>/", name="takedown", view=show_case, acts=ACTS),
        DeskPage(
            path="takedowns/<uuid:case_id>/letter/", name="takedown-letter", view=show_letter
        ),
    ),
    inbox=inbox,
    figures=figures,
)
