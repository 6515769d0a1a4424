"""Orders at the desk: who finds which page, and what its forms do."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import Account, AccountSession, Role
from pocketvault.desk.legal import inbox
from rights.models import DeskLook, LegalOrder, OrderEvent
from tests.factories import add_passkey, browser_of
from tests.images.conftest import own_store
from tests.rights.making_legal import (
    WHY,
    approves,
    authority,
    gag,
    make_case,
    order_about,
    reviews,
    staff,
    take_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
__all__ = ["own_store"]
SEE = ("legal", "legal-directory", "legal-public", "legal-order")


def desk_of(session: AccountSession) -> APIClient:
    add_passkey(session.account)
    return browser_of(session.account)


def form(**more: object) -> dict[str, object]:
    """The form of the intake, filled in."""
    return {
        "instrument": "warrant", "reference": "R-1", "authority": "Court", "country": "US",
        "jurisdiction": "North", "signed_by": "Judge", "dated_on": "2026-11-01",
        "asked": ["subscriber"], "names": "alice@example.org\nnobody@example.org",
        "paper": SimpleUploadedFile("order.pdf", b"%PDF an order"), "reason": "By post.",
    } | more  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_each_role_finds_what_is_for_it_and_nothing_else(role: Role, alice: Account) -> None:
    case, desk = make_case(), desk_of(staff(f"x{role}", role))
    for name, names in case.items():
        address = reverse(f"admin:{name}", kwargs=names)
        looks = name in SEE and role in (Role.COUNSEL, Role.DPO, Role.AUDITOR)
        looks |= name == "legal-new" and role in (Role.COUNSEL, Role.DPO)
        assert desk.get(address).status_code == (200 if looks else 404), name
        acts = role in (Role.COUNSEL, Role.DPO) and name != "legal"
        answer = desk.post(address, {}, format="multipart")
        assert answer.status_code == (400 if acts else 404), name


def test_an_auditor_sees_no_button(alice: Account) -> None:
    order = order_about(alice, gag=gag())
    page = desk_of(staff("amy", Role.AUDITOR)).get(f"/desk/legal/{order.pk}/").content.decode()

    assert "Custody log" in page
    assert "<form" not in page


def test_an_order_comes_in_by_the_form(alice: Account) -> None:
    desk = desk_of(take_in())
    answer = desk.post("/desk/legal/new/", form(), format="multipart")

    order = LegalOrder.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/legal/{order.pk}/")
    page = desk.get(answer["Location"]).content.decode()
    assert "nobody@example.org" in page
    assert "By post." in page
    assert "An authority asked about your account" not in page


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"has_gag": "on", "gag_basis": "18 USC 2705(b)"}, "needs the day on which it ends"),
        ({"reason": " "}, "Say why"),
        ({"dated_on": "2026-02-31"}, "no day"),
        ({"due_at": "soon"}, "Give a date"),
        ({"country": "XXX"}, "two capital letters"),
        ({"paper": ""}, "Add the paper"),
        ({"asked": []}, "what is asked for"),
        ({"reference": "\0"}, "too long"),
    ],
)
def test_a_bad_form_is_answered_with_what_is_wrong(
    wrong: dict[str, object], says: str, alice: Account
) -> None:
    answer = desk_of(take_in()).post("/desk/legal/new/", form(**wrong), format="multipart")

    assert 400 <= answer.status_code < 500
    assert says in answer.content.decode()
    assert "R-1" in answer.content.decode() or "reference" in wrong
    assert not LegalOrder.objects.exists()


def test_the_forms_of_a_case_call_their_actions(alice: Account) -> None:
    order = order_about(alice, gag=gag(), asked=["subscriber"])
    number = authority()
    address = f"/desk/legal/{order.pk}/"
    rosa, ana = desk_of(reviews()), desk_of(approves())
    sent = [
        (rosa, {"act": "call", "authority": str(number), "confirmed": "yes"}),
        *(
            (rosa, {"act": "check", "item": item, "answer": "yes"})
            for item in (
                "competent", "instrument", "signed", "names_us", "particular", "in_time",
                "served", "no_conflict",
            )
        ),
        (rosa, {"act": "hold"}),
        (rosa, {"act": "review", "outcome": "comply", "granted": ["subscriber"]}),
        (ana, {"act": "approve"}),
    ]
    for desk, body in sent:
        answer = desk.post(address, {**body, "reason": WHY}, format="multipart")
        assert answer.status_code == 302, (body, answer.content.decode()[:3000])
    order.refresh_from_db()
    assert order.approver_id is not None
    early = ana.post(address, {"act": "produce", "reason": WHY}, format="multipart")
    assert early.status_code == 422
    unknown = ana.post(address, {"act": "open-photos", "reason": WHY}, format="multipart")
    assert unknown.status_code == 404


def test_a_paper_comes_back_as_it_was_and_that_is_written_down(alice: Account) -> None:
    order = order_about(alice)
    address = f"/desk/legal/{order.pk}/papers/{order.documents.get().pk}/"
    answer = desk_of(reviews()).post(address, {"reason": "For the court."}, format="multipart")

    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment")
    assert OrderEvent.objects.filter(order=order, tag="paper_taken_out").exists()


def test_every_look_is_kept_and_hidden_while_the_person_may_not_know(alice: Account) -> None:
    order = order_about(alice, gag=gag())
    desk_of(reviews()).get(f"/desk/legal/{order.pk}/")

    look = DeskLook.objects.get()
    assert (look.account_id, look.case_id, look.shown_from) == (alice.pk, order.pk, None)


def test_the_inbox_names_nobody_and_costs_two_queries(
    alice: Account, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(3):
        now = timezone.now()
        order_about(alice, reference=f"R-{n}", due_at=now + timedelta(days=3))
    old = gag(ends_at=None, is_indefinite=True, starts_at=timezone.now() - timedelta(days=80))
    order_about(alice, gag=old)

    with django_assert_max_num_queries(2):
        items = list(inbox(frozenset({Role.COUNSEL})))

    assert len(items) == 5
    assert not any("alice" in each.what or "R-" in each.number for each in items)
    assert list(inbox(frozenset({Role.SUPPORT}))) == []


def test_a_case_costs_the_same_whoever_it_is_about(
    alice: Account, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    order = order_about(alice, gag=gag())
    desk = desk_of(reviews())
    with django_assert_max_num_queries(40):
        assert desk.get(f"/desk/legal/{order.pk}/").status_code == 200


def test_an_order_that_never_was_is_nowhere(alice: Account) -> None:
    desk = desk_of(reviews())
    for below in ("", "package/", f"papers/{UUID(int=3)}/"):
        answer = desk.post(
            f"/desk/legal/{UUID(int=2)}/{below}", {"reason": WHY, "act": "approve"},
            format="multipart",
        )
        assert answer.status_code == 404
