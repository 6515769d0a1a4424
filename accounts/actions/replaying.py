"""What accounts do again after a restore. Each is safe to repeat."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actions.known_devices import forget_devices
from accounts.actions.preferences import change_preferences
from accounts.choices import CHOICES
from accounts.key_copies import Json, bundle_from, moment, totp_from
from accounts.models import (
    Account,
    AccountSession,
    AuditEvent,
    KeyBundle,
    Passkey,
    RecoveryCode,
    SecondFactorChallenge,
    StaffRole,
    TotpDevice,
)
from pocketvault.kernel.fields import from_base64url


def end_sessions(session_ids: Collection[UUID]) -> None:
    """End these sessions, whoseever they are."""
    AccountSession.objects.filter(pk__in=session_ids).delete()


def sign_everybody_out(account_id: UUID) -> None:
    """End every session of an account, those too that a lost act had spared."""
    AccountSession.objects.owned_by(account_id).delete()
    SecondFactorChallenge.objects.filter(account=account_id).delete()
    account = Account.objects.filter(pk=account_id).first()
    if account is not None:
        forget_devices(account)


def remove_passkeys(passkey_ids: Collection[UUID]) -> None:
    """Forget these passkeys with what they wrapped."""
    Passkey.objects.filter(pk__in=passkey_ids).delete()


def withdraw_staff(account_id: UUID) -> None:
    """Somebody works for us no more."""
    StaffRole.objects.filter(account=account_id).delete()
    Account.objects.filter(pk=account_id).update(is_staff=False, is_superuser=False)


@transaction.atomic
def bring_keys(account_id: UUID, keys: Json) -> None:
    """Put newer keys in the place of those a backup brought back, and have everybody sign in
    again. What came back may be older than the copy, never the other way round.
    """
    if not Account.objects.filter(pk=account_id).exists():
        return
    Account.objects.filter(pk=account_id).update(
        password=keys["password"],
        vault_shut_at=moment(keys["vault_shut_at"]),
        resets_void_before=moment(keys["resets_void_before"]),
    )
    if keys["bundle"] is not None:
        _bring_bundle(account_id, keys["bundle"])
    TotpDevice.objects.filter(pk=account_id).delete()
    if keys["totp"] is not None:
        totp_from(keys["totp"], account_id).save(force_insert=True)
    RecoveryCode.objects.filter(account=account_id).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account_id=account_id, code_digest=from_base64url(digest))
        for digest in keys["codes"]
    )
    sign_everybody_out(account_id)


def _bring_bundle(account_id: UUID, values: Json) -> None:
    standing = KeyBundle.objects.filter(pk=account_id).values_list("generation", flat=True).first()
    if standing is None or standing <= values["generation"]:
        bundle_from(values, account_id).save()


def object_again(account_id: UUID, purpose_id: UUID) -> None:
    """Turn off what somebody had turned off."""
    account = Account.objects.filter(pk=account_id).first()
    for choice in CHOICES:
        if account is not None and choice.purpose.id == purpose_id:
            change_preferences(account, {choice.column: choice.off})


def has_line(tag: str, subject_id: UUID, *, since: datetime, until: datetime) -> bool:
    """Whether the audit trail has a line about this subject in that time."""
    lines = AuditEvent.objects.filter(tag=tag, subject_id=subject_id)
    return lines.filter(at__gte=since, at__lte=until).exists()


def has_account_among(ids: Collection[str]) -> bool:
    """Whether any of these ids is that of an account."""
    return Account.objects.filter(pk__in=ids).exists()
