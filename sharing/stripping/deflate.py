"""Finding where a zlib stream ends, and unpacking small ones.

Pixels cut away by a careless editor are left after the end of the stream ("aCropalypse"), so
the end has to be found. What is unpacked on the way is thrown away piece by piece: memory stays
constant, and time is bounded by what the picture may hold. The checksum is not asked, because
a decoder that shows a picture does not ask it either. Source: RFC 1950, RFC 1951.
"""

from __future__ import annotations

import zlib

from sharing.stripping.reading import Block

_PIECE = 1 << 16
_ROOM = 1 << 20
_LARGEST_STORED = 65535


class DamagedStreamError(Exception):
    """The stream contradicts itself, or unpacks to more than it may."""


class UnfinishedStreamError(Exception):
    """The stream goes on past the bytes we have."""


def _check_header(stream: Block) -> None:
    if len(stream) < 2:
        raise UnfinishedStreamError
    method, flags = stream[0], stream[1]
    is_deflate = method & 15 == 8 and method >> 4 <= 7
    if not is_deflate or (method * 256 + flags) % 31 or flags & 32:
        raise DamagedStreamError


def zlib_length(stream: Block, limit: int) -> int:
    """Length in bytes of the zlib stream at the start, its checksum included.

    A stream that unpacks to more than ``limit`` bytes is damaged.
    """
    _check_header(stream)
    end = _deflate_end(stream, limit)
    if end + 4 > len(stream):
        raise UnfinishedStreamError
    return end + 4


def _deflate_end(stream: Block, limit: int) -> int:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    left = limit
    for at in range(2, len(stream), _PIECE):
        piece = stream[at : at + _PIECE]
        try:
            left -= _unpacked_length(inflater, piece, left)
        except zlib.error as error:
            raise DamagedStreamError from error
        if inflater.eof:
            return at + len(piece) - len(inflater.unused_data)
    raise UnfinishedStreamError


def _unpacked_length(inflater: zlib._Decompress, piece: Block, limit: int) -> int:
    """How much one piece unpacks to; a little goes in and at most a megabyte comes out at once."""
    total = 0
    while True:
        length = len(inflater.decompress(piece, _ROOM))
        total += length
        if total > limit:
            raise DamagedStreamError
        piece = inflater.unconsumed_tail
        if inflater.eof or (not piece and length < _ROOM):
            return total


def unpack(stream: Block, limit: int) -> bytes | None:
    """The content of a zlib stream of at most ``limit`` bytes; None when it is damaged,
    unfinished or larger.
    """
    try:
        _check_header(stream)
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        content = inflater.decompress(stream[2:], limit + 1)
    except (DamagedStreamError, UnfinishedStreamError, zlib.error):
        return None
    return content if inflater.eof and len(content) <= limit else None


def pack_stored(content: bytes) -> bytes:
    """A zlib stream of stored blocks: the same bytes from every implementation."""
    parts = [b"\x78\x01"]
    for at in range(0, max(len(content), 1), _LARGEST_STORED):
        block = content[at : at + _LARGEST_STORED]
        is_last = at + _LARGEST_STORED >= len(content)
        size = len(block)
        head = bytes([is_last]) + size.to_bytes(2, "little")
        parts += [head, (size ^ 0xFFFF).to_bytes(2, "little"), block]
    parts.append(zlib.adler32(content).to_bytes(4, "big"))
    return b"".join(parts)
