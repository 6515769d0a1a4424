"""Remembering browsers, so that their owners get in whatever strangers do to the name."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.digests import digest_of, new_token
from accounts.guards import is_shut_for
from accounts.models import Account, AccountSession, KnownDevice
from accounts.models.known_device import MOST_DEVICES


@transaction.atomic
def remember_device(session: AccountSession, token: str) -> str | None:
    """Know this browser again; answers the token for its cookie. ``token`` is the one it
    came with, kept when we gave it out.

    None after an e-mail reset that nothing else proved: a mailbox makes no device known.
    """
    if is_shut_for(session):
        return None
    today = timezone.now().date()
    if not KnownDevice.objects.living().filter(token_digest=digest_of(token)).exists():
        token = new_token()
    KnownDevice.objects.update_or_create(
        account=session.account,
        token_digest=digest_of(token),
        defaults={"last_used_on": today},
    )
    kept = KnownDevice.objects.owned_by(session.account_id).values("pk")[:MOST_DEVICES]
    others = KnownDevice.objects.filter(account=session.account)
    others.exclude(pk__in=[row["pk"] for row in kept]).delete()
    return token


def known_device(token: str, name: str | UUID) -> int | None:
    """Which device of an account this is, or None. ``name`` is an address or an account's id.

    One question for every name, whether it has an account or not.
    """
    found = KnownDevice.objects.living().filter(
        token_digest=digest_of(token), account__is_active=True
    )
    of_account = {"account_id": name} if isinstance(name, UUID) else {"account__email": name}
    return found.filter(**of_account).values_list("pk", flat=True).first()


def forget_devices(account: Account) -> None:
    """Know no browser of this account any more. In the caller's transaction."""
    KnownDevice.objects.filter(account=account).delete()
