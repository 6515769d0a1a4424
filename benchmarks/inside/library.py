"""A library of any size, written as rows: millions of uploads would take days.

What is written is what a commit leaves behind, envelopes really sealed; only the blobs
are not there, because nothing measured on it reads them.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection, models, transaction

from accounts.models import Account
from images.models import (
    ChangeKind,
    Envelope,
    EnvelopePurpose,
    FeedHead,
    Image,
    ImagePart,
    ImageVersion,
    PartName,
    StorageUse,
    SyncEntry,
)
from images.models.image import month_of
from pocketvault.kernel import blobs, sealing

AT_A_TIME = 10_000
WRAPPED_BYTES = 61
# A record of metadata with its ThumbHash, padded, sealed.
METADATA_BYTES = 604
PARTS = {PartName.ORIGINAL: 4_200_000, PartName.PREVIEW: 240_000, PartName.THUMBNAIL: 16_000}
FIRST_PHOTO = datetime(2016, 1, 1, tzinfo=UTC)

Row = tuple[object, ...]


def make_owner() -> Account:
    """An account with nothing in it."""
    return Account.objects.create_user(f"{secrets.token_hex(8)}@example.org", "-")


def fill(owner: Account, count: int, *, is_bare: bool = False) -> list[UUID]:
    """Store ``count`` images; answers their ids, oldest first. ``is_bare`` leaves out what
    leads to no key: versions, parts and the feed.
    """
    ids = [_id_of(number) for number in range(count)]
    writers = [_images, _envelopes] if is_bare else [_images, _envelopes, _content, _changes]
    for first in range(0, count, AT_A_TIME):
        batch = list(enumerate(ids[first : first + AT_A_TIME], first))
        with transaction.atomic():
            for write in writers:
                write(owner, batch)
    if not is_bare:
        used = count * sum(PARTS.values())
        FeedHead.objects.create(account=owner, seq=count)
        StorageUse.objects.create(account=owner, used_bytes=used, images=count)
        Account.objects.filter(pk=owner.pk).update(used_bytes=used, image_count=count)
    settle()
    return ids


def settle() -> None:
    """What the database would do in a quiet minute: forget dead rows, learn the sizes."""
    with connection.cursor() as cursor:
        vendor = connection.vendor
        cursor.execute("VACUUM ANALYZE" if vendor == "postgresql" else "ANALYZE")
        cursor.execute(
            "CHECKPOINT" if vendor == "postgresql" else "PRAGMA wal_checkpoint(TRUNCATE)"
        )


def _id_of(number: int) -> UUID:
    """A version 7 UUID of the moment the image was stored."""
    milliseconds = int(_stored_at(number).timestamp() * 1000)
    value = milliseconds << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def _stored_at(number: int) -> datetime:
    return FIRST_PHOTO + timedelta(seconds=300 * number)


def _images(owner: Account, batch: Sequence[tuple[int, UUID]]) -> None:
    fixed = {
        "version_number": 1, "marks_number": 0, "corrections_revision": 0, "is_held": False,
    }  # fmt: skip
    columns = ["id", "owner_id", "stored_at", "stored_month", "fingerprint", *fixed]
    at = {number: _stored_at(number) for number, _ in batch}
    _write(Image, columns, (
        (image_id, owner.pk, at[n], month_of(at[n]), secrets.token_bytes(32), *fixed.values())
        for n, image_id in batch
    ))  # fmt: skip


def _envelopes(_owner: Account, batch: Sequence[tuple[int, UUID]]) -> None:
    epoch = sealing.current_epoch()

    def rows() -> Iterator[Row]:
        for _, image_id in batch:
            for purpose in (EnvelopePurpose.CONTENT.value, EnvelopePurpose.RECORD.value):
                context = sealing.context_of(Envelope, [image_id, purpose, 1])
                sealed = sealing.seal(epoch, secrets.token_bytes(WRAPPED_BYTES), context)
                yield epoch, sealed, image_id, purpose, 1

    _write(Envelope, ["epoch_number", "sealed", "image_id", "purpose", "version"], rows())


def _content(_owner: Account, batch: Sequence[tuple[int, UUID]]) -> None:
    _write(ImageVersion, ["image_id", "number", "metadata", "stored_at"], (
        (image_id, 1, secrets.token_bytes(METADATA_BYTES), _stored_at(n)) for n, image_id in batch
    ))  # fmt: skip
    columns = ["image_id", "version", "name", "blob_key", "bytes", "sha256", "verified_at"]
    _write(ImagePart, [*columns, "is_damaged"], (
        (image_id, 1, str(name), blobs.new_blob_key(), size, secrets.token_bytes(32),
         _stored_at(n), False)
        for n, image_id in batch
        for name, size in PARTS.items()
    ))  # fmt: skip


def _changes(owner: Account, batch: Sequence[tuple[int, UUID]]) -> None:
    columns = ["account_id", "seq", "kind", "object_id", "is_deleted", "changed_at"]
    _write(SyncEntry, columns, (
        (owner.pk, n + 1, str(ChangeKind.IMAGE), image_id, False, _stored_at(n))
        for n, image_id in batch
    ))  # fmt: skip


def _write(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = "".join("\t".join(map(_as_text, row)) + "\n" for row in rows)
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", io.StringIO(text))
            return
        fields = {field.column: field for field in model._meta.concrete_fields}
        kinds = [fields[column] for column in columns]
        places = ", ".join("?" * len(columns))
        cursor.connection.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({places})",
            (
                tuple(f.get_db_prep_save(v, connection) for f, v in zip(kinds, row, strict=True))
                for row in rows
            ),
        )


def _as_text(value: object) -> str:
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)
