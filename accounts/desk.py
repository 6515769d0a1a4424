"""Who may come to the desk, where staff see counts and states.

The desk has no sign-in of its own: staff use the browser's, which never sends a password.
"""

from __future__ import annotations

from enum import Enum

from django.utils import timezone

from accounts.guards import has_second_factor, is_shut_for
from accounts.models import Account, AccountSession, Role, StaffRole


class DeskState(Enum):
    """What the desk says to a session."""

    NOWHERE = "for everybody who does not work here: there is no desk"
    NO_SECOND_FACTOR = "for staff whom a password alone would let in"
    PROOF_MISSING = (
        "for staff whose session showed no second factor, showed nothing for ten minutes, or "
        "still owes its account a new password"
    )
    OPEN = "come in"


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
    is_fresh = session.step_up_until is not None and session.step_up_until >= timezone.now()
    if not (is_fresh and session.is_two_factor) or session.must_set_password:
        return DeskState.PROOF_MISSING
    return DeskState.OPEN
