"""A database that was put back to an older day takes over what was published since."""

from __future__ import annotations

import logging
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from pocketvault.kernel.fields import from_base64url
from rights.actions.keeping_log import BATCH_ENTRIES, append
from rights.errors import LogAwayError
from rights.log.canonical import read, spell
from rights.log.hashing import Tree
from rights.log.notes import NoteError, VerifierKey, open_checkpoint
from rights.log_reading import read_tile
from rights.models import FactKind, LogHead, OwedEntry, StatedFact
from rights.published import Published, entries_behind, furthest

logger = logging.getLogger(__name__)
# Facts that are stated once, and which member of them says of what.
_STATED_OF = {
    FactKind.EPOCH_MADE.value: "number",
    FactKind.EPOCH_DESTROYED.value: "number",
    FactKind.BACKUP_MADE.value: "name",
    FactKind.BACKUP_REMOVED.value: "name",
}


def catch_up() -> None:
    """Bring the log to where it was when it was last seen in public.

    Raises `LogAwayError` when what is in the database contradicts that: nothing may be signed
    then, and a person has to look.
    """
    published = furthest()
    if not published.size:
        return
    with transaction.atomic():
        head = LogHead.objects.select_for_update().get(pk=1)
        if head.size < published.size:
            logger.warning("the log takes over what was published")
            _take_over(head)
        _compare(head, published)


def _take_over(head: LogHead) -> None:
    coming = entries_behind(head.size)
    while entries := list(islice(coming, BATCH_ENTRIES)):
        documents: list[dict[str, Any]] = [dict(read(each)) for each in entries]
        day = date.fromisoformat(documents[-1]["on"])
        spelled = [
            (entry, _commitment(document))
            for entry, document in zip(entries, documents, strict=True)
        ]
        append(head, spelled, day, timezone.now())
        _owe_no_more(documents)


def _owe_no_more(documents: list[dict[str, Any]]) -> None:
    """What came in before the database was put back is owed by it again."""
    said = {spell({k: v for k, v in each.items() if k != "on"}) for each in documents}
    twice = [owed.pk for owed in OwedEntry.objects.iterator() if spell(owed.statement) in said]
    OwedEntry.objects.filter(pk__in=twice).delete()
    keys = [
        f"{each['kind']}|{each['facts'][_STATED_OF[each['kind']]]}"
        for each in documents
        if each["kind"] in _STATED_OF
    ]
    StatedFact.objects.bulk_create([StatedFact(key=key) for key in keys], ignore_conflicts=True)


def _commitment(document: dict[str, Any]) -> bytes | None:
    return from_base64url(document["commitment"]) if "commitment" in document else None


def _compare(head: LogHead, published: Published) -> None:
    """Raises `LogAwayError` when the tree is not the one that was published."""
    key = VerifierKey(name=head.origin, public_key=bytes(head.public_key))
    try:
        checkpoint = open_checkpoint(published.note, key)
    except NoteError as error:
        logger.exception("what was published is another log's")
        raise LogAwayError from error
    if Tree(checkpoint.size, read_tile).root() != checkpoint.root:
        logger.error("the log contradicts what was published")
        raise LogAwayError
