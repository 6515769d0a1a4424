"""Whose a link is, as those who have it may know."""

from __future__ import annotations

from uuid import UUID

from accounts.models import KeyBundle
from pocketvault.kernel.fields import to_base64url


def owner_document(owner_id: UUID) -> dict[str, object]:
    """The owner's id and public keys. Whoever has the address checks their fingerprint, so that
    no other keys can be put in their place.
    """
    columns = KeyBundle.objects.values_list("identity_public_key", "exchange_public_key")
    identity, exchange = columns.get(pk=owner_id)
    return {
        "id": owner_id,
        "identity_public_key": to_base64url(bytes(identity)),
        "exchange_public_key": to_base64url(bytes(exchange)),
    }
