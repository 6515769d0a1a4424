"""What the photos of somebody in a shared album tell: the choice of whoever brought them.

It is an entry of the album's history, signed by them, so nobody else can make it, and it names
nobody, so it speaks for nobody else. What was chosen is ciphertext: the server learns who chose
something anew, and when.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from accounts.models import Account
from images.actions.feed import record_news
from sharing.access import CONTRIBUTOR
from sharing.actions.history import EntryDraft
from sharing.actions.locking import (
    LockedAlbum,
    append,
    is_repeat,
    lock_shared_album,
    news_for_all,
)
from sharing.errors import BadEntryError


@transaction.atomic
def choose_telling(album_id: UUID, entry: EntryDraft, *, actor: Account) -> LockedAlbum:
    """Append the actor's choice of what their own photos tell.

    For whoever may bring photos, before the first of them too. Raises `RoleNeededError`,
    `BadEntryError` for an entry that brings photos, `StaleGenerationError` and
    `HistoryMovedError`.
    """
    locked = lock_shared_album(album_id, actor=actor, least=CONTRIBUTOR)
    if is_repeat(locked, entry, actor=actor):
        return locked
    if entry.items:
        raise BadEntryError
    append(locked, entry, actor=actor)
    record_news(news_for_all([locked.album]))
    return locked
