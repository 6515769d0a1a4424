"""Each trigger of the tables of orders refuses something that nothing else there refuses."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Account
from rights.legal.actions.deciding import review_order
from rights.legal.actions.gagging import propose_renewal
from rights.legal.papers import Paper
from rights.models import Outcome
from tests.rights.making_legal import (
    WHY,
    approved,
    approves,
    check_all,
    gag,
    order_about,
    reviews,
    take_in,
)

pytestmark = pytest.mark.django_db
RULES = {
    name: table for name, table, _, _ in import_module("rights.migrations.0010_legal").RULES
}
_SOMEBODY = "(SELECT id FROM accounts_account WHERE email = '{}@example.org')"
ROSA, ANA = _SOMEBODY.format("rosa"), _SOMEBODY.format("ana")


def fresh(alice: Account) -> None:
    """An order that is genuine, and that nobody reviewed. All three people are here."""
    check_all(order_about(alice))
    approves()


def reviewed(alice: Account) -> None:
    order = order_about(alice)
    review_order(order.pk, Outcome.REJECT, [], reason=WHY, session=reviews())
    approves()


def decided(alice: Account) -> None:
    """Approved, under a gag, with a renewal that waits for a second person."""
    order = approved(order_about(alice, gag=gag(30)))
    paper = Paper("renewal.pdf", b"%PDF renewed")
    propose_renewal(order.pk, gag(60), paper, reason=WHY, session=take_in())


Made = Callable[[Account], None]
STATEMENTS: dict[str, tuple[Made, str]] = {
    "order_is_as_it_came": (decided, "UPDATE rights_legalorder SET country = 'FR'"),
    "decision_is_never_rewritten": (
        decided, "UPDATE rights_legalorder SET genuine_at = received_at"
    ),
    "decision_covers_what_it_did": (
        decided, "UPDATE rights_legalorder SET is_emergency = NOT is_emergency"
    ),
    "decision_is_by_staff": (
        fresh, ("UPDATE rights_legalorder SET reviewer_id = id, reviewed_at = received_at, "
        "outcome = 'reject'")
    ),
    "decision_takes_two_steps": (
        fresh, (f"UPDATE rights_legalorder SET reviewer_id = {ROSA}, reviewed_at = received_at, "
        f"outcome = 'reject', approver_id = {ANA}, approved_at = received_at, "
        "cools_until = '2099-01-01 00:00:00'")
    ),
    "decision_cools_for_a_day": (
        reviewed, (f"UPDATE rights_legalorder SET approver_id = {ANA}, "
        "approved_at = reviewed_at, cools_until = reviewed_at")
    ),
    "order_stays_six_years": (decided, "DELETE FROM rights_legalorder"),
    "gag_is_never_moved": (decided, "UPDATE rights_ordergag SET basis = 'x'"),
    "gag_is_renewed_by_staff": (
        decided, ("UPDATE rights_ordergag SET approved_by = id, approved_at = starts_at "
        "WHERE renews")
    ),
    "gag_stays": (decided, "DELETE FROM rights_ordergag"),
    "event_is_never_rewritten": (decided, "UPDATE rights_orderevent SET tag = 'x'"),
    "event_stays": (decided, "DELETE FROM rights_orderevent"),
    "check_is_over_once_decided": (decided, "UPDATE rights_ordercheck SET answer = 'no'"),
    "check_stays": (decided, "DELETE FROM rights_ordercheck"),
    "untold_notice_stays": (decided, "DELETE FROM rights_ordernotice"),
    "paper_is_never_changed": (
        decided, "UPDATE rights_orderdocument SET blob_key = blob_key || 'x'"
    ),
    "paper_stays": (decided, "DELETE FROM rights_orderdocument"),
}  # fmt: skip


def test_every_trigger_is_in_the_table() -> None:
    assert set(STATEMENTS) == set(RULES)


def refused(statement: str) -> str:
    """Whose refusal it was; empty where it was let through. Nothing stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error)
    return ""


def take_down(name: str) -> None:
    connection.check_constraints()  # no table is altered while a key of it is still to check
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {RULES[name]} DISABLE TRIGGER {name}")
        else:
            cursor.execute(f"DROP TRIGGER {name}")


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_trigger_refuses_what_nothing_else_does(alice: Account, name: str) -> None:
    made, statement = STATEMENTS[name]
    made(alice)

    assert name in refused(statement)
    take_down(name)
    assert name not in refused(statement)
