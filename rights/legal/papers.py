"""Papers in the store: encrypted under a key of their own, which is sealed in their row.

blob = nonce (12) | AES-256-GCM(key, bytes, "pv1|paper|" order id "|" paper id)
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from images.delivery import read_whole
from pocketvault.kernel.fields import from_base64url, to_base64url
from pocketvault.kernel.purposes import ANSWER_ORDERS
from rights.models import OrderDocument

NONCE_BYTES = 12
KEY_BYTES = 32
MOST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as it came."""

    name: str
    data: bytes


def encrypted(row: OrderDocument, paper: Paper) -> bytes:
    """The bytes for the store; the row gets the key. The caller saves it."""
    key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
    row.seal(json.dumps({"key": to_base64url(key), "name": paper.name}).encode())
    return nonce + AESGCM(key).encrypt(nonce, paper.data, _context(row))


def read_paper(row: OrderDocument) -> Paper:
    """The paper again. Raises `PartLostError` where its bytes are gone."""
    known = json.loads(row.open())
    blob = read_whole(row.blob_key, purpose=ANSWER_ORDERS)
    nonce, hidden = blob[:NONCE_BYTES], blob[NONCE_BYTES:]
    data = AESGCM(from_base64url(known["key"])).decrypt(nonce, hidden, _context(row))
    return Paper(known["name"], data)


def name_of(row: OrderDocument) -> str:
    """What the paper is called."""
    name: str = json.loads(row.open())["name"]
    return name


def _context(row: OrderDocument) -> bytes:
    return f"pv1|paper|{row.order_id}|{row.pk}".encode()
