"""Making things for tests, through the same doors as the product where there is one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from rest_framework.test import APIClient

from accounts.actions import sessions
from accounts.actions.sessions import Device, OpenedSession
from accounts.digests import digest_of
from accounts.kdf import Kdf, salt_for
from accounts.middleware import SESSION_ID
from accounts.models import Account, KeyBundle, Passkey, Role, SessionKind, StaffRole, Wraps
from accounts.models.kdf_columns import columns_of
from accounts.session_store import SessionStore
from pocketvault.kernel.fields import to_base64url

WRAPPED_KEY_BYTES = 61
PHONE = Device(name="Phone", kind=SessionKind.TOKEN)


def auth_key_of(email: str) -> bytes:
    """What the browser would derive from the password of this address."""
    return hashlib.sha256(f"password of {email}".encode()).digest()


def recovery_auth_key_of(email: str) -> bytes:
    """What the browser would derive from the recovery phrase of this address."""
    return hashlib.sha256(f"phrase of {email}".encode()).digest()


def wrapped_key() -> bytes:
    """A wrapped key, as far as a server can tell."""
    return secrets.token_bytes(WRAPPED_KEY_BYTES)


def make_account(email: str, *, roles: Collection[Role] = ()) -> Account:
    """An account with its keys, as a confirmed sign-up leaves it; at the desk if it has roles."""
    account = Account.objects.create_user(email, to_base64url(auth_key_of(email)))
    give_roles(account, *roles)
    wraps = Wraps(
        password=wrapped_key(),
        recovery=wrapped_key(),
        identity_seed=wrapped_key(),
        exchange_seed=wrapped_key(),
        recovery_proof=digest_of(recovery_auth_key_of(email)),
    )
    KeyBundle(
        account=account,
        identity_public_key=secrets.token_bytes(32),
        exchange_public_key=secrets.token_bytes(1216),
        **columns_of(Kdf(salt=salt_for(email))),
    ).seal(wraps.to_json()).save(force_insert=True)
    return account


def make_superuser(email: str) -> Account:
    """Whom Django would let do anything. Without a role that is nothing here."""
    account = make_account(email)
    account.is_staff = account.is_superuser = True
    account.save(update_fields=["is_staff", "is_superuser"])
    return account


def give_roles(account: Account, *roles: Role) -> None:
    """These and no others, without the second factor that the operator's command asks for."""
    account.is_staff = bool(roles)
    account.save(update_fields=["is_staff"])
    StaffRole.objects.filter(account=account).delete()
    StaffRole.objects.bulk_create([StaffRole(account=account, role=role) for role in roles])


def open_session(
    account: Account,
    *,
    device: Device = PHONE,
    step_up_until: datetime | None = None,
    must_set_password: bool = False,
    is_vault_proven: bool = False,
    is_two_factor: bool = True,
) -> OpenedSession:
    """A signed-in device of this account, which showed all that it was asked for."""
    return sessions.open_session(
        account,
        device=device,
        step_up_until=step_up_until,
        must_set_password=must_set_password,
        is_vault_proven=is_vault_proven,
        is_two_factor=is_two_factor,
    )


def app_of(account: Account, *, has_stepped_up: bool = True) -> APIClient:
    """A client signed in as this account with an app's token, through the real door."""
    until = sessions.fresh_step_up() if has_stepped_up else None
    opened = open_session(account, step_up_until=until)
    return with_token(opened)


def browser_of(
    account: Account, *, has_stepped_up: bool = True, is_two_factor: bool = True
) -> APIClient:
    """A browser signed in as this account. CSRF is not enforced on it."""
    until = sessions.fresh_step_up() if has_stepped_up else None
    browser = Device(name="Browser", kind=SessionKind.COOKIE)
    opened = open_session(
        account, device=browser, step_up_until=until, is_two_factor=is_two_factor
    )
    store = SessionStore()
    store[SESSION_ID] = str(opened.session.pk)
    store.save()
    client = APIClient()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(store.session_key)
    return client


def add_passkey(account: Account) -> Passkey:
    """A passkey that can open the vault."""
    passkey = Passkey(
        account=account,
        name="Phone",
        credential_id=secrets.token_bytes(16),
        public_key=secrets.token_bytes(77),
    )
    passkey.seal(wrapped_key()).save(force_insert=True)
    return passkey


def with_token(opened: OpenedSession) -> APIClient:
    """A client that sends the token of this session."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {opened.token}")
    return client
