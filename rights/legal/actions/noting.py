"""Who may act on orders, and writing down what they did."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from accounts.desk import roles_of
from accounts.guards import require_step_up
from accounts.models import Account, AccountSession, Role
from pocketvault.kernel.errors import NotFoundError
from rights.actions.case_journal import CaseKind, mark_changed
from rights.actions.looking import tell_of_looks
from rights.legal.errors import AlreadyDecidedError
from rights.models import (
    LegalOrder,
    OrderCheck,
    OrderDocument,
    OrderEvent,
    OrderGag,
    OrderHold,
    OrderNotice,
    OrderPackage,
)

ACTS = frozenset({Role.COUNSEL, Role.DPO})


def _tell_of_looks(order_id: UUID) -> None:
    """Whoever was told of the order is told of the looks at it, as they were before."""
    notices = OrderNotice.objects.filter(order=order_id)
    if notices.exists() and not notices.filter(told_at=None).exists():
        tell_of_looks(order_id)


# What of an order a restore brings back. Papers come before the gags that rest on them.
ORDERS = CaseKind(
    name="order",
    root=LegalOrder,
    leans_on=lambda order: [order.authority] if order.authority else [],
    parts=(
        (OrderDocument, "order_id"), (OrderCheck, "order_id"), (OrderGag, "order_id"),
        (OrderNotice, "order_id"), (OrderHold, "order_id"), (OrderPackage, "order_id"),
    ),
    events=(OrderEvent, "order_id"),
    then=_tell_of_looks,
)  # fmt: skip


def acting(session: AccountSession) -> Account:
    """Whoever acts: counsel or DPO who proved within ten minutes that it is them. A superuser
    without the role is nobody here. Raises `NotFoundError` and `StepUpRequiredError`.
    """
    if not roles_of(session.account) & ACTS:
        raise NotFoundError
    require_step_up(session)
    return session.account


def locked(order_id: UUID) -> LegalOrder:
    """The order, for whoever changes it. Raises `NotFoundError`."""
    order = LegalOrder.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise NotFoundError
    return order


def undecided(order_id: UUID) -> LegalOrder:
    """As `locked`. Raises `AlreadyDecidedError` once it was reviewed."""
    order = locked(order_id)
    if order.reviewer_id is not None:
        raise AlreadyDecidedError
    return order


def note(order: LegalOrder, tag: str, *, actor: Account | None, words: str = "") -> None:
    """One line of the order's history, in the `journaled` block of a caller that has it locked."""
    mark_changed(ORDERS, order.pk)
    number = OrderEvent.objects.filter(order=order).count() + 1
    event = OrderEvent(
        order=order, number=number, at=timezone.now(), tag=tag, actor_id=actor.pk if actor else None
    )
    event.seal(words.encode()).save(force_insert=True)
