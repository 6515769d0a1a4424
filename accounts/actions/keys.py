"""Replacing what wraps the account key. The account key itself never changes here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actions.mailing import notify
from accounts.actions.reset_links import void_resets
from accounts.audit import AuditTag
from accounts.digests import digest_of, is_same
from accounts.errors import WrongProofError
from accounts.guards import require_open_vault, require_step_up
from accounts.kdf import Kdf, refuse_foreign
from accounts.models import Account, AccountSession, KeyBundle, SecondFactorChallenge
from pocketvault.kernel.errors import NotFoundError, StaleGenerationError
from pocketvault.kernel.fields import to_base64url

# When the phrase is asked for again, after it was typed right so many times.
RECOVERY_CHECKS = (timedelta(days=7), timedelta(days=30), timedelta(days=90))


def change_password(
    session: AccountSession,
    *,
    auth_key: bytes,
    kdf: Kdf,
    wrapped_account_key: bytes,
    generation: int,
) -> KeyBundle:
    """Replace the password: what signs in and what unwraps change together, or not at all.

    The recovery phrase that opened a session counts as its proof for as long as any other:
    a session that was left lying about sets no password. Ends every other session, and opens
    a vault that an e-mail reset had shut.
    """
    require_open_vault(session)
    require_step_up(session)
    account = session.account
    refuse_foreign(kdf, salt=bundle_of(account).kdf.salt)
    auth_key_hash = make_password(to_base64url(auth_key))
    with transaction.atomic():
        bundle = lock_bundle(account, generation)
        wraps = replace(bundle.wraps(), password=wrapped_account_key, former=None)
        bundle.kdf = kdf
        bundle.generation += 1
        bundle.seal(wraps.to_json()).save()
        _let_in_only(session, auth_key_hash)
        audit.record(AuditTag.PASSWORD_CHANGED, actor=account, subject_id=account.pk)
        notify(
            account,
            subject="Your password was changed",
            happened="The password of your account was changed, and other devices were signed out.",
        )
    return bundle


def _let_in_only(session: AccountSession, auth_key_hash: str) -> None:
    account = session.account
    if account.vault_shut_at is not None:
        audit.record(AuditTag.VAULT_OPENED, actor=account, subject_id=account.pk)
    account.password, account.vault_shut_at = auth_key_hash, None
    account.save(update_fields=["password", "vault_shut_at"])
    void_resets(account)
    AccountSession.objects.owned_by(account.pk).exclude(pk=session.pk).delete()
    SecondFactorChallenge.objects.filter(account=account).delete()
    session.must_set_password = False
    session.save(update_fields=["must_set_password"])


@transaction.atomic
def change_recovery(
    session: AccountSession,
    *,
    recovery_auth_key: bytes,
    wrapped_account_key: bytes,
    generation: int,
) -> KeyBundle:
    """Replace the recovery phrase. The old one opens nothing any more, and the new one is
    asked for again as if it were the first.
    """
    require_open_vault(session)
    require_step_up(session)
    account = session.account
    bundle = lock_bundle(account, generation)
    wraps = replace(
        bundle.wraps(), recovery=wrapped_account_key, recovery_proof=digest_of(recovery_auth_key)
    )
    bundle.generation += 1
    bundle.recovery_confirmed_at = bundle.next_recovery_check_at = None
    bundle.recovery_checks = 0
    bundle.seal(wraps.to_json()).save()
    audit.record(AuditTag.RECOVERY_CHANGED, actor=account, subject_id=account.pk)
    notify(
        account,
        subject="Your recovery key was replaced",
        happened="Your recovery key was replaced. The 24 words you had before no longer work.",
    )
    return bundle


@transaction.atomic
def confirm_recovery(account: Account, recovery_auth_key: bytes) -> datetime:
    """Note that the phrase was typed right, and say when it is asked for next.

    Typing it before it was asked for moves nothing forward.
    """
    bundle = KeyBundle.objects.select_for_update().filter(pk=account.pk).first()
    if bundle is None:
        raise NotFoundError
    if not is_same(bundle.wraps().recovery_proof, digest_of(recovery_auth_key)):
        raise WrongProofError
    now = timezone.now()
    if bundle.next_recovery_check_at is None or bundle.next_recovery_check_at <= now:
        wait = RECOVERY_CHECKS[min(bundle.recovery_checks, len(RECOVERY_CHECKS) - 1)]
        bundle.recovery_checks += 1
        bundle.next_recovery_check_at = now + wait
        audit.record(AuditTag.RECOVERY_CONFIRMED, actor=account, subject_id=account.pk)
    bundle.recovery_confirmed_at = now
    bundle.save(
        update_fields=["recovery_checks", "recovery_confirmed_at", "next_recovery_check_at"]
    )
    return bundle.next_recovery_check_at


def bundle_of(account: Account) -> KeyBundle:
    """The keys of an account. Staff accounts have none."""
    bundle = KeyBundle.objects.filter(pk=account.pk).first()
    if bundle is None:
        raise NotFoundError
    return bundle


def lock_bundle(account: Account, generation: int) -> KeyBundle:
    """The bundle for changing, if it is still the one the caller read."""
    bundle = KeyBundle.objects.select_for_update().filter(pk=account.pk).first()
    if bundle is None:
        raise NotFoundError
    if bundle.generation != generation:
        raise StaleGenerationError(generation=bundle.generation)
    return bundle
