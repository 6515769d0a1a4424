"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint).

    example.org/log          the log's name
    109482                   how many entries it has
    sFodV/vSp5O8n9a8…        the root over them, base64
                             an empty line
    — example.org/log hI2D…  base64 of (key id (4) | Ed25519 signature (64)) of all above it

Further lines may follow: witnesses sign the same text, and whoever does not know a witness
passes over its line.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
DASH = "\N{EM DASH} "
# Of one note: as many as every reader must take (C2SP signed-note).
MOST_SIGNATURES = 16
_ROOT_BYTES = 32
# No log has more entries than nineteen digits count; what reads a number reads no longer one.
MOST_DIGITS = 19


class NoteError(ValueError):
    """A note that is malformed, or that its key did not sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """Whose signature is looked for: a name, and 32 bytes of Ed25519."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that say which key a signature is of."""
        text = self.name.encode() + b"\n" + ED25519 + self.public_key
        return hashlib.sha256(text).digest()[:4]

    def __str__(self) -> str:
        """As others are told: name, key id and key, joined with ``+``."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(ED25519 + self.public_key)}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The key again. Raises `NoteError`."""
        name, plus, rest = text.strip().partition("+")
        _, plus_too, encoded = rest.partition("+")
        raw = _from_base64(encoded)
        if not (name and plus and plus_too) or raw[:1] != ED25519 or len(raw) != 33:
            raise NoteError("not a verifier key")
        key = cls(name=name, public_key=raw[1:])
        if str(key) != text.strip():
            raise NoteError("the id of the key is not its own")
        return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log says of itself: its name, its size and its root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    @classmethod
    def read(cls, text: str) -> Self:
        """From the text of a note, whatever extensions follow. Raises `NoteError`."""
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0]:
            raise NoteError("not a checkpoint")
        origin, size, root = lines[0], lines[1], _from_base64(lines[2])
        if len(root) != _ROOT_BYTES:
            raise NoteError("the root has the wrong length")
        return cls(origin=origin, size=number_in(size), root=root)


def number_in(text: str) -> int:
    """A whole number in its one spelling. Raises `NoteError`."""
    is_short = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    if not is_short or str(int(text)) != text:
        raise NoteError("not a number")
    return int(text)


def sign_note(text: str, *, name: str, key: Ed25519PrivateKey) -> str:
    """The note with one signature."""
    verifier = VerifierKey(name=name, public_key=key.public_key().public_bytes_raw())
    return f"{text}\n{signature_line(name, verifier.key_id + key.sign(text.encode()))}"


def signature_line(name: str, signature: bytes) -> str:
    """One line below a note. A witness's is added as it is."""
    return f"{DASH}{name} {_base64(signature)}\n"


def open_note(note: str, key: VerifierKey) -> str:
    """The text of a note that this key signed. Raises `NoteError`."""
    text, lines = _parts(note)
    for line in lines:
        name, raw = _signature(line)
        if name != key.name or raw[:4] != key.key_id:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public_key).verify(raw[4:], text.encode())
        except (InvalidSignature, ValueError) as error:
            raise NoteError("the signature is not of this text") from error
        return text
    raise NoteError("this key signed nothing here")


def open_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """The checkpoint that a log signed under its own name. Raises `NoteError`."""
    checkpoint = Checkpoint.read(open_note(note, key))
    if checkpoint.origin != key.name:
        raise NoteError("the checkpoint is another log's")
    return checkpoint


def _parts(note: str) -> tuple[str, list[str]]:
    text, empty_line, below = note.rpartition("\n\n")
    lines = below.split("\n")
    if not empty_line or lines.pop() != "" or not 0 < len(lines) <= MOST_SIGNATURES:
        raise NoteError("not a note")
    if any(ord(sign) < 0x20 and sign != "\n" for sign in note):
        raise NoteError("a note has no control characters")
    return text + "\n", lines


def _signature(line: str) -> tuple[str, bytes]:
    name, space, encoded = line.removeprefix(DASH).partition(" ")
    raw = _from_base64(encoded)
    if not line.startswith(DASH) or not name or not space or len(raw) < 5:
        raise NoteError("a line below the note is no signature")
    return name, raw


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _from_base64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("not base64") from error
    if _base64(raw) != text:
        raise NoteError("not the one spelling in base64")
    return raw
