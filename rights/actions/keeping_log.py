"""Writing the log: one writer at a time, whoever it is, and never but behind its end.

Three steps, each in a transaction of its own that can be killed anywhere and run again:
receipts that are owed are signed and owe an entry; entries that are owed come in; a checkpoint
is signed over what is in. Nobody is shown an entry before a checkpoint covers it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from rights import log_key
from rights.errors import LogAwayError
from rights.log.canonical import spell
from rights.log.hashing import TILE_WIDTH, Tree, leaf_hash, root_of
from rights.log.notes import Checkpoint, sign_note
from rights.log_reading import newest_checkpoint, read_tile
from rights.models import LogCheckpoint, LogEntry, LogHead, LogNode, OwedEntry
from rights.published import furthest, publish

BATCH_ENTRIES = 4096


def found_log() -> LogHead:
    """The log's head; its key and its name are made where there is none yet.

    Raises `LogAwayError` when the key in the folders is not this log's.
    """
    head = LogHead.objects.first()
    if head is None:
        host = urlsplit(settings.PUBLIC_URL).netloc
        head, _ = LogHead.objects.get_or_create(
            pk=1,
            defaults={
                "origin": f"{host}/log",
                "public_key": log_key.make_key(),
                "founded_at": timezone.now(),
            },
        )
    log_key.repair_copies(bytes(head.public_key))
    return head


def append_owed() -> int:
    """Put the next entries that are owed into the log; how many there were.

    Raises `LogAwayError` where more was published than is here.
    """
    with transaction.atomic():
        head = LogHead.objects.select_for_update().get(pk=1)
        if furthest().size > head.size:
            raise LogAwayError
        owed = list(OwedEntry.objects.order_by("pk")[:BATCH_ENTRIES])
        if not owed:
            return 0
        now = timezone.now()
        day = max(now.date(), head.newest_on or now.date())
        append(head, [_spelled(each, day) for each in owed], day, now)
        OwedEntry.objects.filter(pk__in=[each.pk for each in owed]).delete()
    return len(owed)


def append(
    head: LogHead, spelled: Sequence[tuple[bytes, bytes | None]], day: date, now: datetime
) -> None:
    """Add entries, each with its commitment if it has one, behind the end of the log.

    The caller has the head locked.
    """
    entries = [
        LogEntry(
            index=index, entry=entry, at=now, leaf_hash=leaf_hash(entry), commitment=commitment
        )
        for index, (entry, commitment) in enumerate(spelled, head.size)
    ]
    LogEntry.objects.bulk_create(entries)
    LogNode.objects.bulk_create(_new_nodes(head.size, [bytes(each.leaf_hash) for each in entries]))
    head.size, head.newest_on = head.size + len(entries), day
    head.save(update_fields=["size", "newest_on"])


def sign_checkpoint() -> LogCheckpoint:
    """The newest checkpoint, signed if the log has grown since the last.

    It is outside the database before it is in it. Raises what `append_owed` raises.
    """
    with transaction.atomic():
        head = LogHead.objects.select_for_update().get(pk=1)
        newest = newest_checkpoint()
        if newest is not None and newest.size == head.size:
            return newest
        if furthest().size > head.size:
            raise LogAwayError
        root = Tree(head.size, read_tile).root()
        checkpoint = Checkpoint(origin=head.origin, size=head.size, root=root)
        key = log_key.key_of(bytes(head.public_key))
        note = sign_note(checkpoint.text(), name=head.origin, key=key)
        publish(head.size, note)
        return LogCheckpoint.objects.create(size=head.size, note=note, made_at=timezone.now())


def _spelled(owed: OwedEntry, day: date) -> tuple[bytes, bytes | None]:
    commitment = None if owed.commitment is None else bytes(owed.commitment)
    return spell({**owed.statement, "on": day.isoformat()}), commitment


def _new_nodes(size: int, fresh: Sequence[bytes]) -> list[LogNode]:
    """Nodes that are complete once these leaves follow the ``size`` there are."""
    nodes: list[LogNode] = []
    level, start = 0, size
    while True:
        number, width = divmod(start, TILE_WIDTH)
        hashes = [*read_tile(level, number, width), *fresh]
        whole = len(hashes) // TILE_WIDTH
        fresh = [
            root_of(hashes[at * TILE_WIDTH : (at + 1) * TILE_WIDTH]) for at in range(whole)
        ]
        if not fresh:
            return nodes
        level, start = level + 1, number
        nodes += [
            LogNode(level=level, number=at, hash=each) for at, each in enumerate(fresh, start)
        ]
