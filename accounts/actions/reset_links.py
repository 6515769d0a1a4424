"""The links in mails that reset an account, and what ends them early."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.digests import digest_of, new_token
from accounts.models import Account, EmailToken
from accounts.models.challenge import RESET_LIFETIME


@transaction.atomic
def make_reset_token(email: str, *, asked_at: datetime) -> str | None:
    """A token for the mail that was asked for then, or None when this address gets none.

    The account's row is locked, so that a change of its password at the same moment either
    sees this token and removes it, or is seen here. Accounts without a vault get none: staff
    sign in elsewhere, and their passwords are no auth keys.
    """
    found = Account.objects.select_for_update(of=("self",)).filter(
        email=email, is_active=True, key_bundle__isnull=False
    )
    account = found.first()
    if account is None or _is_void(account, asked_at):
        return None
    token = new_token()
    EmailToken.objects.create(
        account=account,
        token_digest=digest_of(token),
        expires_at=timezone.now() + RESET_LIFETIME,
    )
    return token


def void_resets(account: Account) -> None:
    """End the links that are out, and the mails that are still owed. In the caller's transaction.

    The row is written first: see `make_reset_token`.
    """
    account.resets_void_before = timezone.now()
    account.save(update_fields=["resets_void_before"])
    EmailToken.objects.filter(account=account).delete()


def _is_void(account: Account, asked_at: datetime) -> bool:
    return account.resets_void_before is not None and asked_at <= account.resets_void_before
