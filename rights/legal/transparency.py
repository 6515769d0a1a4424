"""What is published about orders: counted from the register, and nothing typed by hand. So is it
bound and signed:

    commitment of a month   SHA-256("pocketvault.orders/1" 00 | opening (32) | counts, RFC 8785)
    signature of a report   Ed25519("pocketvault.transparency/1" 00 | report, RFC 8785)
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Q, QuerySet, Sum

from rights.legal.instruments import rule_for
from rights.log.canonical import JSON, Document, spell
from rights.models import LegalOrder, OrderNotice, OrderPackage, Outcome

FORMAT = "pocketvault.transparency/1"
COUNTS_FORMAT = "pocketvault.orders/1"
Counts = dict[str, JSON]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Another subject's numbers for the report of a half-year: ``count`` gets its first moment
    and the first moment after it, and answers with numbers that name nobody.
    """

    name: str
    count: Callable[[datetime, datetime], Document]


# Takedowns in and out, and requests with their median days, add themselves here.
SOURCES: list[Source] = []


def half_year_of(day: date) -> str:
    """``2026-H2``."""
    return f"{day.year}-H{1 if day.month <= 6 else 2}"


def span_of(half_year: str) -> tuple[datetime, datetime]:
    """Its first moment, and the first moment after it (UTC). Raises ``ValueError``."""
    year, _, half = half_year.partition("-H")
    if half not in ("1", "2") or not (year.isascii() and year.isdecimal() and len(year) == 4):
        raise ValueError("not a half-year")
    first = datetime(int(year), 1 if half == "1" else 7, 1, tzinfo=UTC)
    return first, first + relativedelta(months=6)


def report_of(half_year: str, *, as_of: datetime, batches: Sequence[Document]) -> Document:
    """The report as things stand. ``batches`` are the months whose openings are shown."""
    first, after = span_of(half_year)
    rows = _rows(first, after)
    return {
        "format": FORMAT,
        "half_year": half_year,
        "from": first.date().isoformat(),
        "until": (after.date() - relativedelta(days=1)).isoformat(),
        "as_of": as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "is_final": as_of >= after,
        "orders": rows,
        "emergencies": _orders(first, after).filter(is_emergency=True).count(),
        "plaintext_produced": plaintext_produced(first, after),
        "batches": list(batches),
        **{each.name: each.count(first, after) for each in SOURCES},
    }


def counts_of_month(month: str) -> Counts:
    """What came in one month (``2026-11``), to which the log is bound: it can no longer change."""
    first = datetime.strptime(f"{month}-01", "%Y-%m-%d").replace(tzinfo=UTC)
    orders = _orders(first, first + relativedelta(months=1))
    came = orders.values("instrument", "country").annotate(n=Count("pk"))
    return {
        "format": COUNTS_FORMAT,
        "month": month,
        "received": [
            {
                "instrument": row["instrument"], "country": row["country"],
                "count": banded(row["instrument"], row["n"]),
            }
            for row in came.order_by("instrument", "country")
        ],
    }  # fmt: skip


def commitment_to(counts: Document, opening: bytes) -> bytes:
    """32 bytes that hide the counts, and bind whoever published them."""
    return hashlib.sha256(f"{COUNTS_FORMAT}\0".encode() + opening + spell(counts)).digest()


def signed_part(report: Document) -> bytes:
    """What the log's key signs of a report."""
    return f"{FORMAT}\0".encode() + spell(report)


def banded(instrument: str, count: int) -> int | str:
    """The number, or the range in which the law lets it be published."""
    width = rule_for(instrument).band
    if not width:
        return count
    start = count // width * width
    return f"{start}-{start + width - 1}"


def plaintext_produced(first: datetime, after: datetime) -> int:
    """How many files of private photos in the clear were ever handed over: summed, not said."""
    made = OrderPackage.objects.filter(made_at__gte=first, made_at__lt=after)
    return made.aggregate(total=Sum("plaintext_files"))["total"] or 0


def _orders(first: datetime, after: datetime) -> QuerySet[LegalOrder]:
    return LegalOrder.objects.filter(received_at__gte=first, received_at__lt=after)


def _rows(first: datetime, after: datetime) -> list[JSON]:
    """By instrument and country: what came, and what became of it. Two queries."""
    is_approved = Q(approver_id__isnull=False)
    outcomes = {
        name: Count("pk", filter=is_approved & Q(outcome=outcome))
        for name, outcome in (
            ("complied", Outcome.COMPLY), ("narrowed", Outcome.NARROW),
            ("contested", Outcome.CONTEST), ("rejected", Outcome.REJECT),
        )
    }  # fmt: skip
    groups = _orders(first, after).values("instrument", "country")
    counted = groups.annotate(received=Count("pk"), **outcomes)
    found: Iterable[Any] = counted.order_by("instrument", "country")
    told = _told(first, after)
    return [
        {
            "instrument": row["instrument"], "country": row["country"],
            **{
                name: banded(row["instrument"], number)
                for name, number in (
                    ("received", row["received"]),
                    *((name, row[name]) for name in outcomes),
                    *sorted(told[row["instrument"], row["country"]].items()),
                )
            },
        }
        for row in found
    ]  # fmt: skip


def _told(first: datetime, after: datetime) -> dict[tuple[str, str], dict[str, int]]:
    notices = OrderNotice.objects.filter(
        order__received_at__gte=first, order__received_at__lt=after
    ).select_related("order")
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(("accounts", "told_before", "told_after", "not_yet_told"), 0)
    )
    for notice in notices:
        cell = found[notice.order.instrument, notice.order.country]
        cell["accounts"] += 1
        cell[_when(notice)] += 1
    return found


def _when(notice: OrderNotice) -> str:
    if notice.told_at is None:
        return "not_yet_told"
    produced = notice.order.produced_at
    return "told_before" if produced is None or notice.told_at < produced else "told_after"
