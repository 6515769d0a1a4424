"""Binding the log to the counts of each month, and publishing the report of a half-year."""

from __future__ import annotations

import json
import secrets
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone

from pocketvault.kernel import clock
from pocketvault.kernel.fields import from_base64url, to_base64url
from rights import log_key
from rights.actions.keeping_log import found_log
from rights.actions.logging_facts import state
from rights.legal.transparency import (
    commitment_to,
    counts_of_month,
    half_year_of,
    report_of,
    signed_part,
    span_of,
)
from rights.log.canonical import JSON, Document, read, spell
from rights.models import FactKind, LegalOrder, OrderBatch, TransparencyReport

OPENING_BYTES = 32
# Orders are entered some days after they come; then the month is closed.
GRACE_DAYS = 5


def commit_months() -> int:
    """Commit to every month that is over and was not committed to, months without an order
    included; return how many. From the first month of the log on.
    """
    if not clock.is_believable():
        return 0
    today = timezone.now().date() - relativedelta(days=GRACE_DAYS)
    month, made = found_log().founded_at.date().replace(day=1), 0
    while month < today.replace(day=1):
        made += _commit(f"{month:%Y-%m}")
        month += relativedelta(months=1)
    return made


@transaction.atomic
def _commit(month: str) -> int:
    if OrderBatch.objects.filter(pk=month).exists():
        return 0
    counts, opening = counts_of_month(month), secrets.token_bytes(OPENING_BYTES)
    commitment = commitment_to(counts, opening)
    content = {"counts": counts, "opening": to_base64url(opening)}
    batch = OrderBatch(month=month, commitment=commitment, made_at=timezone.now())
    batch.seal(json.dumps(content).encode()).save(force_insert=True)
    facts = {"month": month, "commitment": to_base64url(commitment)}
    state(FactKind.ORDERS_COUNTED, facts, once=month)
    return 1


def publish_reports() -> int:
    """Publish a new edition of every half-year in which something changed; return how many."""
    today = timezone.now().date()
    current = half_year_of(today)
    earlier = half_year_of(today - relativedelta(months=6))
    firsts = LegalOrder.objects.dates("received_at", "month")
    names = sorted({current, earlier, *map(half_year_of, firsts)} - _before_us(earlier))
    return sum(_publish(name) for name in names)


def _before_us(earlier: str) -> set[str]:
    """The half-year before the log began has nothing to report."""
    began = half_year_of(found_log().founded_at.date())
    return {earlier} if earlier < began else set()


@transaction.atomic
def _publish(half_year: str) -> int:
    report = report_of(half_year, as_of=timezone.now(), batches=_opened(half_year))
    newest = TransparencyReport.objects.filter(half_year=half_year).order_by("-pk").first()
    if newest is not None and _same(read(bytes(newest.document)), report):
        return 0
    key = log_key.key_of(bytes(found_log().public_key))
    TransparencyReport.objects.create(
        half_year=half_year, document=spell(report), signature=key.sign(signed_part(report)),
        published_at=timezone.now(),
    )  # fmt: skip
    return 1


def _same(one: Document, other: Document) -> bool:
    return {**one, "as_of": ""} == {**other, "as_of": ""}


def _opened(half_year: str) -> list[Document]:
    """The months of a half-year that is over, with what proves their counts."""
    first, after = span_of(half_year)
    if timezone.now() < after:
        return []
    months = [f"{_month(first.date(), n):%Y-%m}" for n in range(6)]
    rows = OrderBatch.objects.filter(pk__in=months).order_by("pk")
    return [
        {"month": row.month, "commitment": to_base64url(bytes(row.commitment)), **_content(row)}
        for row in rows
    ]


def _content(row: OrderBatch) -> dict[str, JSON]:
    found: dict[str, JSON] = json.loads(row.open())
    from_base64url(str(found["opening"]))
    return found


def _month(first: date, n: int) -> date:
    return first + relativedelta(months=n)
