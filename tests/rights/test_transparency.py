"""What is published: counts from the register, bound by the log, and statements of people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Account
from pocketvault.kernel import clock
from pocketvault.kernel.fields import from_base64url, to_base64url
from rights.actions.issuing import keep_log
from rights.legal.actions.counting import commit_months, publish_reports
from rights.legal.actions.speaking import fall_silent, publish_statement
from rights.legal.actions.telling import tell_everybody_due
from rights.legal.canary import FORMAT, TAG
from rights.legal.errors import BadOrderError, UnsignedStatementError
from rights.legal.transparency import (
    SOURCES,
    Source,
    banded,
    commitment_to,
    half_year_of,
    signed_part,
    span_of,
)
from rights.log.canonical import spell
from rights.log.notes import VerifierKey
from rights.models import LegalOrder, LogEntry, LogHead, OrderBatch, TransparencyReport
from tests.images.conftest import own_store
from tests.rights.making_legal import approved, gag, order_about, reviews

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
__all__ = ["own_store"]
MAY = datetime(2027, 5, 10, 12, tzinfo=UTC)


@pytest.fixture
def may() -> Iterator[datetime]:
    """A day in the middle of a half-year, of a log that was founded in March."""
    LogHead.objects.update(founded_at=datetime(2027, 3, 2, tzinfo=UTC))
    with time_machine.travel(MAY, tick=False):
        clock.is_believable()
        clock.is_believable()
        yield MAY


def at(moment: datetime) -> time_machine.travel:
    """A machine that has been running until then."""
    traveller = time_machine.travel(moment, tick=False)
    with traveller:
        clock.is_believable()
    with time_machine.travel(moment + timedelta(hours=25), tick=False):
        clock.is_believable()
    return time_machine.travel(moment + timedelta(hours=26), tick=False)


def published(half_year: str = "2027-H1") -> dict[str, object]:
    """As anybody fetches it; whoever signed it is checked."""
    document: dict[str, object] = Client().get(f"/transparency/{half_year}.json").json()
    key = VerifierKey.read(str(document["key"]))
    Ed25519PublicKey.from_public_bytes(key.public_key).verify(
        from_base64url(str(document["signature"])), signed_part(document["report"])  # type: ignore[arg-type]
    )
    return document["report"]  # type: ignore[return-value]


def test_the_report_counts_what_came_and_what_became_of_it(
    alice: Account, bob: Account, may: datetime
) -> None:
    approved(order_about(alice, bob))
    approved(order_about(alice, instrument="informal", is_emergency=True), "reject")
    order_about(bob, instrument="court_order", country="DE", gag=gag())
    tell_everybody_due()
    publish_reports()

    report = published()

    rows = {(row["instrument"], row["country"]): row for row in report["orders"]}  # type: ignore[attr-defined]
    warrant = rows["warrant", "US"]
    assert (warrant["received"], warrant["accounts"], warrant["complied"]) == (1, 2, 1)
    assert rows["informal", "US"]["rejected"] == 1
    assert rows["court_order", "DE"]["not_yet_told"] == 1
    assert report["emergencies"] == 1
    assert report["plaintext_produced"] == 0
    text = Client().get("/transparency").content.decode()
    assert "Private photos handed over in the clear: 0" in text
    assert "Search warrant" in text
    assert alice.email not in text


def test_a_report_is_published_again_only_when_something_changed(
    alice: Account, may: datetime
) -> None:
    assert publish_reports() > 0
    assert publish_reports() == 0
    order_about(alice)
    assert publish_reports() == 1
    assert TransparencyReport.objects.filter(half_year="2027-H1").count() == 2


def test_the_log_is_bound_to_each_month_and_the_report_opens_it(
    alice: Account, may: datetime
) -> None:
    order_about(alice)
    with at(datetime(2027, 7, 8, tzinfo=UTC)):
        assert commit_months() == 4
        assert commit_months() == 0
        keep_log()
        publish_reports()
    report = published()

    facts = [json.loads(bytes(each.entry)) for each in LogEntry.objects.order_by("index")]
    counted = [each["facts"] for each in facts if each["kind"] == "orders.counted"]
    logged = {each["month"]: each["commitment"] for each in counted}
    assert sorted(logged) == ["2027-03", "2027-04", "2027-05", "2027-06"]
    assert len(report["batches"]) == 4  # type: ignore[arg-type]
    for batch in report["batches"]:  # type: ignore[attr-defined]
        opening = from_base64url(batch["opening"])
        assert to_base64url(commitment_to(batch["counts"], opening)) == logged[batch["month"]]
        expected = 1 if batch["month"] == "2027-05" else 0
        assert sum(row["count"] for row in batch["counts"]["received"]) == expected


def test_no_month_is_opened_before_the_half_year_is_over(may: datetime) -> None:
    commit_months()
    publish_reports()

    assert OrderBatch.objects.exists()
    assert published()["batches"] == []


def test_where_the_law_wants_bands_no_number_is_published(alice: Account, may: datetime) -> None:
    order_about(alice, instrument="nsl", asked=["subscriber"])
    publish_reports()

    [row] = published()["orders"]  # type: ignore[misc]
    assert row["received"] == row["accounts"] == "0-499"
    assert (banded("nsl", 500), banded("warrant", 500)) == ("500-999", 500)


def test_half_years_and_other_subjects_numbers(may: datetime) -> None:
    assert half_year_of(MAY.date()) == "2027-H1"
    assert span_of("2027-H2")[0] == datetime(2027, 7, 1, tzinfo=UTC)
    for wrong in ("2027-H3", "27-H1", "", "²027-H1"):
        with pytest.raises(ValueError, match="half-year"):
            span_of(wrong)
    SOURCES.append(Source(name="takedowns", count=lambda first, after: {"in": 3}))
    try:
        publish_reports()
        assert published()["takedowns"] == {"in": 3}
    finally:
        SOURCES.pop()


def test_the_pages_cost_the_same_however_many_orders_there_are(
    alice: Account, may: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        order_about(alice)
    publish_reports()
    for path, count in (("/transparency", 1), ("/canary", 2), ("/transparency/2027-H1.json", 2)):
        with django_assert_num_queries(count):
            assert Client().get(path).status_code == 200
    assert Client().get("/transparency/1999-H1.json").status_code == 404


def signed(
    *, due_in: int = 90, text: str = "No secret order has reached us.", keys: int = 2
) -> tuple[bytes, list[dict[str, str]]]:
    """A statement as people make it, with keys of their own."""
    people = [(f"Person {n}", Ed25519PrivateKey.generate()) for n in range(keys)]
    today = timezone.now().date()
    document = spell(
        {
            "format": FORMAT, "jurisdiction": "Germany", "text": text,
            "made_on": today.isoformat(),
            "due_on": (today + timedelta(days=due_in)).isoformat(),
            "signers": [
                {"name": name, "key": to_base64url(key.public_key().public_bytes_raw())}
                for name, key in people
            ],
        }
    )  # fmt: skip
    signatures = [
        {
            "name": name, "key": to_base64url(key.public_key().public_bytes_raw()),
            "signature": to_base64url(key.sign(TAG + document)),
        }
        for name, key in people
    ]  # fmt: skip
    return document, signatures


def test_people_sign_the_canary_and_late_is_said_plainly(may: datetime) -> None:
    document, signatures = signed()
    publish_statement(document, signatures, session=reviews())

    page = Client().get("/canary").content.decode()
    assert "In time." in page
    assert "No secret order has reached us." in page
    with time_machine.travel(MAY + timedelta(days=91), tick=False):
        page = Client().get("/canary").content.decode()
        data = Client().get("/canary.json").json()["statements"]
    assert "This statement is late." in page
    assert data[0]["is_late"] is True


def test_a_canary_needs_two_people_and_this_very_text(may: datetime) -> None:
    document, signatures = signed()
    other, _ = signed(text="Something else.")
    for bad_document, bad in (
        (document, signatures[:1]), (document, [signatures[0], signatures[0]]),
        (other, signatures), (document, [signatures[0], signatures[1] | {"name": "Nobody"}]),
        signed(due_in=101), signed(due_in=-1), (b"{}", signatures), (b"no", signatures),
    ):  # fmt: skip
        with pytest.raises(UnsignedStatementError):
            publish_statement(bad_document, bad, session=reviews())
    assert "No statement was signed yet." in Client().get("/canary").content.decode()


def test_a_jurisdiction_falls_silent_and_nobody_reads_why(may: datetime) -> None:
    document, signatures = signed()
    publish_statement(document, signatures, session=reviews())
    fall_silent("Germany", session=reviews())

    page = Client().get("/canary").content.decode()
    assert "No statement is made for this jurisdiction any more." in page
    assert "No secret order" not in page
    with pytest.raises(BadOrderError):
        publish_statement(*signed(), session=reviews())
    assert not LegalOrder.objects.exists()
