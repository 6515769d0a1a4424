"""Orders as they are read: by the person they are about, and on the desk."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from rights.models import LegalOrder, OrderGag, OrderHold, OrderNotice

# Between telling a person and handing anything over, where the order allows.
TOLD_BEFORE = timedelta(days=7)
Text = dict[str, Any]


def text_of(order: LegalOrder) -> Text:
    """What names people in an order."""
    found: Text = json.loads(order.open())
    return found


def is_gagged(order: LegalOrder, now: datetime | None = None) -> bool:
    """Whether telling is forbidden now."""
    return OrderGag.objects.filter(order=order).in_force(now or timezone.now()).exists()


def gag_ends_at(order: LegalOrder) -> datetime | None:
    """When the last gag that is in force ends; None where none has a date or none is in force."""
    ends = OrderGag.objects.filter(order=order).in_force(timezone.now())
    dates = list(ends.values_list("ends_at", flat=True))
    known = [each for each in dates if each is not None]
    return max(known) if known and len(known) == len(dates) else None


def may_leave_from(order: LegalOrder) -> datetime | None:
    """From when something may be handed over; None while the person is to be told first.

    The later of the two: cooled, and seven days after everybody was told, unless a gag forbids
    telling or the order's own deadline comes before.
    """
    if order.cools_until is None:
        return None
    if is_gagged(order):
        return order.cools_until
    told = list(order.notices.values_list("told_at", flat=True))
    if not told:
        return order.cools_until
    if any(each is None for each in told):
        return None
    week = max(each for each in told if each is not None) + TOLD_BEFORE
    if order.due_at is not None:
        week = min(week, order.due_at)
    return max(order.cools_until, week)


def requests_about(account_id: UUID) -> list[dict[str, object]]:
    """Every order about a person of which they were told, the newest first. Two queries and one
    for holds, however many.
    """
    notices = OrderNotice.objects.filter(account_id=account_id).exclude(told_at=None)
    rows = list(notices.select_related("order").order_by("-told_at", "-pk"))
    held = set(
        OrderHold.objects.filter(order__in=[row.order_id for row in rows], released_at=None)
        .values_list("order_id", flat=True)
    )
    return [_request(row, is_held=row.order_id in held) for row in rows]


def _request(notice: OrderNotice, *, is_held: bool) -> dict[str, object]:
    order, text = notice.order, text_of(notice.order)
    return {
        "id": order.pk,
        "instrument": order.instrument,
        "authority": text["authority"],
        "country": order.country,
        "reference": text["reference"],
        "is_genuine": order.genuine_at is not None,
        "received_at": order.received_at,
        "told_at": notice.told_at,
        "asked": order.asked,
        "period_from": order.period_from,
        "period_to": order.period_to,
        "outcome": order.outcome if order.approved_at else None,
        "given": order.granted if order.produced_at else [],
        "produced_at": order.produced_at,
        "is_held": is_held,
    }
