"""Nobody forgets a request: reminders, and a second person for what is overdue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.actions.mailing import queue_mail
from accounts.models import Account, Role
from rights.actions.case_journal import journaled
from rights.clocks import reminders_due
from rights.models import DataRequest, RequestState, RequestTag
from rights.requests.actions.handling import colleagues
from rights.requests.actions.keeping import note

_PASSED = {
    1: gettext_noop("half of its time is over"),
    2: gettext_noop("a quarter of its time is left"),
    3: gettext_noop("a tenth of its time is left"),
}
CONFIRM_LATE = 4
# What says whether somebody is to be told.
_TIMES = (
    "received_at", "extended_at", "due_at", "reminders", "escalated_at",
    "confirm_due_at", "confirmed_at", "confirm_reminders",
)  # fmt: skip
_TO_CONFIRM = {
    1: gettext_noop("half of the time to say that it came is over"),
    2: gettext_noop("a quarter of the time to say that it came is left"),
    3: gettext_noop("a tenth of the time to say that it came is left"),
    CONFIRM_LATE: gettext_noop("nobody was told that it came, and the time for that is over"),
}


def remind_of_requests() -> int:
    """Remind of each that reached 50, 75 or 90 % of its time to answer, or of its time to say
    that it came, and give what is overdue to a second person; return how many were. Safe to
    repeat.
    """
    # Read without a lock, in one statement: most of what waits at a busy desk owes nothing yet.
    waiting = DataRequest.objects.waiting().only("pk", *_TIMES)
    return sum(_remind(each.pk) for each in list(waiting) if _owes(each))


@journaled()
def _remind(request_id: UUID) -> bool:
    waiting = DataRequest.objects.filter(state=RequestState.OPEN)
    request = waiting.select_for_update(skip_locked=True).filter(pk=request_id).first()
    if request is None:
        return False
    was_told = _remind_to_confirm(request)
    if _is_overdue(request):
        _escalate(request)
        return True
    return _remind_to_answer(request) or was_told


def _owes(request: DataRequest) -> bool:
    return _is_overdue(request) or bool(_late_to_confirm(request) or _late_to_answer(request))


def _is_overdue(request: DataRequest) -> bool:
    """Over, and not given to a second person yet."""
    return timezone.now() > request.due_at and request.escalated_at is None


def _late_to_confirm(request: DataRequest) -> int:
    """The number of the reminder that is due, or 0."""
    due, already = request.confirm_due_at, request.confirm_reminders
    if due is None or request.confirmed_at is not None:
        return 0
    if timezone.now() > due:
        return CONFIRM_LATE if already < CONFIRM_LATE else 0
    return reminders_due(request.received_at, due, already)


def _late_to_answer(request: DataRequest) -> int:
    """The number of the reminder that is due, or 0."""
    start = request.extended_at or request.received_at
    return reminders_due(start, request.due_at, request.reminders)


def _remind_to_confirm(request: DataRequest) -> bool:
    """Where the law gives a time of its own in which somebody is told that their request came:
    three reminders while it runs, and one more, to a second person too, once it is over.
    """
    passed = _late_to_confirm(request)
    if not passed:
        return False
    request.confirm_reminders = passed
    request.save(update_fields=["confirm_reminders"])
    note(request, RequestTag.CONFIRM_REMINDED, words=_TO_CONFIRM[passed])
    second = _second_person(request) if passed == CONFIRM_LATE else None
    people = _answering(request)
    others = [] if second in people else [second]
    _tell([*people, *others], request, _TO_CONFIRM[passed], request.confirm_due_at)
    return True


def _remind_to_answer(request: DataRequest) -> bool:
    passed = _late_to_answer(request)
    if not passed:
        return False
    request.reminders = passed
    request.save(update_fields=["reminders"])
    note(request, RequestTag.REMINDED, words=_PASSED[passed])
    _tell(_answering(request), request, _PASSED[passed])
    return True


def _escalate(request: DataRequest) -> None:
    """Somebody else gets it: whoever let it lie is not asked again."""
    second = _second_person(request)
    if second is not None:
        request.assigned_to = second.pk
    request.escalated_at = timezone.now()
    request.save(update_fields=["assigned_to", "escalated_at"])
    note(request, RequestTag.ESCALATED)
    _tell([second] if second else _answering(request), request, gettext_noop("it is overdue"))


def _second_person(request: DataRequest) -> Account | None:
    """A data protection officer who did not have it, or else anybody who answers requests."""
    others = colleagues().exclude(account=request.assigned_to) if request.assigned_to else (
        colleagues()
    )
    found = list(others.select_related("account").order_by("pk"))
    found.sort(key=lambda each: each.role != Role.DPO)
    return found[0].account if found else None


def _answering(request: DataRequest) -> list[Account]:
    """Whoever has it, or everybody who may."""
    found = {each.account_id: each.account for each in colleagues().select_related("account")}
    if request.assigned_to in found:
        return [found[request.assigned_to]]
    return list(found.values())


def _tell(
    people: Iterable[Account | None], request: DataRequest, what: str, due: datetime | None = None
) -> None:
    template = "rights.request_due" if due is None else "rights.say_it_came"
    for each in filter(None, people):
        queue_mail(
            template, email=each.email, number=request.number, what=what,
            due=(due or request.due_at).date().isoformat(), id=str(request.pk),
        )
