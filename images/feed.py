"""Reading the change feed: pages, and cursors that only this service can make.

    cursor = base64url( version 1 (1) | seq (8) | base (8) | tag (16) )
    tag    = first 16 bytes of HMAC-SHA256(secret, account id | version | seq | base)

``seq`` is the last change the device has. ``base`` is how far tombstones were forgotten
when it started from nothing: those it cannot miss, because it never saw what they bury.
"""

from __future__ import annotations

import hmac
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Self
from uuid import UUID

from django.db.models import IntegerField
from django.db.models.functions import Cast
from django.utils.crypto import salted_hmac

from accounts.models import Account
from images.errors import CursorExpiredError, WrongCursorError
from images.models import ChangeKind, FeedHead, SyncEntry
from pocketvault.kernel.fields import from_base64url, to_base64url
from pocketvault.kernel.statements import Statement, as_text, id_value, text_of_id

CURSOR_VERSION = 1
_LAYOUT = struct.Struct(">BQQ")
_TAG_BYTES = 16
NO_ONE = UUID(int=0)
# Devices ask for pages of one or two sizes; a statement is kept for each.
SIZES_KEPT = 8


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an account's feed."""

    seq: int
    base: int

    def to_text(self, account_id: UUID) -> str:
        """What a device keeps. It fits no other account."""
        packed = _LAYOUT.pack(CURSOR_VERSION, self.seq, self.base)
        return to_base64url(packed + _tag(account_id, packed))

    @classmethod
    def from_text(cls, text: str, account_id: UUID) -> Self:
        """Raises `WrongCursorError`."""
        try:
            raw = from_base64url(text)
        except ValueError as error:
            raise WrongCursorError from error
        packed, tag = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
        if len(packed) != _LAYOUT.size or not hmac.compare_digest(tag, _tag(account_id, packed)):
            raise WrongCursorError
        version, seq, base = _LAYOUT.unpack(packed)
        if version != CURSOR_VERSION:
            raise WrongCursorError
        return cls(seq, base)


class Change(NamedTuple):
    """One object that changed. A page has five hundred, and a tuple is the cheapest to make;
    so its id is text.
    """

    seq: int
    kind: str
    object_id: str
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Changes in order, where to go on, and whether there is more at once."""

    changes: list[Change]
    cursor: str
    has_more: bool


def read_feed(account: Account, cursor_text: str, limit: int) -> FeedPage:
    """The changes after a cursor, or from the start without one. Two queries.

    Raises `WrongCursorError`, and `CursorExpiredError` when the device must start over.
    """
    head = FeedHead.objects.filter(pk=account.pk).first() or FeedHead(account=account)
    if cursor_text:
        cursor = Cursor.from_text(cursor_text, account.pk)
        # A number beyond the head was given out by a database that is no more.
        if head.forgotten > max(cursor.seq, cursor.base) or cursor.seq > head.seq:
            raise CursorExpiredError
    else:
        cursor = Cursor(0, head.forgotten)
    found = [
        Change(seq, kind, text_of_id(object_id), bool(is_deleted))
        for seq, kind, object_id, is_deleted in _entries(limit + 1).rows(
            id_value(account.pk), cursor.seq
        )
    ]
    page = found[:limit]
    last = page[-1].seq if page else cursor.seq
    return FeedPage(page, Cursor(last, cursor.base).to_text(account.pk), len(found) > limit)


@lru_cache(maxsize=SIZES_KEPT)
def _entries(count: int) -> Statement:
    entries = SyncEntry.objects.filter(account_id=NO_ONE).filter(seq__gt=0).order_by("seq")
    columns = ("seq", "kind", as_text("object_id"), Cast("is_deleted", IntegerField()))
    return Statement.of(entries.values_list(*columns)[:count], changing=2)


def ids_of(page: FeedPage, kind: ChangeKind) -> list[str]:
    """The objects of one kind that are still there."""
    return [c.object_id for c in page.changes if c.kind == kind and not c.is_deleted]


def _tag(account_id: UUID, packed: bytes) -> bytes:
    value = account_id.bytes + packed
    return salted_hmac("images.feed", value, algorithm="sha256").digest()[:_TAG_BYTES]
