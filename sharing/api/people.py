"""People as others see them: their keys, and their address where that is known anyway."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypedDict
from uuid import UUID

from accounts.models import Account, KeyBundle
from pocketvault.kernel.fields import to_base64url
from sharing.models import Contact, GroupMember


class PersonDocument(TypedDict):
    """What `PersonSerializer` describes."""

    account_id: str
    email: str | None
    identity_public_key: str | None
    exchange_public_key: str | None


def people_documents(
    account_ids: Collection[UUID], *, asker: Account
) -> dict[UUID, PersonDocument]:
    """These accounts by id, in three queries. The address of somebody is shown to themselves,
    to their contacts and to those who are in a group with them.
    """
    ids = list(account_ids)
    known = _known_to(asker, ids)
    rows = KeyBundle.objects.filter(pk__in=ids).values_list(
        "pk", "account__email", "identity_public_key", "exchange_public_key"
    )
    found = {account_id: _person(account_id, None, None, None) for account_id in ids}
    for account_id, email, identity, exchange in rows:
        shown = email if account_id in known else None
        found[account_id] = _person(
            account_id, shown, to_base64url(identity), to_base64url(exchange)
        )
    return found


def _known_to(asker: Account, ids: Collection[UUID]) -> set[UUID]:
    contacts = Contact.objects.filter(account=asker, other__in=ids).values_list("other_id")
    fellows = GroupMember.objects.filter(group__members__account=asker, account__in=ids)
    both = contacts.union(fellows.values_list("account_id"))
    return {asker.pk, *(account_id for (account_id,) in both)}


def _person(
    account_id: UUID, email: str | None, identity: str | None, exchange: str | None
) -> PersonDocument:
    return {
        "account_id": str(account_id),
        "email": email,
        "identity_public_key": identity,
        "exchange_public_key": exchange,
    }
