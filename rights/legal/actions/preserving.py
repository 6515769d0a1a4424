"""Holds of an order, each by a call of the one action that sets or ends holds."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from accounts.models import AccountSession
from images.models import Image
from rights.actions.case_journal import journaled
from rights.actions.tracking import place_hold, release_hold
from rights.legal.actions.noting import acting, locked, note
from rights.legal.errors import BadOrderError, NoOrderError, NotGenuineError
from rights.models import WITHOUT_ORDER, LegalOrder, OrderHold

BATCH_IMAGES = 500


@journaled()
def hold_photos(order_id: UUID, *, reason: str, session: AccountSession) -> int:
    """Keep every photo of the accounts that an order names; return how many. Again for those
    that came since. Raises `NoOrderError` and `NotGenuineError`.
    """
    actor, order = acting(session), locked(order_id)
    if order.instrument in WITHOUT_ORDER:
        raise NoOrderError
    if order.genuine_at is None:
        raise NotGenuineError
    owners = list(order.notices.values_list("account_id", flat=True))
    known = set(_held_by(order))
    ids = [
        each for each in Image.objects.filter(owner__in=owners).values_list("pk", flat=True)
        if each not in known
    ]  # fmt: skip
    now = timezone.now()
    for first in range(0, len(ids), BATCH_IMAGES):
        held = place_hold(ids[first : first + BATCH_IMAGES])
        OrderHold.objects.filter(order=order, image_id__in=held).update(released_at=None)
        OrderHold.objects.bulk_create(
            [OrderHold(order=order, image_id=each, set_at=now) for each in held],
            ignore_conflicts=True,
        )
    note(order, "held", actor=actor, words=f"{len(ids)} photos. {reason}")
    return len(ids)


@journaled()
def release_photos(order_id: UUID, *, reason: str, session: AccountSession) -> int:
    """End the holds of an order; return how many. What another order holds too stays held."""
    actor, order = acting(session), locked(order_id)
    ids = _held_by(order)
    if not ids:
        raise BadOrderError("This order holds nothing.")
    OrderHold.objects.filter(order=order, released_at=None).update(released_at=timezone.now())
    others = OrderHold.objects.filter(image_id__in=ids, released_at=None)
    still = set(others.values_list("image_id", flat=True))
    release_hold([each for each in ids if each not in still])
    note(order, "released", actor=actor, words=f"{len(ids)} photos. {reason}")
    return len(ids)


def _held_by(order: LegalOrder) -> list[UUID]:
    holds = OrderHold.objects.filter(order=order, released_at=None)
    return list(holds.values_list("image_id", flat=True))
