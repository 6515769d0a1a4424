"""Reading the log. No question costs more than some hundreds of rows, however long it is."""

from __future__ import annotations

from collections.abc import Iterator

from rights.log.hashing import TILE_WIDTH, Tree
from rights.log.notes import VerifierKey
from rights.log.proofs import Proof
from rights.models import LogCheckpoint, LogEntry, LogHead, LogNode

READ_AT_ONCE = 4096


def newest_checkpoint() -> LogCheckpoint | None:
    """What the log says of itself now. Nothing that it does not cover is public."""
    return LogCheckpoint.objects.order_by("-size").first()


def verifier_key() -> VerifierKey | None:
    """Who signs; None before there is a log."""
    head = LogHead.objects.first()
    if head is None:
        return None
    return VerifierKey(name=head.origin, public_key=bytes(head.public_key))


def is_in_log(commitment: bytes | memoryview | None) -> bool:
    """Whether a checkpoint covers the entry with this commitment."""
    checkpoint = newest_checkpoint()
    if commitment is None or checkpoint is None:
        return False
    return LogEntry.objects.filter(commitment=commitment, index__lt=checkpoint.size).exists()


def read_tile(level: int, number: int, width: int) -> list[bytes]:
    """The first ``width`` hashes of a tile."""
    first = number * TILE_WIDTH
    if level == 0:
        leaves = LogEntry.objects.filter(index__gte=first, index__lt=first + width)
        hashes = leaves.order_by("index").values_list("leaf_hash", flat=True)
        return [bytes(each) for each in hashes]
    nodes = LogNode.objects.filter(level=level, number__gte=first, number__lt=first + width)
    roots = nodes.order_by("number").values_list("hash", flat=True)
    return [bytes(each) for each in roots]


def read_entries(number: int, width: int) -> list[bytes]:
    """The first ``width`` entries of a bundle."""
    first = number * TILE_WIDTH
    rows = LogEntry.objects.filter(index__gte=first, index__lt=first + width).order_by("index")
    return [bytes(row) for row in rows.values_list("entry", flat=True)]


def proof_of(entry: LogEntry, checkpoint: LogCheckpoint) -> Proof:
    """That the entry is in the log, under a checkpoint that covers it."""
    path = Tree(checkpoint.size, read_tile).inclusion(entry.index)
    return Proof(index=entry.index, path=path, checkpoint=checkpoint.note)


def entries_from(first: int, size: int) -> Iterator[list[bytes]]:
    """The entries from number ``first`` up to ``size``, some thousands at a time."""
    for start in range(first, size, READ_AT_ONCE):
        rows = LogEntry.objects.filter(index__gte=start, index__lt=min(start + READ_AT_ONCE, size))
        entries = rows.order_by("index").values_list("entry", flat=True)
        yield [bytes(each) for each in entries]
