"""Contacts and invitations as their account sees them, ready for JSON."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import Account
from images.api.documents import text_of
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.sealing import SealBrokenError
from sharing.actions.known_keys import NOTHING_YET
from sharing.models import Contact, ContactInvitation, KnownKeys

Document = dict[str, object]


def contacts_document(account: Account) -> Document:
    """Who is known, was asked and asks. Three queries."""
    return {
        "items": _contacts(account),
        "sent": _sent(account),
        "received": _received(account),
    }


def known_keys_document(account: Account) -> Document:
    """The document of pinned keys, or that there is none yet."""
    known = KnownKeys.objects.filter(pk=account.pk).first()
    if known is None:
        return {"number": NOTHING_YET, "sealed": None}
    return {"number": known.number, "sealed": to_base64url(known.document)}


def _contacts(account: Account) -> list[Document]:
    rows = Contact.objects.filter(account=account).order_by("since", "pk")
    keys = ("identity_public_key", "exchange_public_key")
    columns = rows.values_list(
        "other_id", "other__email", "since", *(f"other__key_bundle__{key}" for key in keys)
    )
    return [
        {
            "account_id": str(account_id),
            "email": email,
            "since": text_of(since),
            "identity_public_key": to_base64url(identity),
            "exchange_public_key": to_base64url(exchange),
        }
        for account_id, email, since, identity, exchange in columns
    ]


def _sent(account: Account) -> list[Document]:
    rows = ContactInvitation.objects.sent_by(account).open_at(timezone.now())
    return [
        {
            "id": str(row.pk),
            "email": _address_of(row),
            "intent": to_base64url(row.intent),
            "made_at": text_of(row.made_at),
            "expires_at": text_of(row.expires_at),
            "accepted_by": str(row.accepted_by_id) if row.accepted_by_id else None,
        }
        for row in rows.order_by("made_at", "pk")
    ]


def _received(account: Account) -> list[Document]:
    rows = ContactInvitation.objects.received_by(account).open_at(timezone.now())
    return [
        {
            "id": str(row.pk),
            "account_id": str(row.inviter_id),
            "email": row.inviter.email,
            "made_at": text_of(row.made_at),
            "expires_at": text_of(row.expires_at),
        }
        for row in rows.select_related("inviter").order_by("made_at", "pk")
    ]


def _address_of(row: ContactInvitation) -> str | None:
    """None of a row that does not open: the others must be seen all the same."""
    try:
        return row.open().decode()
    except SealBrokenError:
        return None
