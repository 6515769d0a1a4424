"""Strikes: given with a decision, and gone with it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from rights.models import ReportCase, Strike
from rights.reports.grounds import GROUNDS
from rights.reports.strikes import BARRED_FOR, COUNTS_FOR, MOST
from sharing.actions.withholding import bar_from_publishing


def strikes_of(account_id: UUID) -> int:
    """How many count against an account now."""
    return _counting(account_id).count()


def _counting(account_id: UUID) -> QuerySet[Strike]:
    return Strike.objects.filter(
        account_id=account_id, ends_at__gt=timezone.now(), cancelled_at=None
    )


def give_strike(case: ReportCase) -> Strike | None:
    """For a decision whose ground counts. With the last one that is allowed, nothing new can be
    published for a while.
    """
    if case.owner_id is None or not GROUNDS[case.ground].counts:
        return None
    now = timezone.now()
    strike, _ = Strike.objects.update_or_create(
        case=case,
        defaults={
            "account_id": case.owner_id, "given_at": now, "ends_at": now + COUNTS_FOR,
            "cancelled_at": None,
        },
    )  # fmt: skip
    if strikes_of(case.owner_id) >= MOST:
        bar_from_publishing(case.owner_id, now + BARRED_FOR)
    return strike


def bar_again(account_id: UUID) -> None:
    """Bar whoever has as many strikes as are allowed, from the last one on: after a restore."""
    counting = _counting(account_id).order_by("given_at")
    last = counting.last()
    if last is not None and counting.count() >= MOST:
        bar_from_publishing(account_id, last.given_at + BARRED_FOR)
    else:
        bar_from_publishing(account_id, None)


def cancel_strike(case: ReportCase) -> None:
    """The decision was reversed: its strike does not count, and bars nobody."""
    Strike.objects.filter(case=case, cancelled_at=None).update(cancelled_at=timezone.now())
    if case.owner_id is not None and strikes_of(case.owner_id) < MOST:
        bar_from_publishing(case.owner_id, None)
