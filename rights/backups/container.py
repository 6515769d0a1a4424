r"""One encrypted file, written and read in constant memory.

    "PVBACKUP1\n" | length (4) | header (JSON) | segments: length (4) | AES-256-GCM
    start = everything before the segments, with 32 random bytes in the header
    key   = HKDF-SHA-256(epoch key, salt=SHA-256(start), info="pv1|backup|" + SHA-256(start))
    nonce = number of the segment (11) | 1 for the last, else 0

The header says what it is, in the clear and yet authenticated: whoever changes a letter of it
has another key. Segments cannot be left out, put in another order or cut off at the end,
because each knows its number and the last knows that it is. What they hold is compressed.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pocketvault.kernel import epochs
from rights.backup_errors import BackupDamagedError, BackupKeyGoneError

MAGIC = b"PVBACKUP1\n"
FORMAT = 1
SEGMENT_BYTES = 2**20
_LENGTH = struct.Struct(">I")
_TAG_BYTES = 16
_LONGEST_HEADER = 2**20
# Rows are mostly ciphertext in hexadecimal: the quickest level halves it, and others little more.
_LEVEL = 1

Header = dict[str, Any]


def write(file: BinaryIO, header: Header, key: bytes, pour: Callable[[Sink], None]) -> None:
    """Write a whole backup. ``header`` names the epoch whose key this is; ``pour`` is given
    where to put what the backup holds, in pieces of any length.
    """
    start = _start_of({**header, "salt": secrets.token_hex(32)})
    file.write(start)
    sink = Sink(file, _cipher(start, key))
    pour(sink)
    sink.close()


class Sink:
    """Packs and seals what is written into it."""

    def __init__(self, file: BinaryIO, cipher: AESGCM) -> None:
        self._file, self._cipher = file, cipher
        self._packer = zlib.compressobj(_LEVEL)
        self._buffer, self._number = bytearray(), 0

    def write(self, piece: bytes) -> int:
        """Take a piece."""
        self._take(self._packer.compress(piece))
        return len(piece)

    def close(self) -> None:
        """Seal what is left, as the last segment."""
        self._take(self._packer.flush())
        _write_segment(self._file, self._cipher, self._number, bytes(self._buffer), is_last=True)

    def _take(self, packed: bytes) -> None:
        self._buffer += packed
        while len(self._buffer) > SEGMENT_BYTES:
            content = bytes(self._buffer[:SEGMENT_BYTES])
            _write_segment(self._file, self._cipher, self._number, content, is_last=False)
            del self._buffer[:SEGMENT_BYTES]
            self._number += 1


def _write_segment(
    file: BinaryIO, cipher: AESGCM, number: int, content: bytes, *, is_last: bool
) -> None:
    sealed = cipher.encrypt(_nonce(number, is_last=is_last), content, None)
    file.write(_LENGTH.pack(len(sealed)))
    file.write(sealed)


def read_header(path: Path) -> Header:
    """What the file says about itself. Not to be believed before a segment has opened.

    Raises `BackupDamagedError`.
    """
    with path.open("rb") as file:
        return _read_start(file)[0]


def pieces_of(path: Path) -> Iterator[bytes]:
    """Everything that was written, in pieces of no fixed length.

    Raises `BackupDamagedError` and `BackupKeyGoneError`; what came before is true, but not all.
    """
    with path.open("rb") as file:
        header, start = _read_start(file)
        try:
            fingerprint = bytes.fromhex(header["fingerprint"])
            key = epochs.find_key(int(header["epoch"]), fingerprint)
        except epochs.EpochKeyMissingError as error:
            raise BackupKeyGoneError from error
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise BackupDamagedError from error
        unpacker = zlib.decompressobj()
        for content in _segments(file, _cipher(start, key)):
            try:
                yield unpacker.decompress(content)
            except zlib.error as error:
                raise BackupDamagedError from error
        if not unpacker.eof or unpacker.unused_data:
            raise BackupDamagedError


def _segments(file: BinaryIO, cipher: AESGCM) -> Iterator[bytes]:
    number, is_last = 0, False
    size = os.fstat(file.fileno()).st_size
    while not is_last:
        length = _LENGTH.unpack(_exactly(file, _LENGTH.size))[0]
        if not _TAG_BYTES <= length <= SEGMENT_BYTES + _TAG_BYTES:
            raise BackupDamagedError
        sealed = _exactly(file, length)
        is_last = file.tell() == size
        try:
            yield cipher.decrypt(_nonce(number, is_last=is_last), sealed, None)
        except InvalidTag as error:
            raise BackupDamagedError from error
        number += 1


def _read_start(file: BinaryIO) -> tuple[Header, bytes]:
    start = _exactly(file, len(MAGIC) + _LENGTH.size)
    length = _LENGTH.unpack(start[len(MAGIC) :])[0]
    if not start.startswith(MAGIC) or length > _LONGEST_HEADER:
        raise BackupDamagedError
    raw = _exactly(file, length)
    try:
        header: Header = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BackupDamagedError from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise BackupDamagedError
    return header, start + raw


def _start_of(header: Header) -> bytes:
    raw = json.dumps({"format": FORMAT, **header}, sort_keys=True).encode()
    return MAGIC + _LENGTH.pack(len(raw)) + raw


def _cipher(start: bytes, key: bytes) -> AESGCM:
    digest = hashlib.sha256(start).digest()
    info = b"pv1|backup|" + digest
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=digest, info=info).derive(key))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _exactly(file: BinaryIO, size: int) -> bytes:
    content = file.read(size)
    if len(content) != size:
        raise BackupDamagedError
    return content
