"""How much an account may keep. Counted by adding, never by looking at every row.

Bytes are reserved when an upload is announced, so a commit can never fail for want of
room, and eight uploads at once cannot share the last free megabyte: the condition and the
reservation are one statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db.models import Model

from accounts.models import Account
from images.models import StorageUse
from images.upload_errors import QuotaReachedError
from pocketvault.kernel.errors import ConflictError
from pocketvault.kernel.statements import Statement, id_value

# Written down in the account too, where the layer below shows them to their owner.
_FACTS = {"used_bytes": "used_bytes", "images": "image_count"}
_RESERVE = Statement(
    f"UPDATE {StorageUse._meta.db_table} SET reserved_bytes = reserved_bytes + %s "  # noqa: S608
    "WHERE account_id = %s AND used_bytes + reserved_bytes <= %s",
    (),
)
_ADMIT = Statement(
    f"UPDATE {StorageUse._meta.db_table} SET used_bytes = used_bytes + %s, "  # noqa: S608
    "images = images + %s WHERE account_id = %s AND used_bytes + reserved_bytes <= %s",
    (),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What an account keeps, has announced, and may keep, in bytes; and its images."""

    used_bytes: int
    reserved_bytes: int
    limit_bytes: int
    images: int


def usage_of(account_id: UUID) -> Usage:
    """The numbers as they are now. One query, whatever the size of the library."""
    use = StorageUse.objects.filter(pk=account_id).first() or StorageUse()
    return Usage(
        used_bytes=use.used_bytes,
        reserved_bytes=use.reserved_bytes,
        limit_bytes=_limit_of(account_id),
        images=use.images,
    )


def refuse_without_room(account: Account, byte_count: int) -> None:
    """Say before bytes are sent that they would not fit; `reserve` decides.

    Raises `QuotaReachedError`.
    """
    use = StorageUse.objects.filter(pk=account.pk).first() or StorageUse()
    used = use.used_bytes + use.reserved_bytes
    if used + byte_count > account.limit_bytes:
        raise QuotaReachedError(
            used_bytes=used, limit_bytes=account.limit_bytes, needed_bytes=byte_count
        )


def reserve(account: Account, byte_count: int) -> None:
    """Set room aside for bytes to come. Raises `QuotaReachedError`."""
    if _reserve(account, byte_count):
        return
    StorageUse.objects.get_or_create(pk=account.pk)
    if not _reserve(account, byte_count):
        refuse_without_room(account, byte_count)
        raise ConflictError  # room was freed just now, between the two


def _reserve(account: Account, byte_count: int) -> int:
    return _RESERVE.run(byte_count, id_value(account.pk), account.limit_bytes - byte_count)


def cancel_reservation(account_id: UUID, byte_count: int) -> None:
    """The announced bytes will not come."""
    _change(account_id, reserved_bytes=-byte_count)


def keep_reserved(account_id: UUID, byte_count: int, *, images: int = 0) -> None:
    """The announced bytes came and stay, and so many new images with them."""
    kept = {"reserved_bytes": -byte_count, "used_bytes": byte_count}
    _change(account_id, **kept, **({"images": images} if images else {}))


def admit(account: Account, byte_count: int, *, images: int) -> None:
    """Count stored bytes that nothing was reserved for, and so many new images with them.
    Raises `QuotaReachedError`.
    """
    if not _admit(account, byte_count, images):
        StorageUse.objects.get_or_create(pk=account.pk)
        if not _admit(account, byte_count, images):
            refuse_without_room(account, byte_count)
            raise ConflictError  # room was freed just now, between the two
    _write_down(account.pk, used_bytes=byte_count, images=images)


def _admit(account: Account, byte_count: int, images: int) -> int:
    room = account.limit_bytes - byte_count
    return _ADMIT.run(byte_count, images, id_value(account.pk), room)


def take(account: Account, byte_count: int) -> None:
    """Count bytes that come without an upload, such as corrections. Raises
    `QuotaReachedError`.
    """
    if byte_count:
        reserve(account, byte_count)
        keep_reserved(account.pk, byte_count)


def keep(account_id: UUID, byte_count: int) -> None:
    """Count a few bytes that come with an upload, whose room was found: never refused."""
    _change(account_id, used_bytes=byte_count)


def release(account_id: UUID, byte_count: int, *, images: int = 0) -> None:
    """Stored bytes went, and so many whole images with them."""
    _change(account_id, used_bytes=-byte_count, **({"images": -images} if images else {}))


def _change(account_id: UUID, **changes: int) -> None:
    key = id_value(account_id)
    if not _added(StorageUse, *changes).run(*changes.values(), key):
        StorageUse.objects.create(pk=account_id, **changes)
    _write_down(account_id, **changes)


def _write_down(account_id: UUID, **changes: int) -> None:
    facts = {_FACTS[name]: changes[name] for name in changes if name in _FACTS}
    if facts:
        _added(Account, *facts).run(*facts.values(), id_value(account_id))


@cache
def _added(model: type[Model], *columns: str) -> Statement:
    """Adds to these columns of the row with this key: the numbers come first, then the key."""
    sums = ", ".join(f"{column} = {column} + %s" for column in columns)
    key = "account_id" if model is StorageUse else "id"
    return Statement(f"UPDATE {model._meta.db_table} SET {sums} WHERE {key} = %s", ())  # noqa: S608


def _limit_of(account_id: UUID) -> int:
    """The account's own limit, or the service's. The row is there while its session is."""
    return Account.objects.only("own_limit_bytes").get(pk=account_id).limit_bytes
