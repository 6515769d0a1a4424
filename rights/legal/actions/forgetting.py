"""Letting go of orders whose time is over."""

from __future__ import annotations

from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone

from pocketvault.kernel import clock
from rights.models import LegalOrder, OrderDocument, OrderHold, OrderNotice, OrderPackage
from sharing.actions.withdrawing import discard_blobs

# A day more than the database asks for, so that the two never disagree by an hour.
KEPT = relativedelta(years=6, days=1)


def forget_old_orders() -> int:
    """Drop orders closed more than six years ago, with their papers; how many. One that still
    holds photos, or about which somebody was not told yet, stays.
    """
    if not clock.is_believable():
        return 0
    old = LegalOrder.objects.filter(closed_at__lt=timezone.now() - KEPT)
    old = old.exclude(pk__in=OrderHold.objects.filter(released_at=None).values("order_id"))
    old = old.exclude(pk__in=OrderNotice.objects.filter(told_at=None).values("order_id"))
    ids = list(old.values_list("pk", flat=True))
    for order_id in ids:
        _forget(order_id)
    return len(ids)


@transaction.atomic
def _forget(order_id: UUID) -> None:
    papers = OrderDocument.objects.filter(order=order_id).values_list("blob_key", flat=True)
    packages = OrderPackage.objects.filter(order=order_id).values_list("blob_key", flat=True)
    discard_blobs([*papers, *packages])
    LegalOrder.objects.filter(pk=order_id).delete()
