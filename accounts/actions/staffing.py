"""Who works here. Staff are ordinary accounts, so no password of theirs ever reaches us either."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.audit import AuditTag
from accounts.guards import has_second_factor
from accounts.models import Account, Role, StaffRole, normalise_email
from accounts.signals import account_viewed
from pocketvault.kernel.errors import NotFoundError


class SecondFactorMissingError(RuntimeError):
    """The desk is for accounts that a password alone does not open. Said to the operator only."""


@transaction.atomic
def grant_desk(email: str, roles: Collection[Role] = (Role.AUDITOR,)) -> Account:
    """Let an account into the desk, with these roles and no others.

    Raises `NotFoundError` and `SecondFactorMissingError`.

    The second factor must be there before: who had only the password could otherwise add
    one of their own and walk in.
    """
    account = _locked(email)
    if not has_second_factor(account):
        raise SecondFactorMissingError(
            "This account has no second factor yet. Add an authenticator app or a passkey first."
        )
    _set_roles(account, roles)
    return _set_staff(account, AuditTag.STAFF_GRANTED, is_staff=True)


@transaction.atomic
def withdraw_desk(email: str) -> Account:
    """Close the desk to an account; its next request there finds nothing."""
    account = _locked(email)
    _set_roles(account, ())
    return _set_staff(account, AuditTag.STAFF_WITHDRAWN, is_staff=False)


@transaction.atomic
def note_account_viewed(account_id: UUID, *, actor: Account) -> None:
    """Write down that staff opened the page of an account."""
    audit.record(AuditTag.ACCOUNT_VIEWED, actor=actor, subject_id=account_id)
    account_viewed.send(sender=Account, account_id=account_id, actor=actor)


def _locked(email: str) -> Account:
    found = Account.objects.select_for_update().filter(email=normalise_email(email))
    account = found.first()
    if account is None:
        raise NotFoundError("No account has this address.")
    return account


def _set_roles(account: Account, roles: Collection[Role]) -> None:
    StaffRole.objects.filter(account=account).exclude(role__in=roles).delete()
    StaffRole.objects.bulk_create(
        [StaffRole(account=account, role=role) for role in roles], ignore_conflicts=True
    )


def _set_staff(account: Account, tag: AuditTag, *, is_staff: bool) -> Account:
    account.is_staff = is_staff
    account.save(update_fields=["is_staff"])
    audit.record(tag, actor=None, subject_id=account.pk)
    return account
