"""Writing the log: one writer at a time, whoever it is, and never but behind its end.

Three steps, each in a transaction of its own that can be killed anywhere and run again:
receipts that are owed are signed and owe an entry; entries that are owed come in; a checkpoint
is signed over what is in. Nobody is shown an entry before a checkpoint covers it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from pocketvault.kernel import journal
from pocketvault.kernel.fields import from_base64url, to_base64url
from rights import log_key
from rights.errors import LogAwayError
from rights.log.canonical import spell
from rights.log.hashing import TILE_WIDTH, Tree, leaf_hash, root_of
from rights.log.notes import Checkpoint, sign_note
from rights.log_reading import newest_checkpoint, read_tile
from rights.models import LogCheckpoint, LogEntry, LogHead, LogNode, OwedEntry
from rights.published import furthest, publish

BATCH_ENTRIES = 4096
# What the journal calls it.
GREW = "log:grew"


def found_log() -> LogHead:
    """The log's head; its key and its name are made where there is none yet.

    Raises `LogAwayError` when the key in the folders is not this log's.
    """
    head = LogHead.objects.first()
    if head is None:
        head, _ = LogHead.objects.get_or_create(pk=1, defaults=_founding())
    log_key.repair_copies(bytes(head.public_key))
    return head


def _founding() -> dict[str, Any]:
    host = urlsplit(settings.PUBLIC_URL).netloc
    return {
        "origin": f"{host}/log",
        "public_key": log_key.make_key(),
        "founded_at": timezone.now(),
    }


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
        spelled, ids = [_spelled(each, day) for each in owed], [each.pk for each in owed]
        _write_down(head.size, spelled, day, ids)
        append(head, spelled, day, now)
        OwedEntry.objects.filter(pk__in=ids).delete()
    return len(owed)


def _write_down(
    first: int, spelled: Sequence[tuple[bytes, bytes | None]], day: date, owed: Sequence[int]
) -> None:
    """Into the journal: a database that comes back from a backup must not write another end."""
    entries = [
        [to_base64url(entry), None if commitment is None else to_base64url(commitment)]
        for entry, commitment in spelled
    ]
    journal.write(GREW, first=first, entries=entries, day=day.isoformat(), owed=list(owed))


@transaction.atomic
def append_again(facts: Mapping[str, Any]) -> None:
    """Add what the log had gained before a restore, byte for byte, so that it stays one log.
    Safe to repeat.
    """
    head = LogHead.objects.select_for_update().get_or_create(pk=1, defaults=_founding())[0]
    spelled = [
        (from_base64url(entry), None if commitment is None else from_base64url(commitment))
        for entry, commitment in facts["entries"]
    ][max(0, head.size - facts["first"]) :]
    OwedEntry.objects.filter(pk__in=facts["owed"]).delete()
    if spelled:
        append(head, spelled, date.fromisoformat(facts["day"]), timezone.now())


def is_in_log(facts: Mapping[str, Any]) -> bool:
    """Whether what was to be added was."""
    entry = LogEntry.objects.filter(pk=facts["first"]).values_list("entry", flat=True).first()
    return entry is not None and bytes(entry) == from_base64url(facts["entries"][0][0])


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
