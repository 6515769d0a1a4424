"""The Merkle tree of RFC 6962, section 2.1: hashes, roots and the two kinds of proof.

A leaf is hashed behind a zero byte and a pair behind a one, so that neither passes for the
other. Nothing here holds a tree: whoever asks brings a function that reads tiles, and no
question reads more of them than the tree is deep.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

HASH_BYTES = 32
# A tile spans eight levels of the tree: 256 hashes, 8 KiB (C2SP tlog-tiles).
TILE_BITS = 8
TILE_WIDTH = 1 << TILE_BITS
EMPTY_ROOT = hashlib.sha256().digest()

# (level, number, width) -> that many hashes, from the left.
ReadTile = Callable[[int, int, int], Sequence[bytes]]


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes of subtrees of one size (at least one of them)."""
    if len(hashes) == 1:
        return hashes[0]
    half = _split(len(hashes))
    return node_hash(root_of(hashes[:half]), root_of(hashes[half:]))


class Tree:
    """The first ``size`` leaves of a log, read tile by tile. Each tile is read once."""

    def __init__(self, size: int, read: ReadTile) -> None:
        self.size, self._read = size, read
        self._tiles: dict[tuple[int, int], Sequence[bytes]] = {}

    def root(self) -> bytes:
        """The root of the whole tree."""
        return self._hash(0, self.size) if self.size else EMPTY_ROOT

    def inclusion(self, index: int) -> list[bytes]:
        """The path from a leaf to the root, its sibling first."""
        if not 0 <= index < self.size:
            raise ValueError("no such leaf")
        path, low, high = [], 0, self.size
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._hash(middle, high))
                high = middle
            else:
                path.append(self._hash(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, older: int) -> list[bytes]:
        """What shows that the tree of ``older`` leaves is the beginning of this one."""
        if not 0 < older <= self.size:
            raise ValueError("no such tree")
        path, low, high, is_whole = [], 0, self.size, True
        while older != high:
            middle = low + _split(high - low)
            if older <= middle:
                path.append(self._hash(middle, high))
                high = middle
            else:
                path.append(self._hash(low, middle))
                low, is_whole = middle, False
        if not is_whole:
            path.append(self._hash(low, high))
        return path[::-1]

    def _hash(self, low: int, high: int) -> bytes:
        """The root over the leaves from ``low`` up to ``high``."""
        count = high - low
        if count & (count - 1):
            middle = low + _split(count)
            return node_hash(self._hash(low, middle), self._hash(middle, high))
        level, bits = divmod(count.bit_length() - 1, TILE_BITS)
        number, first = divmod(low >> level * TILE_BITS, TILE_WIDTH)
        return root_of(self._tile(level, number)[first : first + 2**bits])

    def _tile(self, level: int, number: int) -> Sequence[bytes]:
        if (level, number) not in self._tiles:
            width = width_of(self.size, level, number)
            self._tiles[level, number] = self._read(level, number, width)
        return self._tiles[level, number]


def width_of(size: int, level: int, number: int) -> int:
    """How many hashes a tile of a tree of this size has; 0 when it is not there yet."""
    there = (size >> level * TILE_BITS) - number * TILE_WIDTH
    return max(0, min(TILE_WIDTH, there))


def root_by_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root that a path leads to (RFC 9162, section 2.1.3.2).

    Raises ``ValueError`` when the path has not the length that such a leaf's path has.
    """
    if not 0 <= index < size:
        raise ValueError("the leaf is outside of the tree")
    found = leaf
    for is_left, each in _sides(index, size - 1, path):
        found = node_hash(each, found) if is_left else node_hash(found, each)
    return found


def roots_by_consistency(
    older: int, newer: int, old_root: bytes, path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """The two roots that a consistency proof leads to (RFC 9162, section 2.1.4.2).

    Raises ``ValueError`` when it has not the length that such a proof has.
    """
    if not 0 < older <= newer or (older == newer and path):
        raise ValueError("no such trees, or a proof where none is needed")
    if older == newer:
        return old_root, old_root
    # Where the older tree is a perfect one, its root is left out of the proof.
    rest = list(path) if older & (older - 1) else [old_root, *path]
    if not rest:
        raise ValueError("the proof is too short")
    at, last = older - 1, newer - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = rest[0]
    for is_left, each in _sides(at, last, rest[1:]):
        first = node_hash(each, first) if is_left else first
        second = node_hash(each, second) if is_left else node_hash(second, each)
    return first, second


def _sides(at: int, last: int, path: Sequence[bytes]) -> Iterator[tuple[bool, bytes]]:
    """Each hash of a path from the node ``at`` up, and whether it stands on the left.

    ``last`` is the number of the last node of the level. Raises ``ValueError`` for a path that
    does not end at the root.
    """
    for each in path:
        if last == 0:
            raise ValueError("the path is too long")
        is_left = bool(at & 1) or at == last
        yield is_left, each
        while is_left and at and not at & 1:
            at, last = at >> 1, last >> 1
        at, last = at >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)
