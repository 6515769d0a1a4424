"""Proving again, within a session, that it is still the same person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password
from django.db import transaction

from accounts import audit
from accounts.actions.challenges import claim_try, finish
from accounts.actions.keys import bundle_of
from accounts.actions.mailing import notify
from accounts.actions.passkeys import passkey_that_signed
from accounts.actions.second_factors import accept_totp
from accounts.actions.sessions import fresh_step_up
from accounts.audit import AuditTag
from accounts.digests import digest_of, is_same
from accounts.errors import PasskeyRefusedError, WrongProofError
from accounts.models import AccountSession, ChallengeKind
from accounts.passkey_ceremony import Credential
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url

_PROVEN = ["step_up_until", "is_vault_proven", "must_set_password", "is_two_factor"]


def step_up_with_password(session: AccountSession, auth_key: bytes) -> datetime:
    """By the password's auth key."""
    is_right = session.account.check_password(to_base64url(auth_key))
    return _grant(session, is_right=is_right)


def step_up_with_totp(session: AccountSession, code: str) -> datetime:
    """By a code from the authenticator app."""
    return _grant(session, is_right=accept_totp(session.account, code), is_factor=True)


def step_up_with_recovery(session: AccountSession, recovery_auth_key: bytes) -> datetime:
    """By the recovery phrase, which also proves that the vault may be opened."""
    try:
        proof = bundle_of(session.account).wraps().recovery_proof
    except NotFoundError:
        return _grant(session, is_right=False)
    is_right = is_same(proof, digest_of(recovery_auth_key))
    return _grant(session, is_right=is_right, proves_vault=True)


def step_up_with_former_password(session: AccountSession, auth_key: bytes) -> datetime:
    """By the password that was in force before an e-mail reset. It opened the vault then, so
    it proves that it may be opened now.
    """
    if not _is_former_password(session, auth_key):
        return _grant(session, is_right=False)
    account = session.account
    with transaction.atomic():
        audit.record(AuditTag.FORMER_PASSWORD_USED, actor=account, subject_id=account.pk)
        notify(
            account,
            subject="The password you had before was used",
            happened="Somebody proved the password that your account had before its reset.",
        )
        return _grant(session, is_right=True, proves_vault=True)


def step_up_with_passkey(
    session: AccountSession, challenge_id: UUID, credential: Credential
) -> datetime:
    """By a passkey; one that can open the vault also proves that it may be opened."""
    challenge = claim_try(challenge_id, kind=ChallengeKind.KNOWN_PASSKEY, account=session.account)
    try:
        passkey = passkey_that_signed(challenge, credential)
    except PasskeyRefusedError:
        _note_refusal(session)
        raise
    finish(challenge)
    can_open = passkey.wrapped_account_key() is not None
    return _grant(session, is_right=True, proves_vault=can_open, is_factor=True)


def _grant(
    session: AccountSession, *, is_right: bool, proves_vault: bool = False, is_factor: bool = False
) -> datetime:
    if not is_right:
        _note_refusal(session)
        raise WrongProofError
    until = fresh_step_up()
    session.step_up_until = until
    session.is_two_factor |= is_factor
    if proves_vault:
        session.is_vault_proven = True
        # The reset took what the password unwrapped, so a new one is what comes next.
        session.must_set_password |= session.account.vault_shut_at is not None
    with transaction.atomic():
        session.save(update_fields=_PROVEN)
        audit.record(AuditTag.STEPPED_UP, actor=session.account, subject_id=session.pk)
    return until


def _is_former_password(session: AccountSession, auth_key: bytes) -> bool:
    try:
        former = bundle_of(session.account).wraps().former
    except NotFoundError:
        return False
    return former is not None and check_password(to_base64url(auth_key), former.auth_key_hash)


def _note_refusal(session: AccountSession) -> None:
    audit.record(AuditTag.STEP_UP_REFUSED, actor=session.account, subject_id=session.pk)
