"""Where the pieces of a log lie and what is in them (C2SP tlog-tiles).

    tile/L/N[.p/W]         W hashes of 32 bytes; without .p there are 256
    tile/entries/N[.p/W]   W entries, each behind its length as two bytes, the higher first

``N`` is written in groups of three digits, all but the last behind an x: 1234067 is
``x001/x234/067``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rights.log.hashing import HASH_BYTES

LONGEST_ENTRY = 2**16 - 1
_NUMBER = re.compile(r"(?:x[0-9]{3}/){0,5}[0-9]{3}", re.ASCII)


def spell_number(number: int) -> str:
    """The number of a tile as a path."""
    groups: list[str] = []
    while True:
        number, group = divmod(number, 1000)
        groups.append(f"x{group:03d}" if groups else f"{group:03d}")
        if not number:
            return "/".join(reversed(groups))


def read_number(path: str) -> int:
    """The number again. Raises ``ValueError`` for every other spelling."""
    if not _NUMBER.fullmatch(path):
        raise ValueError("not the number of a tile")
    number = int(path.replace("x", "").replace("/", ""))
    if spell_number(number) != path:
        raise ValueError("not the one spelling of this number")
    return number


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries as they lie in a bundle. Raises ``ValueError`` for one that is too long."""
    if any(len(entry) > LONGEST_ENTRY for entry in entries):
        raise ValueError("an entry is too long for a bundle")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def entries_in(raw: bytes) -> list[bytes]:
    """The entries of a bundle. Raises ``ValueError`` when it ends in the middle of one."""
    entries, at = [], 0
    while at < len(raw):
        end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
        if at + 2 > len(raw) or end > len(raw):
            raise ValueError("the bundle was cut off")
        entries.append(raw[at + 2 : end])
        at = end
    return entries


def hashes_in(raw: bytes) -> list[bytes]:
    """The hashes of a tile. Raises ``ValueError`` when it ends in the middle of one."""
    if len(raw) % HASH_BYTES:
        raise ValueError("the tile was cut off")
    return [raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)]
