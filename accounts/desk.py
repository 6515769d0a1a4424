"""Who may come to the desk, where staff see counts and states.

The desk has no sign-in of its own: staff use the browser's, which never sends a password.
"""

from __future__ import annotations

from enum import Enum

from django.utils import timezone

from accounts.guards import is_shut_for
from accounts.models import Account, AccountSession, Passkey, Role, StaffRole, TotpDevice


class DeskState(Enum):
    """What the desk says to a session."""

    NOWHERE = "for everybody who does not work here: there is no desk"
    NO_SECOND_FACTOR = "for staff whom a password alone would let in"
    PROOF_TOO_OLD = "for staff who signed in or stepped up more than ten minutes ago"
    OPEN = "come in"


def has_second_factor(account: Account) -> bool:
    """True when an authenticator app is switched on, or there is a passkey."""
    totp = TotpDevice.objects.filter(account=account).exclude(confirmed_at=None)
    return totp.exists() or Passkey.objects.filter(account=account).exists()


def roles_of(account: Account) -> frozenset[Role]:
    """What this account may do at the desk. Being a superuser adds nothing."""
    if not account.is_staff or not account.is_active:
        return frozenset()
    found = StaffRole.objects.filter(account=account).values_list("role", flat=True)
    return frozenset(Role(role) for role in found)


def desk_state_of(session: AccountSession | None) -> DeskState:
    """How far this browser session gets. An account that was reset by e-mail is nobody here."""
    if session is None or is_shut_for(session) or not roles_of(session.account):
        return DeskState.NOWHERE
    if not has_second_factor(session.account):
        return DeskState.NO_SECOND_FACTOR
    if session.step_up_until is None or session.step_up_until < timezone.now():
        return DeskState.PROOF_TOO_OLD
    return DeskState.OPEN
