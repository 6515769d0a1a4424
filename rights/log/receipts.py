"""What a receipt is, how it is hidden in the log, and what the log says of it.

    receipt      canonical JSON (RFC 8785), signed with the log's Ed25519 key
    signature    Ed25519("pocketvault.receipt/1" 00 | receipt)
    commitment   SHA-256("pocketvault.commitment/1" 00 | opening (32 random bytes) | receipt)
    entry        canonical JSON with the commitment: the leaf

The commitment says nothing to whoever has not the opening. The tags end in a zero byte, which
no note has, so a signature under a receipt is never one under a checkpoint.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pocketvault.kernel.fields import to_base64url
from rights.log.canonical import JSON, Document, spell

RECEIPT_FORMAT = "pocketvault.receipt/1"
ENTRY_FORMAT = "pocketvault.entry/1"
OPENING_BYTES = 32
_RECEIPT_TAG = f"{RECEIPT_FORMAT}\0".encode()
_COMMITMENT_TAG = b"pocketvault.commitment/1\0"


class ReceiptError(ValueError):
    """A receipt that is malformed, altered, or another one's."""


def sign_receipt(receipt: Document, key: Ed25519PrivateKey) -> bytes:
    """64 bytes under the receipt."""
    return key.sign(_RECEIPT_TAG + spell(receipt))


def check_signature(receipt: Document, signature: bytes, public_key: bytes) -> None:
    """Raises `ReceiptError` when this key did not sign this receipt."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(signature, _RECEIPT_TAG + spell(receipt))
    except (InvalidSignature, ValueError) as error:
        raise ReceiptError("the signature is not of this receipt") from error


def commit_to(receipt: Document, opening: bytes) -> bytes:
    """The commitment: 32 bytes that hide the receipt, and bind whoever made them to it."""
    if len(opening) != OPENING_BYTES:
        raise ReceiptError("an opening has 32 bytes")
    return hashlib.sha256(_COMMITMENT_TAG + opening + spell(receipt)).digest()


def entry_for(receipt: Document, opening: bytes) -> dict[str, JSON]:
    """What the log will say of a receipt, but for the day, which it is given when it comes in.

    Of a promise it says which one and by when: whoever follows the log sees that it is kept.
    """
    entry: dict[str, JSON] = {
        "format": ENTRY_FORMAT,
        "kind": receipt["kind"],
        "commitment": to_base64url(commit_to(receipt, opening)),
    }
    return entry | {name: receipt[name] for name in ("promise", "due_on") if name in receipt}


def fact_entry(kind: str, facts: Document) -> dict[str, JSON]:
    """What the log will say of a public fact, but for the day."""
    return {"format": ENTRY_FORMAT, "kind": kind, "facts": facts}
