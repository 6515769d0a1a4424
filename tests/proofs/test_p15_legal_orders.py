"""Proof P15: nothing is disclosed but under a valid order that three people agreed on, and the
person is told as soon as that is allowed.

The same person twice, an order that is none, a gag without an end: each is tried through the form
of the desk, through the model and in SQL, as a superuser of the application would, and refused in
each. (The telling has tests of its own: tests/rights/test_legal_orders.py.)
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Account
from rights.legal.actions.deciding import approve_order, review_order
from rights.legal.actions.gagging import propose_renewal
from rights.legal.errors import SamePersonError
from rights.legal.papers import Paper
from rights.models import LegalOrder, OrderCheck, OrderEvent, OrderGag, OrderNotice, OrderPackage
from tests.factories import add_passkey, browser_of, make_superuser
from tests.images.conftest import own_store
from tests.rights.making_legal import (
    WHY,
    approved,
    approves,
    check_all,
    confirm,
    gag,
    order_about,
    reviews,
    take_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
__all__ = ["own_store"]
DAY = timedelta(days=1)
Bypass = Callable[[LegalOrder], object]


def sql(statement: str, *values: object) -> None:
    """As somebody with a prompt at the database. Ids as the database spells them."""
    spelled = [
        (each.hex if connection.vendor == "sqlite" else each) if isinstance(each, UUID) else each
        for each in values
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, spelled)


def refused(bypass: Bypass, order: LegalOrder) -> None:
    """The database itself says no, and nothing has changed."""
    before = LegalOrder.objects.filter(pk=order.pk).values().get()
    with pytest.raises(DatabaseError), transaction.atomic():
        bypass(order)
    assert LegalOrder.objects.filter(pk=order.pk).values().get() == before


def reviewed(alice: Account) -> LegalOrder:
    """An order that waits for the third person."""
    order = order_about(alice, gag=gag())
    check_all(order)
    review_order(order.pk, "comply", order.asked, reason=WHY, session=reviews())
    order.refresh_from_db()
    return order


def approve_by(person: UUID) -> dict[str, object]:
    now = timezone.now()
    return {"approver_id": person, "approved_at": now, "cools_until": now + DAY + DAY}


APPROVE = (
    "UPDATE rights_legalorder SET approver_id = %s, approved_at = %s, cools_until = %s"
    " WHERE id = %s"
)


def in_sql(order: LegalOrder, person: UUID) -> None:
    sql(APPROVE, *approve_by(person).values(), order.pk)


def test_the_same_person_twice_is_refused_through_the_form(alice: Account) -> None:
    order = reviewed(alice)
    for session in (take_in(), reviews()):
        add_passkey(session.account)
        desk = browser_of(session.account)
        answer = desk.post(
            f"/desk/legal/{order.pk}/", {"act": "approve", "reason": WHY}, format="multipart"
        )
        assert answer.status_code == 409
        assert "three people" in answer.content.decode()
        with pytest.raises(SamePersonError):
            approve_order(order.pk, reason=WHY, session=session)
    order.refresh_from_db()
    assert order.approver_id is None


def test_a_superuser_without_the_role_finds_no_form(alice: Account) -> None:
    order = reviewed(alice)
    root = make_superuser("root@example.org")
    add_passkey(root)

    answer = browser_of(root).post(
        f"/desk/legal/{order.pk}/", {"act": "approve", "reason": WHY}, format="multipart"
    )

    assert answer.status_code == 404


@pytest.mark.parametrize("who", ["intake_id", "reviewer_id"])
def test_the_same_person_twice_is_refused_by_the_model_and_in_sql(
    who: str, alice: Account
) -> None:
    order = reviewed(alice)
    person = getattr(order, who)

    refused(lambda o: LegalOrder.objects.filter(pk=o.pk).update(**approve_by(person)), order)
    refused(lambda o: in_sql(o, person), order)


def test_nobody_reviews_what_they_took_in(alice: Account) -> None:
    order = order_about(alice)
    confirm(order)
    values = {"reviewer_id": order.intake_id, "reviewed_at": timezone.now(), "outcome": "contest"}

    refused(lambda o: LegalOrder.objects.filter(pk=o.pk).update(**values), order)
    refused(
        lambda o: sql(
            "UPDATE rights_legalorder SET reviewer_id = intake_id, reviewed_at = %s,"
            " outcome = 'contest' WHERE id = %s", timezone.now(), o.pk,
        ),
        order,
    )  # fmt: skip


def test_whoever_approves_works_here_and_has_the_role(alice: Account, mallory: Account) -> None:
    order = reviewed(alice)
    superuser = make_superuser("root@example.org")

    for person in (mallory.pk, superuser.pk, UUID(int=7)):
        refused(lambda o, each=person: in_sql(o, each), order)  # type: ignore[misc]


def test_review_and_approval_are_two_steps(alice: Account) -> None:
    order = order_about(alice)
    confirm(order)
    reviewer, approver = reviews().account.pk, approves().account.pk
    now = timezone.now()

    refused(
        lambda o: LegalOrder.objects.filter(pk=o.pk).update(
            reviewer_id=reviewer, reviewed_at=now, outcome="comply", **approve_by(approver)
        ),
        order,
    )


def test_an_approval_that_does_not_cool_for_a_day_is_refused(alice: Account) -> None:
    order = reviewed(alice)
    now = timezone.now()
    values = {"approver_id": approves().account.pk, "approved_at": now, "cools_until": now}

    refused(lambda o: LegalOrder.objects.filter(pk=o.pk).update(**values), order)


REWRITES: dict[str, str] = {
    "another outcome": "UPDATE rights_legalorder SET outcome = 'reject' WHERE id = %s",
    "another approver": "UPDATE rights_legalorder SET approver_id = NULL, approved_at = NULL,"
    " cools_until = NULL, closed_at = NULL WHERE id = %s",
    "another reviewer": "UPDATE rights_legalorder SET reviewer_id = approver_id WHERE id = %s",
    "another intake": "UPDATE rights_legalorder SET intake_id = approver_id WHERE id = %s",
    "another day": "UPDATE rights_legalorder SET cools_until = approved_at WHERE id = %s",
    "another deadline": "UPDATE rights_legalorder SET due_at = approved_at WHERE id = %s",
    "another instrument": "UPDATE rights_legalorder SET instrument = 'subpoena' WHERE id = %s",
    "more to give": "UPDATE rights_legalorder SET granted = '[]' WHERE id = %s",
    "more asked": "UPDATE rights_legalorder SET asked = '[]' WHERE id = %s",
    "handed over at once": "UPDATE rights_legalorder SET produced_at = approved_at WHERE id = %s",
    "no order": "DELETE FROM rights_legalorder WHERE id = %s",
}


@pytest.mark.parametrize("what", REWRITES)
def test_what_was_approved_is_never_changed_in_sql(what: str, alice: Account) -> None:
    order = approved(order_about(alice))

    refused(lambda o: sql(REWRITES[what], o.pk), order)


def test_the_history_the_checklist_and_the_notice_stay(alice: Account) -> None:
    order = approved(order_about(alice, gag=gag()))
    for statement in (
        "UPDATE rights_orderevent SET tag = 'nothing' WHERE order_id = %s",
        "DELETE FROM rights_orderevent WHERE order_id = %s",
        "UPDATE rights_ordercheck SET answer = 'no' WHERE order_id = %s",
        "DELETE FROM rights_ordercheck WHERE order_id = %s",
        "DELETE FROM rights_ordernotice WHERE order_id = %s",
        "UPDATE rights_orderdocument SET sha256 = blob_key WHERE order_id = %s",
        "DELETE FROM rights_ordergag WHERE order_id = %s",
    ):
        refused(lambda o, each=statement: sql(each, o.pk), order)  # type: ignore[misc]
    assert OrderEvent.objects.filter(order=order).count() > 10
    assert OrderCheck.objects.filter(order=order, answer="yes").count() == 9
    assert OrderNotice.objects.filter(order=order).exists()


@pytest.mark.parametrize("instrument", ["informal", "emergency"])
def test_what_is_no_order_is_rejected_by_the_database_too(
    instrument: str, alice: Account
) -> None:
    order = order_about(alice, instrument=instrument)
    confirm(order)
    values = {"reviewer_id": reviews().account.pk, "reviewed_at": timezone.now()}

    for outcome in ("comply", "narrow", "contest"):
        refused(
            lambda o, each=outcome: LegalOrder.objects.filter(pk=o.pk).update(  # type: ignore[misc]
                outcome=each, **values
            ),
            order,
        )


def test_what_nobody_called_back_about_is_not_answered(alice: Account) -> None:
    order = order_about(alice)
    values = {"reviewer_id": reviews().account.pk, "reviewed_at": timezone.now()}

    refused(
        lambda o: LegalOrder.objects.filter(pk=o.pk).update(outcome="comply", **values), order
    )


def test_no_gag_is_moved_and_none_is_without_an_end(alice: Account) -> None:
    order = order_about(alice, gag=gag())
    first = order.gags.get()
    confirm(order)
    paper = Paper("renewal.pdf", b"%PDF again")
    renewal = propose_renewal(order.pk, gag(60), paper, reason=WHY, session=reviews())
    now = timezone.now()
    for row, values in (
        (first, {"ends_at": now + 400 * DAY}), (first, {"ends_at": None}),
        (first, {"until_released": True}), (renewal, {"renews": False}),
        (renewal, {"approved_by": renewal.proposed_by, "approved_at": now}),
        (renewal, {"approved_by": UUID(int=7), "approved_at": now}),
        (renewal, {"document_id": first.document_id}),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            OrderGag.objects.filter(pk=row.pk).update(**values)
    with pytest.raises(DatabaseError), transaction.atomic():
        OrderGag.objects.create(
            order=order, renews=True, basis="none", document=order_about(alice).documents.get(),
            starts_at=now, proposed_by=first.proposed_by,
        )
    assert list(OrderGag.objects.in_force(now).filter(order=order)) == [first]


def test_no_package_with_plaintext_can_be_kept(alice: Account) -> None:
    order = approved(order_about(alice))
    with pytest.raises(DatabaseError), transaction.atomic():
        OrderPackage.objects.create(
            order=order, blob_key="b/1", bytes=1, sha256=b"s" * 32, manifest={},
            certificate_sha256=b"c" * 32, plaintext_files=1, made_at=timezone.now(),
        )
    assert not OrderPackage.objects.exists()
