"""From proofs to a session."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import authenticate
from django.db import transaction
from django.utils import timezone
from webauthn.helpers import generate_challenge

from accounts import audit
from accounts.actions.challenges import claim_try, finish
from accounts.actions.mailing import notify
from accounts.actions.passkeys import holder_of, passkey_that_signed
from accounts.actions.reset_links import void_resets
from accounts.actions.second_factors import accept_recovery_code, accept_totp, has_totp
from accounts.actions.sessions import Device, OpenedSession, fresh_step_up, open_session
from accounts.audit import AuditTag
from accounts.digests import digest_of, is_same
from accounts.errors import (
    PasskeyRefusedError,
    WrongCodeError,
    WrongCredentialsError,
    WrongRecoveryError,
)
from accounts.models import (
    Account,
    ChallengeKind,
    KeyBundle,
    SecondFactorChallenge,
    SessionKind,
)
from accounts.models.challenge import CHALLENGE_LIFETIME, MAX_TRIES
from accounts.passkey_ceremony import Credential
from pocketvault.kernel.fields import to_base64url

# Refused tries for addresses we do not know are written down too, about nobody, so that
# they take as long as those for addresses we do know.
NOBODY = UUID(int=0)

SignInResult = OpenedSession | SecondFactorChallenge


def sign_in(email: str, auth_key: bytes, *, device: Device) -> SignInResult:
    """A session for who knows the password, or the question that comes before it.

    Django's backend hashes for unknown addresses as well, so both refusals cost the same.
    """
    account = authenticate(username=email, password=to_base64url(auth_key))
    if not isinstance(account, Account):
        _note_refusal(email)
        raise WrongCredentialsError
    return admit(account, device=device)


def admit(account: Account, *, device: Device, is_reset: bool = False) -> SignInResult:
    """Open the session, unless an authenticator app is set up: then ask for more first.

    Passkeys alone do not make a second factor: somebody who added one for convenience
    and lost it must still get in with the password.
    """
    if has_totp(account):
        return SecondFactorChallenge.objects.create(
            kind=ChallengeKind.SECOND_FACTOR,
            account=account,
            challenge=generate_challenge(),
            device_name=device.name,
            session_kind=device.kind,
            is_reset=is_reset,
            expires_at=timezone.now() + CHALLENGE_LIFETIME,
        )
    return _open_after(account, device=device, is_reset=is_reset)


def answer_second_factor(
    challenge_id: UUID,
    *,
    code: str = "",
    paper_code: str = "",
    credential: Credential | None = None,
) -> OpenedSession:
    """The session that waited behind a second factor. Exactly one answer is given.

    A wrong answer is counted, and the fifth ends the question; the password has to be
    given again then.
    """
    challenge = claim_try(challenge_id, kind=ChallengeKind.SECOND_FACTOR)
    account = challenge.account
    if account is None or not _is_answered(challenge, account, code, paper_code, credential):
        audit.record(
            AuditTag.SECOND_FACTOR_REFUSED,
            actor=None,
            subject_id=account.pk if account else NOBODY,
        )
        raise WrongCodeError(tries_left=MAX_TRIES - challenge.tries)
    with transaction.atomic():
        finish(challenge)
        device = Device(name=challenge.device_name, kind=SessionKind(challenge.session_kind))
        return _open_after(
            account, device=device, is_reset=challenge.is_reset, is_two_factor=True
        )


def _is_answered(
    challenge: SecondFactorChallenge,
    account: Account,
    code: str,
    paper_code: str,
    credential: Credential | None,
) -> bool:
    if code:
        return accept_totp(account, code)
    if paper_code:
        return accept_recovery_code(account, paper_code)
    if credential is None:
        return False
    try:
        return passkey_that_signed(challenge, credential).account_id == account.pk
    except PasskeyRefusedError:
        return False


def sign_in_with_passkey(
    challenge_id: UUID, credential: Credential, *, device: Device
) -> OpenedSession:
    """A session for who holds a passkey: it is a device and a person at once, so nothing
    further is asked. One that can open the vault also proves that it may be opened; where a
    reset had shut it, a new password has to be set next.
    """
    challenge = claim_try(challenge_id, kind=ChallengeKind.PASSKEY_SIGN_IN)
    try:
        passkey = passkey_that_signed(challenge, credential)
    except PasskeyRefusedError:
        note_refusal(holder_of(credential))
        raise
    can_open = passkey.wrapped_account_key() is not None
    with transaction.atomic():
        finish(challenge)
        return open_session(
            passkey.account,
            device=device,
            step_up_until=fresh_step_up(),
            must_set_password=can_open and passkey.account.vault_shut_at is not None,
            is_vault_proven=can_open,
            is_two_factor=True,
        )


def sign_in_with_recovery(email: str, recovery_auth_key: bytes, *, device: Device) -> OpenedSession:
    """A session for who knows the 24 words. It has to set a new password first."""
    bundle = (
        KeyBundle.objects.select_related("account")
        .filter(account__email=email, account__is_active=True)
        .first()
    )
    if bundle is None or not is_same(bundle.wraps().recovery_proof, digest_of(recovery_auth_key)):
        _note_refusal(email)
        raise WrongRecoveryError
    with transaction.atomic():
        audit.record(AuditTag.RECOVERY_USED, actor=bundle.account, subject_id=bundle.account.pk)
        notify(
            bundle.account,
            subject="Your recovery key was used",
            happened="Somebody signed in with your recovery key.",
        )
        return open_recovered(bundle.account, device=device)


def open_recovered(account: Account, *, device: Device) -> OpenedSession:
    """A session for who proved that they can open the vault without its password, in the caller's
    transaction. It has to set a new one first; resets that are under way end.
    """
    void_resets(account)
    return open_session(
        account,
        device=device,
        step_up_until=fresh_step_up(),
        must_set_password=True,
        is_vault_proven=True,
    )


def _open_after(
    account: Account, *, device: Device, is_reset: bool, is_two_factor: bool = False
) -> OpenedSession:
    """A mailbox alone is no fresh proof, so a reset does not count as a step-up."""
    until = None if is_reset else fresh_step_up()
    return open_session(
        account, device=device, step_up_until=until, is_two_factor=is_two_factor
    )


def note_refusal(account_id: UUID | None) -> None:
    """Write down that somebody was not let in to this account, or to none."""
    audit.record(AuditTag.SIGN_IN_REFUSED, actor=None, subject_id=account_id or NOBODY)


def _note_refusal(email: str) -> None:
    note_refusal(Account.objects.filter(email=email).values_list("pk", flat=True).first())
