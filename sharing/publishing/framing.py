"""How a job and its answer travel over a pipe: some fields as JSON, then parts of plain bytes.

    length of the head (4) | head: {"fields": {...}, "parts": [lengths]} | parts

The answer comes from a process that has decoded hostile bytes, so it is read as untrusted.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass

# How a process ends that cannot load its job (EX_UNAVAILABLE of sysexits.h).
CANNOT_LOAD = 69
_HEAD_AT_MOST = 64 * 1024


class BrokenFrameError(ValueError):
    """These bytes are no message."""


@dataclass(frozen=True, slots=True)
class Message:
    """``fields`` are whatever JSON can say; ``parts`` are bytes of any length."""

    fields: Mapping[str, object]
    parts: tuple[bytes, ...] = ()


def packed(message: Message) -> bytes:
    """The message as bytes."""
    sizes = [len(part) for part in message.parts]
    head = json.dumps({"fields": dict(message.fields), "parts": sizes}).encode()
    return b"".join([struct.pack(">I", len(head)), head, *message.parts])


def unpacked(data: bytes) -> Message:
    """What `packed` packed; `BrokenFrameError` for anything else."""
    try:
        (length,) = struct.unpack_from(">I", data)
        if length > _HEAD_AT_MOST:
            raise BrokenFrameError
        head = json.loads(data[4 : 4 + length])
        fields, sizes = head["fields"], head["parts"]
        if not isinstance(fields, dict) or any(type(size) is not int for size in sizes):
            raise BrokenFrameError
        return Message(fields, _cut(data, 4 + length, sizes))
    except (struct.error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BrokenFrameError("this is no message") from error


def _cut(data: bytes, at: int, sizes: list[int]) -> tuple[bytes, ...]:
    parts = []
    for size in sizes:
        if size < 0 or at + size > len(data):
            raise BrokenFrameError
        parts.append(data[at : at + size])
        at += size
    if at != len(data):
        raise BrokenFrameError
    return tuple(parts)
