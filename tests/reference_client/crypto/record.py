"""Small documents: padded JSON, sealed under a key derived from the record or other key."""

import json

from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.derive import checked_key, derive_bytes
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.padding import SMALLEST_DOCUMENT_BYTES, pad, unpad
from tests.reference_client.crypto.wrap import open_message, seal_message


def seal_record(
    value: object, key: bytes, context: Context, *, nonce: bytes | None = None
) -> bytes:
    """Seal a JSON value. Only vectors choose their own nonce."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    document_key = derive_bytes(checked_key(key), "document-key")
    padded = pad(text.encode(), SMALLEST_DOCUMENT_BYTES)
    return seal_message(padded, document_key, context, nonce=nonce)


def open_record(sealed: bytes, key: bytes, context: Context) -> object:
    """Open a document; its shape is the caller's to check."""
    document_key = derive_bytes(checked_key(key), "document-key")
    document = unpad(open_message(sealed, document_key, context), SMALLEST_DOCUMENT_BYTES)
    try:
        value: object = json.loads(document)
    except ValueError:
        raise CryptoError("malformed", "This document is not JSON.") from None
    return value
