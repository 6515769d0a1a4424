"""Telling people. What was written at intake sends itself as soon as nothing forbids it.

The row is what is owed; jobs are set for the moment at which a gag ends, and a sweep finds
what they missed. After a step of the clock nobody is told by a date for a day: a wrong clock
must break no gag.
"""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, override

from accounts.models import Account
from pocketvault.kernel import clock
from rights.actions.case_journal import journaled
from rights.actions.looking import tell_of_looks
from rights.actions.sending_letters import send_letter
from rights.legal.actions.noting import note
from rights.legal.instruments import SAID, rule_for
from rights.letters.writing import Letter, write_letter
from rights.models import LegalOrder, OrderGag, OrderNotice

LETTER, FORGED = "legal-notice", "legal-not-genuine"
VERSION = 1


def tell_everybody_due() -> int:
    """Tell everybody who may be told now; return how many. Safe to repeat and to be killed."""
    if not clock.is_believable():
        return 0
    waiting = OrderNotice.objects.filter(told_at=None).filter(
        Q(order__genuine_at__isnull=False) | Q(order__closed_at__isnull=False)
    )
    ids = sorted(set(waiting.values_list("order_id", flat=True)))
    return sum(_tell_of(order_id) for order_id in ids)


def tell_of_order(order_id: UUID) -> int:
    """Tell whom one order is about, if nothing forbids it; return how many."""
    return _tell_of(order_id) if clock.is_believable() else 0


@journaled()
def _tell_of(order_id: UUID) -> int:
    order = LegalOrder.objects.select_for_update().filter(pk=order_id).first()
    if order is None or not _may_tell(order, timezone.now()):
        return 0
    waiting = list(OrderNotice.objects.filter(order=order, told_at=None).order_by("pk"))
    for notice in waiting:
        _send(notice, order)
    if waiting:
        note(order, "told", actor=None)
        tell_of_looks(order.pk)
    return len(waiting)


def _may_tell(order: LegalOrder, now: datetime) -> bool:
    """Genuine and not gagged; or closed without ever having been genuine, whatever it forbade."""
    if order.genuine_at is None:
        return order.closed_at is not None
    return not OrderGag.objects.filter(order=order).in_force(now).exists()


def _send(notice: OrderNotice, order: LegalOrder) -> None:
    account = Account.objects.filter(pk=notice.account_id).first()
    known = json.loads(notice.open())
    letter = letter_of(notice, order)
    with override(known["language"]):
        send_letter(letter, email=account.email if account else known["email"])
    notice.told_at = timezone.now()
    if account is None:  # they have left: this was the last use of their address
        notice.seal(json.dumps(known | {"email": ""}).encode())
    notice.save(update_fields=["told_at", "epoch_number", "sealed"])


def letter_of(notice: OrderNotice, order: LegalOrder) -> Letter:
    """What one person is told, as things stand now."""
    known = json.loads(notice.open())
    with override(known["language"]):
        values = {
            **known["values"],
            "instrument": gettext(rule_for(order.instrument).title),
            "asked": [gettext(SAID[each]) for each in order.asked],
            "given": [gettext(SAID[each]) for each in order.granted] if order.produced_at else [],
            "is_given": order.produced_at is not None,
            "is_refused": order.approved_at is not None and order.outcome in ("reject", "contest"),
            "was_silent": OrderGag.objects.filter(order=order).exists(),
        }
    is_genuine = order.genuine_at is not None
    return write_letter(
        LETTER if is_genuine else FORGED, VERSION, values, language=known["language"]
    )
