"""Entries of a history: as they come in, and as they are read."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from pocketvault.kernel.fields import BytesField
from sharing.actions.history import EntryDraft
from sharing.models import HistoryEntry
from sharing.models.history import DIGEST_BYTES

MOST_ITEMS = 500
# 500 commitments of `items-removed` or `items-replaced`, each quoted twice over: 24 KB, and what
# Padmé adds.
LARGEST_OPENING = 32 * 1024


class EntrySerializer(serializers.Serializer[Any]):
    """One signed entry (docs/sharing.md, "History")."""

    seq = serializers.IntegerField(min_value=1)
    previous = BytesField(exactly=DIGEST_BYTES)
    commitment = BytesField(exactly=DIGEST_BYTES)
    signature = BytesField(exactly=65)
    generation = serializers.IntegerField(min_value=1)
    opening = BytesField(least=1, most=LARGEST_OPENING)
    items = serializers.ListField(
        child=BytesField(exactly=DIGEST_BYTES), max_length=MOST_ITEMS, required=False
    )


class HeadSerializer(serializers.Serializer[Any]):
    """The newest entry of a history."""

    seq = serializers.IntegerField()
    hash = BytesField()


class ReadEntrySerializer(EntrySerializer):
    """An entry as it is kept."""

    author_id = serializers.UUIDField()
    made_at = serializers.DateTimeField()


class EntriesSerializer(serializers.Serializer[Any]):
    """A page of a history, oldest first."""

    items = ReadEntrySerializer(many=True)
    has_more = serializers.BooleanField()


def entry_in(body: dict[str, Any]) -> EntryDraft:
    """An entry, from the checked body that brings it."""
    return EntryDraft(**body)


def entry_document(entry: HistoryEntry) -> dict[str, object]:
    """What `ReadEntrySerializer` describes, before bytes become text."""
    items = bytes(entry.items)
    return {
        "seq": entry.seq,
        "author_id": entry.author_id,
        "previous": entry.previous,
        "commitment": entry.commitment,
        "signature": entry.signature,
        "generation": entry.generation,
        "opening": entry.opening,
        "items": [items[at : at + DIGEST_BYTES] for at in range(0, len(items), DIGEST_BYTES)],
        "made_at": entry.made_at,
    }
