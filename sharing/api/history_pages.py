"""Reading a history, a page at a time."""

from __future__ import annotations

import re
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from images.api.paging import limit_in
from sharing.api.entries import EntriesSerializer, entry_document
from sharing.models import HistoryEntry

_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


def entries_page(history_id: UUID, request: Request) -> object:
    """The entries after ``after`` (all without it), oldest first, up to ``limit``. One query.

    The caller made sure that whoever asks may read them.
    """
    asked = request.query_params.get("after") or "0"
    if not _NUMBER.fullmatch(asked):
        raise serializers.ValidationError({"after": "Use the number of an entry."})
    limit = limit_in(request)
    rows = HistoryEntry.objects.filter(history=history_id, seq__gt=int(asked)).order_by("seq")
    found = [entry_document(entry) for entry in rows[: limit + 1]]
    page = {"items": found[:limit], "has_more": len(found) > limit}
    return EntriesSerializer(page).data
