"""A stretch: some bytes of an archive's file, written down so that they can be told again.

What is made for the archive stands in it word by word; a ciphertext that lies in the store is
only named. Beside them stand notes for whoever closes the archive: the lines of its manifest and
the records of its directory.

    opened = length of index (4) | index, JSON | words | manifest lines | directory records
    index  = {"pieces": [[size] or [size, blob key], …], "lines": n, "records": n, "members": n,
              "missing": [path, …]}
    sealed = nonce (12) | AES-256-GCM(key of the archive, opened, context)
    context = "pv1|archive-stretch|" archive id "|" number
"""

from __future__ import annotations

import json
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from images.passages import Passage

KEY_BYTES = 32
NONCE_BYTES = 12
_LENGTH = struct.Struct(">I")


class StretchBrokenError(RuntimeError):
    """A stretch does not open: wrong archive, wrong number, or changed bytes."""


@dataclass(frozen=True, slots=True)
class Piece:
    """``size`` bytes of the file: words of the stretch, or the blob that is named."""

    size: int
    blob_key: str | None = None


@dataclass(slots=True, kw_only=True)
class Stretch:
    """A stretch, opened or being written."""

    pieces: list[Piece] = field(default_factory=list)
    words: bytearray = field(default_factory=bytearray)
    lines: bytearray = field(default_factory=bytearray)
    records: bytearray = field(default_factory=bytearray)
    members: int = 0
    missing: list[str] = field(default_factory=list)

    @property
    def length(self) -> int:
        """How many bytes of the file these are."""
        return sum(piece.size for piece in self.pieces)

    def say(self, words: bytes) -> None:
        """These bytes come next."""
        self.words += words
        if self.pieces and self.pieces[-1].blob_key is None:
            self.pieces[-1] = Piece(self.pieces[-1].size + len(words))
        elif words:
            self.pieces.append(Piece(len(words)))

    def name(self, blob_key: str, size: int) -> None:
        """All bytes of this blob come next."""
        if size:
            self.pieces.append(Piece(size, blob_key))

    def passages(self, start: int, stop: int) -> Iterator[Passage]:
        """What to send for bytes ``start <= n < stop`` of the stretch."""
        at, said = 0, 0
        for piece in self.pieces:
            first, last = max(start - at, 0), min(stop - at, piece.size)
            if first < last and piece.blob_key is None:
                yield Passage(words=bytes(self.words[said + first : said + last]))
            elif first < last:
                yield Passage(blob_key=piece.blob_key or "", start=first, stop=last)
            at += piece.size
            said += piece.size if piece.blob_key is None else 0

    def seal(self, key: bytes, *, archive_id: UUID, number: int) -> bytes:
        """The bytes to store."""
        index = json.dumps(
            {
                "pieces": [[p.size, p.blob_key] if p.blob_key else [p.size] for p in self.pieces],
                "lines": len(self.lines),
                "records": len(self.records),
                "members": self.members,
                "missing": self.missing,
            }
        ).encode()
        opened = b"".join(
            [_LENGTH.pack(len(index)), index, self.words, self.lines, self.records]
        )
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(key).encrypt(nonce, opened, _context(archive_id, number))

    @classmethod
    def open(cls, key: bytes, sealed: bytes, *, archive_id: UUID, number: int) -> Self:
        """What `seal` made. Raises `StretchBrokenError`."""
        context = _context(archive_id, number)
        try:
            opened = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
        except (InvalidTag, ValueError) as error:
            raise StretchBrokenError("a stretch does not open") from error
        return cls._read(opened)

    @classmethod
    def _read(cls, opened: bytes) -> Self:
        (length,) = _LENGTH.unpack_from(opened)
        index = json.loads(opened[_LENGTH.size : _LENGTH.size + length])
        records = len(opened) - index["records"]
        lines = records - index["lines"]
        return cls(
            pieces=[Piece(*piece) for piece in index["pieces"]],
            words=bytearray(opened[_LENGTH.size + length : lines]),
            lines=bytearray(opened[lines:records]),
            records=bytearray(opened[records:]),
            members=index["members"],
            missing=index["missing"],
        )


def _context(archive_id: UUID, number: int) -> bytes:
    return f"pv1|archive-stretch|{archive_id}|{number}".encode()
