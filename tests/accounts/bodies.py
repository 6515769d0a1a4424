"""Bodies of requests, as a browser would send them."""

from __future__ import annotations

import re
import secrets
from uuid import UUID

from django.core import mail
from rest_framework.test import APIClient

from accounts.kdf import salt_for
from pocketvault.kernel import work
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from tests import factories

AUTH = "/api/v1/auth"
LAPTOP = {"device_name": "Laptop", "session": "cookie"}
PHONE = {"device_name": "Phone", "session": "token"}


def key(raw: bytes | None = None) -> str:
    return to_base64url(raw or secrets.token_bytes(32))


def wrapped() -> str:
    return to_base64url(factories.wrapped_key())


def kdf_for(email: str, /, **changes: object) -> dict:
    return {
        "scheme": 1,
        "salt": to_base64url(salt_for(email)),
        "memory_kib": 65536,
        "iterations": 3,
        "parallelism": 1,
        **changes,
    }


def sign_up(email: str, /, **changes: object) -> dict:
    return {
        "email": email,
        "account_id": str(uuid7()),
        "auth_key": key(factories.auth_key_of(email)),
        "kdf": kdf_for(email),
        "bundle": {
            "wrapped_account_key_password": wrapped(),
            "wrapped_account_key_recovery": wrapped(),
            "recovery_auth_key": key(factories.recovery_auth_key_of(email)),
            "wrapped_identity_seed": wrapped(),
            "wrapped_exchange_seed": wrapped(),
            "identity_public_key": key(),
            "exchange_public_key": to_base64url(secrets.token_bytes(1216)),
        },
        **changes,
    }


def sign_in(email: str, /, **changes: object) -> dict:
    return {"email": email, "auth_key": key(factories.auth_key_of(email)), **PHONE, **changes}


def recovery(email: str, /, **changes: object) -> dict:
    proof = key(factories.recovery_auth_key_of(email))
    return {"email": email, "recovery_auth_key": proof, **PHONE, **changes}


def new_password(email: str, /, **changes: object) -> dict:
    return {
        "auth_key": key(),
        "kdf": kdf_for(email),
        "wrapped_account_key": wrapped(),
        "generation": 1,
        **changes,
    }


def mail_to(email: str) -> str:
    """The body of the newest mail to this address, once the owed work was done."""
    work.run_due_jobs()
    return next(m.body for m in reversed(mail.outbox) if m.to == [email])


def subject_to(email: str) -> str:
    work.run_due_jobs()
    return next(m.subject for m in reversed(mail.outbox) if m.to == [email])


def code_in(text: str) -> str:
    [code] = re.findall(r"^\s+(\d{8})$", text, re.MULTILINE)
    return code


def token_in(text: str) -> str:
    [token] = re.findall(r"/reset#(\S+)", text)
    return token


def start_sign_up(api: APIClient, email: str) -> tuple[UUID, str]:
    """A pending sign-up, and its code from the mail."""
    answer = api.post(f"{AUTH}/sign-up", sign_up(email), format="json")
    assert answer.status_code == 202, answer.data
    return answer.data["sign_up_id"], code_in(mail_to(email))


def reset(api: APIClient, email: str, /, **changes: object) -> dict:
    """Go through an e-mail reset; the answer's body."""
    api.post(f"{AUTH}/reset", {"email": email}, format="json")
    token = token_in(mail_to(email))
    body = {"token": token, "auth_key": key(), "kdf": kdf_for(email), **PHONE, **changes}
    answer = api.post(f"{AUTH}/reset/confirm", body, format="json")
    assert answer.status_code == 200, answer.data
    return answer.data


def with_token(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client
