"""Orders for tests, through the doors of the desk, and the three people who see them through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.utils import timezone

from accounts.models import Account, AccountSession, Role
from rights.legal.actions.checking import answer_check, call_back
from rights.legal.actions.deciding import approve_order, review_order
from rights.legal.actions.intake import GagDraft, OrderDraft, add_authority, register_order
from rights.legal.instruments import GENUINE, QUESTIONS
from rights.legal.papers import Paper
from rights.models import CheckAnswer, LegalOrder, Outcome
from tests.factories import give_roles, make_account, open_session

WHY = "As the order asks."


def staff(name: str, role: Role = Role.COUNSEL) -> AccountSession:
    """Somebody of the desk who proved a moment ago that it is them."""
    email = f"{name}@example.org"
    account = Account.objects.filter(email=email).first() or make_account(email)
    give_roles(account, role)
    return fresh(account)


def fresh(account: Account) -> AccountSession:
    """A session that has just stepped up, by whatever clock the test has."""
    return open_session(account, step_up_until=timezone.now() + timedelta(minutes=10)).session


def take_in() -> AccountSession:
    return staff("ida")


def reviews() -> AccountSession:
    return staff("rosa", Role.DPO)


def approves() -> AccountSession:
    return staff("ana")


def draft(names: Sequence[str], **more: Any) -> OrderDraft:
    """A warrant for everything about these accounts."""
    now = timezone.now()
    values: dict[str, Any] = {
        "instrument": "warrant", "reference": "23-MJ-1182", "authority": "District Court",
        "country": "US", "officer": "Sgt. Doe", "letter_phone": "+1 555 0100",
        "jurisdiction": "Northern District", "signed_by": "Judge Roe", "dated_on": now.date(),
        "received_at": now, "asked": ["subscriber", "sign_ins", "public", "stored", "content"],
        "names": names, "paper": Paper("order.pdf", b"%PDF a warrant " + str(now).encode()),
    }  # fmt: skip
    return OrderDraft(**values | more)


def gag(days: float = 30, **more: Any) -> GagDraft:
    """A gag of so many days from now."""
    now = timezone.now()
    values = {"basis": "18 USC 2705(b)", "starts_at": now, "ends_at": now + timedelta(days=days)}
    return GagDraft(**values | more)


def order_about(*people: Account, **more: Any) -> LegalOrder:
    """An order that was taken in, and nothing more."""
    names = more.pop("names", [each.email for each in people])
    return register_order(draft(names, **more), session=take_in())


def authority(country: str = "US") -> UUID:
    """An entry of the directory, by whoever took the order in."""
    return add_authority(
        name="District Court", country=country, phone="+1 202 555 0144",
        source="the court's own site", session=take_in(),
    ).pk


def confirm(order: LegalOrder) -> None:
    """Call back, and hear that it is genuine."""
    call_back(
        order.pk, authority(order.country), is_confirmed=True, reason=WHY, session=reviews()
    )


def check_all(order: LegalOrder) -> None:
    """Answer every question with yes."""
    confirm(order)
    for question in QUESTIONS:
        if question.item != GENUINE:
            answer_check(
                order.pk, question.item, CheckAnswer.YES, reason=WHY, session=reviews()
            )


def approved(order: LegalOrder, outcome: str = Outcome.COMPLY) -> LegalOrder:
    """Checked, reviewed and approved, by two more people."""
    if outcome == Outcome.COMPLY:
        check_all(order)
    granted = order.asked if outcome == Outcome.COMPLY else []
    review_order(order.pk, outcome, granted, reason=WHY, session=reviews())
    approve_order(order.pk, reason=WHY, session=approves())
    order.refresh_from_db()
    return order


@cache
def authority_key() -> rsa.RSAPrivateKey:
    """The key of an authority; made once, it takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


@cache
def certificate_pem(bits: int = 3072, years: int = 40) -> bytes:
    """Its certificate."""
    key = authority_key() if bits == 3072 else rsa.generate_private_key(65537, bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "District Court")])
    began = datetime(2020, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(1).not_valid_before(began)
    builder = builder.not_valid_after(began + timedelta(days=365 * years))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def make_case() -> dict[str, dict[str, object]]:
    """One of each kind of page, by the name of its address: what its path names."""
    person = Account.objects.filter(email="alice@example.org").first()
    order = order_about(person or make_account("alice@example.org"), gag=gag())
    document = order.documents.get()
    return {
        "legal": {}, "legal-new": {}, "legal-directory": {}, "legal-public": {},
        "legal-order": {"order_id": order.pk},
        "legal-package": {"order_id": order.pk},
        "legal-paper": {"order_id": order.pk, "document_id": document.pk},
    }  # fmt: skip
