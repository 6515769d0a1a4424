"""Authenticator apps, and the paper codes for when the phone is gone."""

from __future__ import annotations

import time

import pyotp
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.actions.mailing import notify
from accounts.actions.sessions import note_first_factor
from accounts.audit import AuditTag
from accounts.digests import as_paper_code, digest_of_code, is_same, new_paper_code
from accounts.errors import AlreadyOnError, CodeExpiredError, WrongCodeError
from accounts.guards import (
    has_second_factor,
    require_a_factor_left,
    require_factor_of_staff,
    require_open_vault,
    require_step_up,
)
from accounts.models import Account, AccountSession, RecoveryCode, TotpDevice
from pocketvault.kernel.errors import NotFoundError

STEP_SECONDS = 30
# A phone's clock may be one step off, either way.
DRIFT = (0, -1, 1)
PAPER_CODES = 10


def has_totp(account: Account) -> bool:
    """True when an authenticator app is set up and confirmed."""
    return TotpDevice.objects.filter(account=account).exclude(confirmed_at=None).exists()


@transaction.atomic
def begin_totp(session: AccountSession) -> str:
    """Make a secret for an authenticator app; it counts once a first code confirmed it."""
    require_open_vault(session)
    require_step_up(session)
    require_factor_of_staff(session)
    if has_totp(session.account):
        raise AlreadyOnError
    secret = pyotp.random_base32()
    TotpDevice.objects.filter(account=session.account).delete()
    TotpDevice(account=session.account).seal(secret.encode()).save(force_insert=True)
    return secret


def totp_address(secret: str, account: Account) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name="PocketVault")


def confirm_totp(session: AccountSession, code: str) -> list[str]:
    """Switch the authenticator app on, and hand out the paper codes, once. The first factor of an
    account counts for the session that showed it here.
    """
    require_open_vault(session)
    require_factor_of_staff(session)
    account = session.account
    device = TotpDevice.objects.filter(account=account).first()
    if device is None:
        raise CodeExpiredError
    if device.confirmed_at is not None:
        raise AlreadyOnError
    if not _accept(device, code):
        raise WrongCodeError
    is_first = not has_second_factor(account)
    with transaction.atomic():
        TotpDevice.objects.filter(pk=device.pk).update(confirmed_at=timezone.now())
        note_first_factor(session, is_first=is_first)
        audit.record(AuditTag.TOTP_ADDED, actor=account, subject_id=account.pk)
        notify(
            account,
            subject="An authenticator app was added",
            happened="Signing in to your account now asks for a code from an authenticator app.",
        )
        return _new_paper_codes(account)


@transaction.atomic
def remove_totp(session: AccountSession) -> None:
    """Switch the authenticator app off; its paper codes go with it."""
    require_open_vault(session)
    require_step_up(session)
    require_factor_of_staff(session)
    account = session.account
    gone, _ = TotpDevice.objects.filter(account=account).delete()
    if not gone:
        raise NotFoundError
    require_a_factor_left(account)
    RecoveryCode.objects.filter(account=account).delete()
    audit.record(AuditTag.TOTP_REMOVED, actor=account, subject_id=account.pk)
    notify(
        account,
        subject="The authenticator app was removed",
        happened="Signing in to your account no longer asks for a code.",
    )


@transaction.atomic
def replace_recovery_codes(session: AccountSession) -> list[str]:
    """Ten new paper codes; the old ones stop working."""
    require_open_vault(session)
    require_step_up(session)
    require_factor_of_staff(session)
    if not has_totp(session.account):
        raise NotFoundError
    return _new_paper_codes(session.account)


def accept_totp(account: Account, code: str) -> bool:
    """True for a code of this account's confirmed app that was not used before."""
    device = TotpDevice.objects.filter(account=account).exclude(confirmed_at=None).first()
    return device is not None and _accept(device, code)


@transaction.atomic
def accept_recovery_code(account: Account, typed: str) -> bool:
    """True for a paper code that was not used before. It is used now."""
    digest = digest_of_code(as_paper_code(typed), belongs_to=account.pk)
    used, _ = RecoveryCode.objects.filter(account=account, code_digest=digest).delete()
    if used:
        audit.record(AuditTag.RECOVERY_CODE_USED, actor=account, subject_id=account.pk)
    return bool(used)


def _accept(device: TotpDevice, code: str) -> bool:
    """Compare with the steps around now, and use the step up by compare-and-set."""
    totp = pyotp.TOTP(device.open().decode(), interval=STEP_SECONDS)
    now = int(time.time()) // STEP_SECONDS
    typed = "".join(code.split()).encode()
    steps = [now + d for d in DRIFT if is_same(totp.generate_otp(now + d).encode(), typed)]
    return any(
        TotpDevice.objects.filter(pk=device.pk, last_step__lt=step).update(last_step=step)
        for step in steps
    )


def _new_paper_codes(account: Account) -> list[str]:
    codes = [new_paper_code() for _ in range(PAPER_CODES)]
    RecoveryCode.objects.filter(account=account).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, code_digest=digest_of_code(code, belongs_to=account.pk))
        for code in codes
    )
    audit.record(AuditTag.RECOVERY_CODES_MADE, actor=account, subject_id=account.pk)
    return codes
