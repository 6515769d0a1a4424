"""Reading the log. No question costs more than some hundreds of rows, however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from rights.log.canonical import spell
from rights.log.hashing import TILE_WIDTH, Tree
from rights.log.notes import VerifierKey
from rights.log.proofs import Proof
from rights.log.receipts import fact_entry
from rights.models import FactKind, LogCheckpoint, LogEntry, LogHead, LogNode, StatedFact

READ_AT_ONCE = 4096
# A release is stated once a day, so the entry of one that is served is not far from the end.
# Where nothing periodic ran for weeks, browsers still find what they are given.
STATED_DAYS, LOOKED_THROUGH = 30, 200_000


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


def release_entry(sha256: str, size: int) -> LogEntry | None:
    """The newest entry below ``size`` in which a manifest with this SHA-256 was stated as served,
    within thirty days; None for one that was not. What anybody makes up costs one small question.
    """
    today = timezone.now().date()
    days = [(today - timedelta(days=back)).isoformat() for back in range(STATED_DAYS)]
    kind = FactKind.RELEASE_SERVED.value
    if not StatedFact.objects.filter(pk__in=[f"{kind}|{day} {sha256}" for day in days]).exists():
        return None
    # Its bytes are known but for the day on which it came in, which may be the one after.
    stated = fact_entry(kind, {"manifest_sha256": sha256})
    spelled = [spell({**stated, "on": day}) for day in days]
    near = LogEntry.objects.filter(index__gte=size - LOOKED_THROUGH, index__lt=size)
    return near.filter(entry__in=spelled).order_by("-index").first()


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
