"""The log's signing key: 32 bytes of Ed25519 in files outside the database.

It lives as long as the log does, whatever epochs come and go: everybody who keeps a receipt
checks it against this one key. Like an epoch key it is in every folder of ``LOG_DIRS``, and
in no dump: whoever steals a database signs nothing.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from pocketvault.kernel.epochs import write_durably
from rights.errors import LogAwayError

NAME = "log.key"
SEED_BYTES = 32
_in_memory: dict[bytes, Ed25519PrivateKey] = {}


def make_key() -> bytes:
    """The public key of the log, made if no folder has one. Safe to repeat, and at once.

    Of two processes that make one, the first to put its file into the first folder wins.
    """
    seed = next((found for folder in folders() if (found := _seed_in(folder))), None)
    if seed is None:
        first = folders()[0]
        draft = first / f".{NAME}.{secrets.token_hex(8)}"
        write_durably(draft, secrets.token_bytes(SEED_BYTES))
        with suppress(FileExistsError):
            os.link(draft, first / NAME)
        draft.unlink()
        seed = (first / NAME).read_bytes()
    public_key = _public(Ed25519PrivateKey.from_private_bytes(seed))
    repair_copies(public_key)
    return public_key


def key_of(public_key: bytes) -> Ed25519PrivateKey:
    """The key that signs for this log. Raises `LogAwayError` when no folder has it."""
    if public_key not in _in_memory:
        for folder in folders():
            if (seed := _seed_in(folder)) is not None:
                key = Ed25519PrivateKey.from_private_bytes(seed)
                _in_memory[_public(key)] = key
    try:
        return _in_memory[public_key]
    except KeyError as error:
        raise LogAwayError from error


def repair_copies(public_key: bytes) -> None:
    """Write the key again into folders that lack it. A key that is another's is left alone."""
    key = key_of(public_key)
    for folder in folders():
        if _seed_in(folder) is None:
            write_durably(folder / NAME, key.private_bytes_raw())


def folders() -> list[Path]:
    """Where the log keeps what must not be lost with the database."""
    return [Path(folder) for folder in settings.LOG_DIRS]


def _seed_in(folder: Path) -> bytes | None:
    try:
        seed = (folder / NAME).read_bytes()
    except OSError:
        return None
    return seed if len(seed) == SEED_BYTES else None


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()
