"""What the page of one order shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Account
from pocketvault.desk.histories import history_of, names_of
from rights.legal.actions.telling import letter_of
from rights.legal.instruments import GENUINE, QUESTIONS, SAID, fits, rule_for
from rights.legal.papers import name_of
from rights.legal.reading import gag_ends_at, is_gagged, may_leave_from, text_of
from rights.models import (
    GIVING,
    WITHOUT_ORDER,
    Authority,
    LegalOrder,
    OrderGag,
    OrderHold,
    OrderPackage,
)


def case_facts(order: LegalOrder, *, reader: Account) -> dict[str, Any]:
    """Everything the template needs; a constant number of queries."""
    now = timezone.now()
    notices = list(order.notices.order_by("pk"))
    events = list(order.events.order_by("-number"))
    return {
        "order": order, "text": text_of(order), "rule": rule_for(order.instrument),
        "asked": [(each, SAID[each], fits(order.instrument, [each])) for each in order.asked],
        "granted": [SAID[each] for each in order.granted],
        "checks": _checks(order), "authorities": Authority.objects.filter(country=order.country),
        "papers": [(each, name_of(each)) for each in order.documents.order_by("pk")],
        "notices": notices, "letter": letter_of(notices[0], order) if notices else None,
        "gags": _gags(order, now), "is_gagged": is_gagged(order), "gag_ends": gag_ends_at(order),
        "events": history_of(events), "leaves_from": may_leave_from(order),
        "package": OrderPackage.objects.filter(order=order).first(), "holds": _holds(order),
        "steps": _steps(order), "only_reject": order.instrument in WITHOUT_ORDER,
        "gives": order.outcome in GIVING, **_may(order, reader, now),
    }  # fmt: skip


def _may(order: LegalOrder, reader: Account, now: datetime) -> dict[str, bool]:
    """Which buttons there are for whoever reads. The actions refuse all the same."""
    first = may_leave_from(order)
    people = (order.intake_id, order.reviewer_id)
    return {
        "is_open": order.reviewer_id is None,
        "may_review": order.reviewer_id is None and reader.pk != order.intake_id,
        "may_approve": order.reviewer_id is not None and order.approver_id is None
        and reader.pk not in people,
        "may_produce": bool(order.granted) and order.produced_at is None
        and first is not None and first <= now,
    }  # fmt: skip


def _checks(order: LegalOrder) -> list[dict[str, Any]]:
    answers = {each.item: each for each in order.checks.all()}
    return [
        {"question": each, "found": answers.get(each.item), "is_call": each.item == GENUINE}
        for each in QUESTIONS
    ]


def _gags(order: LegalOrder, now: datetime) -> list[dict[str, Any]]:
    rows = OrderGag.objects.filter(order=order).order_by("pk")
    living = set(rows.in_force(now).values_list("pk", flat=True))
    return [
        {
            "gag": each, "is_in_force": each.pk in living,
            "days": (each.ends_at - now).days if each.ends_at and each.pk in living else None,
            "waits": each.renews and each.approved_at is None,
        }
        for each in rows
    ]  # fmt: skip


def _holds(order: LegalOrder) -> int:
    return OrderHold.objects.filter(order=order, released_at=None).count()


def _steps(order: LegalOrder) -> list[tuple[str, str, datetime | None]]:
    names = names_of((order.intake_id, order.reviewer_id, order.approver_id))
    return [
        ("Taken in", names[order.intake_id], order.received_at),
        ("Reviewed", names[order.reviewer_id], order.reviewed_at),
        ("Approved", names[order.approver_id], order.approved_at),
    ]
