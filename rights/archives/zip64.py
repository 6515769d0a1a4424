"""The records of a ZIP file whose members are stored as they are.

After PKWARE's APPNOTE.TXT 6.3.10. Sizes and CRC-32 stand in front of every member, so a reader
that takes the file as it comes can check each one; ZIP64 fields appear only where a number needs
them. All numbers are little-endian. The same members give the same bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
END64, LOCATOR64 = b"PK\x06\x06", b"PK\x06\x07"
_BIG, _MANY = 0xFFFFFFFF, 0xFFFF
_OLD_VERSION, _ZIP64_VERSION = 20, 45
_MADE_ON_UNIX = 3 << 8
_NAMES_ARE_UTF8 = 1 << 11
_PLAIN_FILE = 0o100644 << 16
_ZIP64_FIELD = 1
_LONGEST_NAME = 0xFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file: its path, its size in bytes, its CRC-32, and when it was packed (UTC)."""

    path: str
    size: int
    crc: int
    at: datetime

    @property
    def name(self) -> bytes:
        """The path as it stands in the file. Raises ``ValueError`` when it is too long."""
        name = self.path.encode()
        if not 0 < len(name) <= _LONGEST_NAME:
            raise ValueError("a path has 1 to 65535 bytes")
        return name


def local_header(member: Member) -> bytes:
    """What stands in front of a member's bytes."""
    extra = b""
    size = member.size
    if size >= _BIG:
        extra = struct.pack("<HHQQ", _ZIP64_FIELD, 16, size, size)
        size = _BIG
    version = _ZIP64_VERSION if extra else _OLD_VERSION
    day, clock = _dos_time(member.at)
    front = struct.pack(
        "<4sHHHHHIIIHH", LOCAL, version, _NAMES_ARE_UTF8, 0, clock, day, member.crc, size, size,
        len(member.name), len(extra),
    )  # fmt: skip
    return front + member.name + extra


def central_record(member: Member, start: int) -> bytes:
    """What the directory says about a member whose local header begins at ``start``."""
    big = [number for number in (member.size, member.size, start) if number >= _BIG]
    extra = struct.pack(f"<HH{len(big)}Q", _ZIP64_FIELD, 8 * len(big), *big) if big else b""
    version = _ZIP64_VERSION if big else _OLD_VERSION
    size, day_and_clock = min(member.size, _BIG), _dos_time(member.at)
    day, clock = day_and_clock
    front = struct.pack(
        "<4sHHHHHHIIIHHHHHII", CENTRAL, _MADE_ON_UNIX | _ZIP64_VERSION, version, _NAMES_ARE_UTF8,
        0, clock, day, member.crc, size, size, len(member.name), len(extra), 0, 0, 0, _PLAIN_FILE,
        min(start, _BIG),
    )  # fmt: skip
    return front + member.name + extra


def end_records(*, members: int, start: int, length: int) -> bytes:
    """What ends the file whose directory has ``length`` bytes from ``start`` on."""
    end = struct.pack(
        "<4sHHHHIIH", END, 0, 0, min(members, _MANY), min(members, _MANY), min(length, _BIG),
        min(start, _BIG), 0,
    )  # fmt: skip
    if members < _MANY and start < _BIG and length < _BIG:
        return end
    end64 = struct.pack(
        "<4sQHHIIQQQQ", END64, 44, _MADE_ON_UNIX | _ZIP64_VERSION, _ZIP64_VERSION, 0, 0, members,
        members, length, start,
    )  # fmt: skip
    locator = struct.pack("<4sIQI", LOCATOR64, 0, start + length, 1)
    return end64 + locator + end


def _dos_time(at: datetime) -> tuple[int, int]:
    """Day and clock as MS-DOS wrote them, to two seconds."""
    day = (max(at.year, 1980) - 1980) << 9 | at.month << 5 | at.day
    return day, at.hour << 11 | at.minute << 5 | at.second // 2
