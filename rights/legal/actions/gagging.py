"""Gags that are renewed, released and challenged. None is ever moved."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import AccountSession
from pocketvault.kernel.errors import NotFoundError
from rights.actions.case_journal import journaled
from rights.legal.actions.intake import (
    CHALLENGED_EVERY,
    GagDraft,
    add_paper,
    keep_paper,
    owe_telling,
    refuse_endless,
)
from rights.legal.actions.noting import acting, locked, note
from rights.legal.errors import AlreadyDecidedError, BadOrderError, SamePersonError
from rights.legal.papers import Paper
from rights.legal.reading import is_gagged
from rights.models import LegalOrder, OrderGag


def propose_renewal(
    order_id: UUID, gag: GagDraft, paper: Paper, *, reason: str, session: AccountSession
) -> OrderGag:
    """Enter a renewal with the paper that orders it. Nothing changes before another person
    approves it. Raises `BadOrderError` and `EndlessGagError`.
    """
    actor = acting(session)
    refuse_endless(gag)
    found = LegalOrder.objects.filter(pk=order_id).first()
    if found is None:
        raise NotFoundError
    _refuse_late(found)
    document = add_paper(found, paper, actor=actor)
    with journaled():
        order = locked(order_id)
        keep_paper(document)
        renewal = OrderGag(
            order=order, renews=True, basis=gag.basis[:200], document=document,
            starts_at=gag.starts_at, ends_at=gag.ends_at, proposed_by=actor.pk,
            challenge_at=None if gag.ends_at else timezone.now() + CHALLENGED_EVERY,
        )  # fmt: skip
        renewal.save(force_insert=True)
        note(order, "gag_renewal_proposed", actor=actor, words=reason)
    return renewal


@journaled()
def approve_renewal(gag_id: UUID, *, reason: str, session: AccountSession) -> None:
    """Let a renewal count. Raises `SamePersonError`, `AlreadyDecidedError`, and `BadOrderError`
    once the person was told.
    """
    actor = acting(session)
    gag = OrderGag.objects.select_for_update().filter(pk=gag_id, renews=True).first()
    if gag is None:
        raise NotFoundError
    order = locked(gag.order_id)
    if gag.approved_by is not None:
        raise AlreadyDecidedError
    if gag.proposed_by == actor.pk:
        raise SamePersonError("A renewal needs two people.")
    _refuse_late(order)
    gag.approved_by, gag.approved_at = actor.pk, timezone.now()
    gag.save(update_fields=["approved_by", "approved_at"])
    if gag.ends_at is not None:
        owe_telling(order, gag.ends_at)
    note(order, "gag_renewed", actor=actor, words=reason)


@journaled()
def release_gag(order_id: UUID, *, reason: str, session: AccountSession) -> None:
    """The authority or a court ended the silence: whoever it is about is told at once."""
    actor, order = acting(session), locked(order_id)
    now = timezone.now()
    if not OrderGag.objects.filter(order=order).in_force(now).update(released_at=now):
        raise BadOrderError("No gag is in force.")
    note(order, "gag_released", actor=actor, words=reason)
    owe_telling(order, None)


@journaled()
def note_challenge(gag_id: UUID, *, reason: str, session: AccountSession) -> datetime:
    """An indefinite gag was challenged; the next time is 90 days away."""
    actor = acting(session)
    gag = OrderGag.objects.select_for_update().filter(pk=gag_id, released_at=None).first()
    if gag is None or gag.challenge_at is None:
        raise NotFoundError
    gag.challenge_at = timezone.now() + CHALLENGED_EVERY
    gag.save(update_fields=["challenge_at"])
    note(locked(gag.order_id), "gag_challenged", actor=actor, words=reason)
    return gag.challenge_at


def challenges_due(now: datetime, *, within: timedelta = timedelta(0)) -> list[OrderGag]:
    """Indefinite gags that should have been challenged by then, the most urgent first."""
    found = OrderGag.objects.in_force(now).filter(challenge_at__lte=now + within)
    return list(found.select_related("order").order_by("challenge_at"))


def _refuse_late(order: LegalOrder) -> None:
    if not is_gagged(order):
        raise BadOrderError("No gag is in force: a silence that is over cannot be renewed.")
