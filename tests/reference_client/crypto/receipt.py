"""Receipts and the public log, as `docs/log.md` describes them: checked with the file alone."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.reference_client.crypto.canonical import canonical_text, to_bytes
from tests.reference_client.crypto.errors import CryptoError

Fault = Literal["not-json", "not-a-receipt", "key", "signature", "commitment", "entry", "proof"]
KINDS = ("stored", "deleted.active", "deleted.final", "account.erased")
PROOF = "c2sp.org/tlog-proof@v1"
DASH = "\N{EM DASH} "


class ReceiptError(Exception):
    """A receipt that does not hold; `fault` names the part."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"this receipt does not hold: {fault}")
        self.fault = fault
        self.code = f"receipt-{fault}"


@dataclass(frozen=True)
class Proven:
    """What a receipt proves: the log of this name and key says so, at this place."""

    receipt: dict[str, Any]
    entry: dict[str, Any]
    index: int
    size: int


def check_receipt(text: str, trusted: str | None = None) -> Proven:
    """Return what a receipt's file proves; with `trusted`, only under that key of a log."""
    try:
        file = json.loads(text)
    except (ValueError, RecursionError):
        raise ReceiptError("not-json") from None
    if not isinstance(file, dict) or file.get("format") != "pocketvault.receipt-file/1":
        raise ReceiptError("not-a-receipt")
    receipt, entry = file.get("receipt"), file.get("entry")
    if not _is_receipt(receipt) or not isinstance(entry, dict):
        raise ReceiptError("not-a-receipt")
    name, key = _key(file.get("key"))
    if name != receipt.get("log") or trusted not in (None, file["key"]):
        raise ReceiptError("key")
    spelled = canonical_text(receipt).encode()
    signature = _bytes(file.get("signature"), "signature")
    _verify(key, signature, b"pocketvault.receipt/1\0" + spelled, "signature")
    opening = _bytes(file.get("opening"), "commitment")
    digest = hashlib.sha256(b"pocketvault.commitment/1\0" + opening + spelled).digest()
    if len(opening) != 32 or digest != _bytes(entry.get("commitment"), "entry"):
        raise ReceiptError("commitment")
    if any(entry.get(each) != receipt.get(each) for each in ("kind", "promise", "due_on")):
        raise ReceiptError("entry")
    index, size = check_entry(entry, file.get("proof"), file["key"])
    return Proven(receipt, entry, index, size)


def check_entry(entry: dict[str, Any], proof: object, key: object) -> tuple[int, int]:
    """Return where an entry stands, and in how long a log: the one that this key signs.

    Raises `ReceiptError` for one that does not stand there.
    """
    if entry.get("format") != "pocketvault.entry/1" or not isinstance(entry.get("on"), str):
        raise ReceiptError("entry")
    name, raw = _key(key)
    return _check_proof(proof, canonical_text(entry).encode(), name, raw)


def _is_receipt(receipt: object) -> bool:
    return (
        isinstance(receipt, dict)
        and receipt.get("format") == "pocketvault.receipt/1"
        and receipt.get("kind") in KINDS
        and all(isinstance(receipt.get(each), str) for each in ("id", "about", "issued_at"))
        and isinstance(receipt.get("facts"), dict)
    )


def _key(text: object) -> tuple[str, bytes]:
    match = re.fullmatch(r"([^+\s]+)\+([0-9a-f]{8})\+(\S+)", text if isinstance(text, str) else "")
    if match is None:
        raise ReceiptError("key")
    raw = _base64(match[3], "key")
    if len(raw) != 33 or raw[0] != 1 or _key_id(match[1], raw).hex() != match[2]:
        raise ReceiptError("key")
    return match[1], raw[1:]


def _key_id(name: str, raw: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]


def _check_proof(text: object, entry: bytes, name: str, key: bytes) -> tuple[int, int]:
    head, _, note = (text if isinstance(text, str) else "").partition("\n\n")
    first, *lines = head.split("\n")
    match = re.fullmatch(r"index (0|[1-9][0-9]{0,15})", lines[0] if lines else "")
    if first != PROOF or match is None:
        raise ReceiptError("proof")
    size, root = _checkpoint(note, name, key)
    path = [_base64(line, "proof") for line in lines[1:]]
    leaf = hashlib.sha256(b"\0" + entry).digest()
    if _root(int(match[1]), size, leaf, path) != root:
        raise ReceiptError("proof")
    return int(match[1]), size


def _checkpoint(note: str, name: str, key: bytes) -> tuple[int, bytes]:
    body, gap, below = note.rpartition("\n\n")
    text = body + "\n"
    wanted = _key_id(name, b"\1" + key)
    for line in below.split("\n")[:-1] if gap else []:
        words = line.removeprefix(DASH).split(" ")
        if len(words) != 2 or words[0] != name:
            continue
        raw = _base64(words[1], "proof")
        if raw[:4] == wanted:
            _verify(key, raw[4:], text.encode(), "proof")
            origin, size, root = text.split("\n")[:3]
            if origin == name and re.fullmatch(r"0|[1-9][0-9]{0,15}", size):
                return int(size), _base64(root, "proof")
    raise ReceiptError("proof")


def _root(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes | None:
    """By the recursion of RFC 6962: unlike the browser's, which goes from the leaf up."""
    if not 0 <= index < size:
        return None
    if size == 1:
        return leaf if not path else None
    if not path:
        return None
    split = 1 << (size - 1).bit_length() - 1
    below, last = path[:-1], path[-1]
    if index < split:
        left = _root(index, split, leaf, below)
        return left and hashlib.sha256(b"\1" + left + last).digest()
    right = _root(index - split, size - split, leaf, below)
    return right and hashlib.sha256(b"\1" + last + right).digest()


def _verify(key: bytes, signature: bytes, signed: bytes, fault: Fault) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        raise ReceiptError(fault) from None


def _bytes(text: object, fault: Fault) -> bytes:
    try:
        return to_bytes(text if isinstance(text, str) else "?")
    except CryptoError:
        raise ReceiptError(fault) from None


def _base64(text: str, fault: Fault) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ReceiptError(fault) from None
    if base64.b64encode(raw).decode() != text:
        raise ReceiptError(fault)
    return raw
