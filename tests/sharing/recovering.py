"""Recovery contacts as a server sees them: bytes that nobody here could open."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from rest_framework.test import APIClient

from accounts.actions.sessions import fresh_step_up
from accounts.digests import digest_of_code
from accounts.models import Account
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from sharing.actions.recovery_asking import RequestDraft, ask_contacts, confirm_request
from sharing.actions.recovery_setups import SealedShare, SetupDraft, set_up_contacts
from sharing.models import RecoveryRequest
from tests.factories import make_account, open_session
from tests.sharing.signing_groups import become_contacts

CODE = "12345678"
SHARE_BYTES = 1600


def token_for(account: Account, nth: int = 1) -> bytes:
    """The token of the device that asks for this account for the nth time."""
    return hashlib.sha256(f"token {nth} for {account.email}".encode()).digest()


def proof_of(account: Account, number: int = 1) -> bytes:
    """What the contacts' secret of a set-up would lead to."""
    return hashlib.sha256(f"contacts of {account.email} {number}".encode()).digest()


def befriended(owner: Account, *known: Account) -> list[Account]:
    """Three contacts of the owner, these among them."""
    made = [
        make_account(f"{secrets.token_hex(4)}@example.org") for _ in range(3 - len(known))
    ]
    contacts = [*known, *made]
    become_contacts(owner, *contacts)
    return contacts


def draft_for(contacts: Sequence[Account], number: int = 1, proof: bytes = bytes(32)) -> SetupDraft:
    """A whole set-up."""
    return SetupDraft(
        number=number,
        wrapped_account_key=secrets.token_bytes(61),
        recovery_auth_key=proof,
        shares=tuple(
            SealedShare(account_id=each.pk, sealed=secrets.token_bytes(SHARE_BYTES))
            for each in contacts
        ),
    )


def body_of(draft: SetupDraft) -> dict[str, object]:
    """The request that sets it up."""
    return {
        "number": draft.number,
        "wrapped_account_key": to_base64url(draft.wrapped_account_key),
        "recovery_auth_key": to_base64url(draft.recovery_auth_key),
        "shares": [
            {"account_id": str(each.account_id), "sealed": to_base64url(each.sealed)}
            for each in draft.shares
        ],
    }


def set_up(owner: Account, draft: SetupDraft) -> None:
    """Let these contacts give the vault back."""
    session = open_session(owner, step_up_until=fresh_step_up()).session
    set_up_contacts(draft, session=session)
    session.delete()


def request_draft(account: Account, nth: int = 1) -> RequestDraft:
    """What a device asks for this account with: the same whenever it is the nth time."""
    token = token_for(account, nth)
    return RequestDraft(email=account.email, exchange_public_key=token * 38, token=token)


def asked(account: Account, nth: int = 1) -> RecoveryRequest:
    """A request that stands, its code from the mail typed."""
    request = unconfirmed(account, nth)
    confirm_request(request, CODE)
    return RecoveryRequest.objects.get(pk=request.pk)


def unconfirmed(account: Account, nth: int = 1) -> RecoveryRequest:
    """A request whose code is known."""
    request_id = uuid7()
    ask_contacts(request_id, request_draft(account, nth))
    rows = RecoveryRequest.objects.filter(pk=request_id)
    rows.update(code_digest=digest_of_code(CODE, belongs_to=request_id))
    return rows.get()


def let_pass(request: RecoveryRequest) -> None:
    """The notice period is over."""
    when = timezone.now() - timedelta(seconds=1)
    RecoveryRequest.objects.filter(pk=request.pk).update(opens_at=when)


def asking_app(account: Account, nth: int = 1) -> APIClient:
    """The device that asked for this account."""
    client = APIClient()
    token = to_base64url(token_for(account, nth))
    client.credentials(HTTP_AUTHORIZATION=f"Recovery {token}")
    return client
