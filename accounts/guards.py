"""What must be true of a session before something dangerous is done with it.

Every app asks here, so that "shut" and "stepped up" mean the same everywhere.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.errors import (
    NewPasswordRequiredError,
    SecondFactorNeededError,
    StepUpRequiredError,
    VaultShutError,
)
from accounts.models import Account, AccountSession, Passkey, TotpDevice

SHUT_DELETION_DELAY = timedelta(days=7)
NO_DELAY = timedelta(0)


def is_shut_for(session: AccountSession) -> bool:
    """True after an e-mail reset, until this session proved the phrase, a passkey or
    the password from before.
    """
    return session.account.vault_shut_at is not None and not session.is_vault_proven


def require_open_vault(session: AccountSession) -> None:
    """Refuse exports, shares and changes of keys while the vault is shut: whoever reads
    somebody's mail can reset the account, and must gain nothing by it.
    """
    if is_shut_for(session):
        raise VaultShutError


def require_password_set(session: AccountSession) -> None:
    """Refuse a session that got in by the 24 words, by recovery contacts, or past a reset, until
    it has set a new password: a vault whose only password is lost, or is somebody else's, would
    be used for as long as the session lives and then be out of reach.
    """
    if session.must_set_password:
        raise NewPasswordRequiredError


def require_step_up(session: AccountSession) -> None:
    """Refuse unless the person proved within ten minutes that it is them."""
    if session.step_up_until is None or session.step_up_until < timezone.now():
        raise StepUpRequiredError


def has_second_factor(account: Account) -> bool:
    """True when an authenticator app is switched on, or there is a passkey."""
    totp = TotpDevice.objects.filter(account=account).exclude(confirmed_at=None)
    return totp.exists() or Passkey.objects.filter(account=account).exists()


def require_factor_of_staff(session: AccountSession) -> None:
    """Refuse to change the second factors of somebody who works at the desk by a session that
    showed none: a password alone would lead to the desk in two steps.
    """
    account = session.account
    if account.is_staff and not session.is_two_factor and has_second_factor(account):
        raise SecondFactorNeededError


def require_a_factor_left(account: Account) -> None:
    """Refuse to leave somebody who works at the desk with a password alone."""
    if account.is_staff and not has_second_factor(account):
        raise SecondFactorNeededError


def deletion_delay(session: AccountSession) -> timedelta:
    """How long a deletion asked for by this session has to wait: seven days while the
    vault is shut, with a notice by mail; otherwise not at all.
    """
    return SHUT_DELETION_DELAY if is_shut_for(session) else NO_DELAY
