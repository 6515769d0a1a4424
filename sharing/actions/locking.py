"""Changing a shared album: its history is the lock, and access is asked for behind it.

So somebody whose access ended while their request was on its way is a stranger when it
arrives, and two who end each other's access come here one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Account
from images.actions.feed import News
from images.models import Album
from pocketvault.kernel.errors import StaleGenerationError
from sharing.access import Access, access_to
from sharing.actions.history import EntryDraft, append_entry, lock_history
from sharing.actions.reach import reach_of
from sharing.feed import SharedKind
from sharing.models import History, HistoryEntry, SharedAlbum


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedAlbum:
    """A shared album whose history is locked, and what the actor may do with it."""

    history: History
    access: Access

    @property
    def shared(self) -> SharedAlbum:
        """The row that says it is shared."""
        return self.access.shared_album

    @property
    def album(self) -> Album:
        """The album itself."""
        return self.shared.album


def lock_shared_album(album_id: UUID, *, actor: Account, least: str) -> LockedAlbum:
    """Lock a shared album, in the caller's transaction. Raises what `access_to` raises."""
    history = lock_history(album_id)
    return LockedAlbum(history=history, access=access_to(actor, album_id, least=least))


def is_repeat(locked: LockedAlbum, draft: EntryDraft, *, actor: Account) -> bool:
    """True when the actor appended this very entry before: their answer was lost, and what
    it stood for was done. Asks nothing when the entry is the next one.
    """
    if draft.seq > locked.history.head_seq:
        return False
    return HistoryEntry.objects.filter(
        history=locked.history, seq=draft.seq, author_id=actor.pk, signature=draft.signature
    ).exists()


def append(locked: LockedAlbum, draft: EntryDraft, *, actor: Account) -> None:
    """Append to the album's history under the key in force. Raises what `append_entry` does."""
    append_entry(locked.history, draft, generation=locked.album.generation, actor=actor)


def require_generation(locked: LockedAlbum, generation: int) -> None:
    """Refuse what was made with a key that was replaced. Raises `StaleGenerationError`."""
    if generation != locked.album.generation:
        raise StaleGenerationError(generation=locked.album.generation)


def news_for_all(albums: Iterable[Album]) -> list[News]:
    """That these shared albums changed, for their owners and everybody they reach."""
    owners = {(album.pk, album.owner_id) for album in albums}
    pairs = owners | reach_of([album_id for album_id, _ in owners])
    return [
        News(account_id=account_id, kind=SharedKind.SHARED_ALBUM, object_id=album_id)
        for album_id, account_id in pairs
    ]
