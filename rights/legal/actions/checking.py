"""The checklist. That an order is genuine is found out under a number that we looked up."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from accounts.models import Account, AccountSession
from pocketvault.kernel.errors import NotFoundError
from rights.actions.case_journal import journaled
from rights.legal.actions.intake import owe_telling
from rights.legal.actions.noting import acting, note, undecided
from rights.legal.errors import BadOrderError, SamePersonError
from rights.legal.instruments import GENUINE, QUESTIONS
from rights.legal.reading import text_of
from rights.models import Authority, CheckAnswer, LegalOrder, OrderCheck

_QUESTIONS = {each.item: each for each in QUESTIONS}


@journaled()
def answer_check(
    order_id: UUID, item: str, answer: CheckAnswer, *, reason: str, session: AccountSession
) -> None:
    """Answer one question; again until the order is reviewed. That it is genuine is said by
    `call_back` alone, but anybody may say that it is not.
    """
    actor = acting(session)
    order, question = undecided(order_id), _QUESTIONS.get(item)
    if question is None:
        raise NotFoundError
    if item == GENUINE and (answer != CheckAnswer.NO or order.genuine_at is not None):
        raise BadOrderError("Whether it is genuine is found out by calling back.")
    if answer == CheckAnswer.NOT_APPLICABLE and not question.may_not_apply:
        raise BadOrderError("This question always applies.")
    _answer(order, item, answer, actor)
    note(order, f"check.{item}.{answer}"[:24], actor=actor, words=reason)


@journaled()
def call_back(
    order_id: UUID, authority_id: UUID, *, is_confirmed: bool, reason: str,
    session: AccountSession,
) -> None:  # fmt: skip
    """Write down what the authority said when it was called under the number of the directory.

    A number that stands in the letter is never one to call, and whoever entered the authority
    does not call it themselves. Once confirmed, everybody who may be told is told at once.
    Raises `BadOrderError` and `SamePersonError`.
    """
    actor, order = acting(session), undecided(order_id)
    authority = Authority.objects.filter(pk=authority_id).first()
    if authority is None:
        raise NotFoundError
    if authority.added_by == actor.pk:
        raise SamePersonError("Somebody else entered this number, or somebody else calls it.")
    written = _digits(text_of(order)["letter_phone"])
    if written and _digits(authority.phone) == written:
        raise BadOrderError("This number stands in the letter. Look it up where the letter is not.")
    if authority.country != order.country:
        raise BadOrderError("This authority is in another country than the order.")
    answer = CheckAnswer.YES if is_confirmed else CheckAnswer.NO
    _answer(order, GENUINE, answer, actor)
    order.authority = authority
    fields = ["authority"]
    if is_confirmed and order.genuine_at is None:
        order.genuine_at = timezone.now()
        fields.append("genuine_at")
        owe_telling(order, None)
    order.save(update_fields=fields)
    note(order, f"called_back.{answer}", actor=actor, words=reason)


def _answer(order: LegalOrder, item: str, answer: CheckAnswer, actor: Account) -> None:
    OrderCheck.objects.update_or_create(
        order=order, item=item,
        defaults={"answer": answer, "actor_id": actor.pk, "at": timezone.now()},
    )  # fmt: skip


def _digits(phone: str) -> str:
    """The end of a number: with or without what is dialled before it, it is the same."""
    return "".join(each for each in phone if each.isdigit())[-8:]
