"""What somebody at the desk does with a request. Each step has a reason, which is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Account, Role, StaffRole
from rights.actions.case_journal import journaled
from rights.letters.writing import Letter
from rights.models import DataRequest, IdentityLevel, RequestState, RequestTag
from rights.requests.actions.keeping import note, open_row, send
from rights.requests.actions.opening import confirm_by_letter, give_code
from rights.requests.errors import (
    NotExtensibleError,
    NothingToSayError,
    UnknownColleagueError,
    WrongLawError,
)
from rights.requests.grounds import ground_named
from rights.requests.knowing import insist_on_identity
from rights.requests.regimes import deadlines, rule_of
from rights.requests.writing import (
    MOST_TEXT,
    Asking,
    rule_for,
    write_answer,
    write_closing,
    write_extension,
    write_identity,
    write_refusal,
)

MAY_ANSWER = frozenset({Role.DPO, Role.SUPPORT})
# A code that is asked for again later is another code.
AGAIN_WITHIN = timedelta(minutes=10)


@journaled()
def confirm_receipt(request_id: UUID, *, actor: Account, reason: str) -> None:
    """Tell the person that it came, where no letter said so yet. Safe to repeat."""
    request = open_row(request_id)
    if request.confirmed_at is not None:
        return
    confirm_by_letter(request)
    note(request, RequestTag.RECEIPT_CONFIRMED, actor=actor, words=reason)


@journaled()
def ask_identity(request_id: UUID, text: str, *, actor: Account, reason: str) -> None:
    """Ask who it is. The clock goes on meanwhile. While not even the address is proved, all that
    goes there is a code. The same right after one another is one: a browser that hears nothing
    sends a form again.
    """
    request, letter = open_row(request_id), None
    if request.identity >= IdentityLevel.EMAIL:
        letter = write_identity(request, _said(text, may_be_empty=True))
    if _was_just_asked(request, letter, reason):
        return
    if letter is None:
        give_code(request, Asking.of(request).email)
    else:
        send(request, letter)
    request.identity_asked_at = timezone.now()
    request.save()
    note(request, RequestTag.IDENTITY_ASKED, actor=actor, words=reason)


def _was_just_asked(request: DataRequest, letter: Letter | None, reason: str) -> bool:
    """Whether the last thing that happened is that this was asked, with this very letter; or a
    moment ago, where all that goes out is a code.
    """
    event = request.events.order_by("-pk").first()
    if event is None or event.tag != RequestTag.IDENTITY_ASKED or event.open().decode() != reason:
        return False
    if letter is None:
        return event.at > timezone.now() - AGAIN_WITHIN
    newest = request.letters.order_by("-pk").first()
    return newest is not None and bytes(newest.digest) == letter.digest


@journaled()
def extend_request(request_id: UUID, why: str, *, actor: Account, reason: str) -> None:
    """Take the longer time the law gives, once, with a letter that says why, while the first
    time still runs. Raises `NotExtensibleError`.
    """
    request = open_row(request_id)
    until = longest_of(request)
    if until is None or request.extended_at is not None or timezone.now() > request.due_at:
        raise NotExtensibleError
    send(request, write_extension(request, _said(why), until))
    request.extended_at, request.due_at, request.reminders = timezone.now(), until, 0
    request.save(update_fields=["extended_at", "due_at", "reminders"])
    note(request, RequestTag.EXTENDED, actor=actor, words=reason)


@journaled()
def answer_request(request_id: UUID, text: str, *, actor: Account, reason: str) -> None:
    """Send the answer, and be done. Raises `IdentityTooLowError` for somebody who is not known
    well enough for what an answer would tell or do.
    """
    request = open_row(request_id)
    insist_on_identity(request)
    send(request, write_answer(request, _said(text)))
    _end(request, RequestState.ANSWERED)
    note(request, RequestTag.ANSWERED, actor=actor, words=reason)


@journaled()
def refuse_request(
    request_id: UUID, ground_name: str, text: str, *, actor: Account, reason: str
) -> None:
    """Refuse it on a ground of its law, with the remedies in the letter."""
    request = open_row(request_id)
    send(request, refusal(request, ground_name, text))
    _end(request, RequestState.REFUSED)
    note(request, RequestTag.REFUSED, actor=actor, words=reason)


@journaled()
def reassign_request(request_id: UUID, colleague_id: UUID, *, actor: Account, reason: str) -> None:
    """Give it to somebody else at the desk. Raises `UnknownColleagueError`."""
    request = open_row(request_id)
    if not colleagues().filter(account=colleague_id).exists():
        raise UnknownColleagueError
    request.assigned_to = colleague_id
    request.save(update_fields=["assigned_to"])
    note(request, RequestTag.REASSIGNED, actor=actor, words=reason)


@journaled()
def reclassify_request(
    request_id: UUID, kind: str, regime: str, *, actor: Account, reason: str
) -> None:
    """Say what it really asks for, which a mail does not say by itself. Its dates are counted
    anew from the day on which it came, unless more time was taken already. Raises `WrongLawError`
    and `NotExtensibleError`.
    """
    request = open_row(request_id)
    rule = rule_of(regime, kind)
    if rule is None:
        raise WrongLawError
    if request.extended_at is not None:
        raise NotExtensibleError
    due = deadlines(rule, request.received_at, request.country)
    request.kind, request.regime = kind, regime
    request.reminders = request.confirm_reminders = 0
    request.due_at, request.confirm_due_at = due.answer, due.confirm
    request.save(update_fields=[
        "kind", "regime", "reminders", "confirm_reminders", "due_at", "confirm_due_at",
    ])  # fmt: skip
    note(request, RequestTag.RECLASSIFIED, actor=actor, words=reason)


@journaled()
def close_request(request_id: UUID, why: str, *, actor: Account, reason: str) -> None:
    """End it without an answer: it was withdrawn, was no request, or nobody proved the address.
    Whoever can be written to is told why.
    """
    request = open_row(request_id)
    if request.identity >= IdentityLevel.EMAIL:
        send(request, write_closing(request, _said(why)))
    _end(request, RequestState.CLOSED)
    note(request, RequestTag.CLOSED, actor=actor, words=reason)


def longest_of(request: DataRequest) -> datetime | None:
    """How long it may take altogether, or None where the law gives no more."""
    return deadlines(rule_for(request), request.received_at, request.country).longest


def refusal(request: DataRequest, ground_name: str, text: str) -> Letter:
    """The letter of a refusal. Raises `NothingToSayError` without a ground of that law."""
    ground = ground_named(ground_name, request.regime)
    if ground is None:
        raise NothingToSayError
    return write_refusal(request, ground, _said(text))


def preview(request: DataRequest, step: str, text: str, ground_name: str = "") -> Letter:
    """The letter that a step would send. Nothing is written or sent."""
    match step:
        case "identity":
            return write_identity(request, _said(text, may_be_empty=True))
        case "extend":
            until = longest_of(request)
            if until is None or request.extended_at is not None:
                raise NotExtensibleError
            return write_extension(request, _said(text), until)
        case "refuse":
            return refusal(request, ground_name, text)
        case "close":
            return write_closing(request, _said(text))
        case _:
            return write_answer(request, _said(text))


def colleagues() -> QuerySet[StaffRole]:
    """Whoever at the desk may answer requests."""
    return StaffRole.objects.filter(
        role__in=MAY_ANSWER, account__is_staff=True, account__is_active=True
    )


def _end(request: DataRequest, state: RequestState) -> None:
    request.state, request.closed_at = state, timezone.now()
    request.code_digest = None
    request.save(update_fields=["state", "closed_at", "code_digest"])


def _said(text: str, *, may_be_empty: bool = False) -> str:
    said = text.strip()
    if len(said) > MOST_TEXT or "\0" in said or not (said or may_be_empty):
        raise NothingToSayError
    return said
