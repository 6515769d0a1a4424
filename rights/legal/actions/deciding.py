"""Review and approval: two people more, and what the law of the instrument leaves them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import AccountSession
from rights.actions.case_journal import journaled
from rights.legal.actions.intake import owe_telling
from rights.legal.actions.noting import acting, locked, note, undecided
from rights.legal.errors import (
    AlreadyDecidedError,
    BadOrderError,
    ChecklistOpenError,
    NoOrderError,
    NotGenuineError,
    OutOfReachError,
    SamePersonError,
)
from rights.legal.instruments import QUESTIONS, fits
from rights.models import GIVING, WITHOUT_ORDER, CheckAnswer, Instrument, LegalOrder, Outcome

COOLS_FOR = timedelta(hours=24)
# What is left of a deadline that comes before a day has passed.
BEFORE_DEADLINE = timedelta(hours=2)


@journaled()
def review_order(
    order_id: UUID, outcome: str, granted: Collection[str], *, reason: str,
    session: AccountSession,
) -> None:  # fmt: skip
    """Propose what to answer. The checklist has to carry it.

    Raises `SamePersonError`, `AlreadyDecidedError`, `NoOrderError`, `NotGenuineError`,
    `ChecklistOpenError`, `OutOfReachError` and `BadOrderError`.
    """
    actor, order = acting(session), undecided(order_id)
    if actor.pk == order.intake_id:
        raise SamePersonError
    if outcome not in Outcome.values:
        raise BadOrderError("Choose an outcome.")
    _refuse_unfounded(order, Outcome(outcome), granted)
    order.outcome = outcome
    order.granted = sorted(set(granted)) if outcome in GIVING else []
    order.reviewer_id, order.reviewed_at = actor.pk, timezone.now()
    order.save(update_fields=["outcome", "granted", "reviewer_id", "reviewed_at"])
    note(order, f"reviewed.{outcome}", actor=actor, words=reason)


@journaled()
def approve_order(order_id: UUID, *, reason: str, session: AccountSession) -> None:
    """Agree with the review, as a third person. What gives nothing is closed by it; what gives
    something cools for a day, or until two hours before a deadline that comes first.

    Raises `SamePersonError`, `AlreadyDecidedError` and `BadOrderError`.
    """
    actor, order = acting(session), locked(order_id)
    if order.approver_id is not None:
        raise AlreadyDecidedError
    if order.reviewer_id is None:
        raise BadOrderError("It has to be reviewed first.")
    if actor.pk in (order.intake_id, order.reviewer_id):
        raise SamePersonError
    now = timezone.now()
    order.approver_id, order.approved_at = actor.pk, now
    order.cools_until = cooling_end(now, order.due_at)
    fields = ["approver_id", "approved_at", "cools_until"]
    if order.outcome not in GIVING or order.instrument == Instrument.PRESERVATION:
        order.closed_at = now
        fields.append("closed_at")
    order.save(update_fields=fields)
    note(order, "approved", actor=actor, words=reason)
    owe_telling(order, None)


def cooling_end(approved_at: datetime, due_at: datetime | None) -> datetime:
    """Until when an approved order rests."""
    end = approved_at + COOLS_FOR
    if due_at is not None and due_at < end:
        return max(approved_at, due_at - BEFORE_DEADLINE)
    return end


def _refuse_unfounded(order: LegalOrder, outcome: Outcome, granted: Collection[str]) -> None:
    if outcome is Outcome.REJECT:
        return
    if order.instrument in WITHOUT_ORDER:
        raise NoOrderError
    if order.genuine_at is None:
        raise NotGenuineError
    if outcome is Outcome.CONTEST:
        return
    if not set(granted) <= set(order.asked):
        raise BadOrderError("More cannot be given than was asked for.")
    if not fits(order.instrument, granted):
        raise OutOfReachError
    if outcome is Outcome.COMPLY and set(granted) != set(order.asked):
        raise BadOrderError("Giving less than was asked for is narrowing.")
    if outcome is Outcome.NARROW and set(granted) == set(order.asked):
        raise BadOrderError("Narrowing gives less than was asked for.")
    _refuse_open(order, outcome)


def _refuse_open(order: LegalOrder, outcome: Outcome) -> None:
    answers = dict(order.checks.values_list("item", "answer"))
    for question in QUESTIONS:
        answer = answers.get(question.item)
        is_fine = answer == CheckAnswer.YES or (
            question.may_not_apply and answer == CheckAnswer.NOT_APPLICABLE
        )
        # What is too wide, or beyond the instrument, may be narrowed.
        narrows = outcome is Outcome.NARROW and question.item in ("particular", "instrument")
        if answer is None or not (is_fine or narrows):
            raise ChecklistOpenError(
                f"The checklist does not carry this outcome: “{question.item}” is not answered"
                " with yes."
            )
