"""A library of any size, written as rows: millions of uploads would take days.

What is written is what a commit leaves behind, envelopes really sealed; only blobs are not
there, but for thumbnails somebody brings, because nothing measured on it reads them.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import Account
from images.actions.spelling import spell
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
# None of them is overdue for the scrub.
READ_WITHIN_DAYS = 28

Row = tuple[object, ...]
Rows = Iterator[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a device brings of one image: wrapped keys, metadata, and a thumbnail if it is to be
    seen; all ciphertext.
    """

    content_key: bytes
    record_key: bytes
    metadata: bytes
    thumbnail: bytes | None = None


class Placed(NamedTuple):
    """An image to be written: its number among all that are, its id, whose it is, and where it
    stands in their feed.
    """

    number: int
    image_id: UUID
    owner_id: UUID
    seq: int


Batch = Sequence[Placed]
Given = Mapping[UUID, Sealed]
Writer = Callable[[Batch, Given], None]


def as_if_sealed(_number: int, _image_id: UUID) -> Sealed:
    """As incompressible as what a device seals. Nothing opens it."""
    return Sealed(
        content_key=secrets.token_bytes(WRAPPED_BYTES),
        record_key=secrets.token_bytes(WRAPPED_BYTES),
        metadata=secrets.token_bytes(METADATA_BYTES),
    )


def make_owner() -> Account:
    """An account with nothing in it."""
    return Account.objects.create_user(f"{secrets.token_hex(8)}@example.org", "-")


def fill(
    owner: Account, count: int, *, is_bare: bool = False,
    seal: Callable[[int, UUID], Sealed] = as_if_sealed, more: Sequence[Writer] = (),
) -> list[UUID]:  # fmt: skip
    """Store ``count`` images; answers their ids, oldest first. ``is_bare`` leaves out what
    leads to no key: versions, parts and the feed. ``seal`` is asked for each number and id;
    ``more`` writes what else there is to be of them.
    """
    placed = [Placed(number, _id_of(number), owner.pk, number + 1) for number in range(count)]
    _pour(placed, [_images, _envelopes] if is_bare else [*WHOLE, *more], seal)
    if not is_bare:
        _count([owner.pk], count)
    settle()
    return [each.image_id for each in placed]


def fill_many(owner_ids: Sequence[UUID], each: int, *, more: Sequence[Writer] = ()) -> None:
    """Store as many images for each of many accounts."""
    placed = [
        Placed(number, _id_of(number), owner_id, number % each + 1)
        for first, owner_id in enumerate(owner_ids)
        for number in range(first * each, (first + 1) * each)
    ]
    _pour(placed, [*WHOLE, *more], as_if_sealed)
    _count(owner_ids, each)
    settle()


def _pour(
    placed: Sequence[Placed], writers: Sequence[Writer], seal: Callable[[int, UUID], Sealed]
) -> None:
    for first in range(0, len(placed), AT_A_TIME):
        batch = placed[first : first + AT_A_TIME]
        given = {each.image_id: seal(each.number, each.image_id) for each in batch}
        with transaction.atomic():
            for write_rows in writers:
                write_rows(batch, given)


def _count(owner_ids: Sequence[UUID], each: int) -> None:
    used = each * sum(PARTS.values())
    FeedHead.objects.bulk_create(
        [FeedHead(account_id=owner_id, seq=each) for owner_id in owner_ids], AT_A_TIME
    )
    StorageUse.objects.bulk_create(
        [StorageUse(account_id=owner_id, used_bytes=used, images=each) for owner_id in owner_ids],
        AT_A_TIME,
    )
    for first in range(0, len(owner_ids), AT_A_TIME):
        some = Account.objects.filter(pk__in=owner_ids[first : first + AT_A_TIME])
        some.update(used_bytes=used, image_count=each)


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
    milliseconds = int(stored_at(number).timestamp() * 1000)
    value = milliseconds << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def stored_at(number: int) -> datetime:
    """When the image of this number came: one every five minutes."""
    return FIRST_PHOTO + timedelta(seconds=300 * number)


def _images(batch: Batch, _given: Given) -> None:
    fixed = {
        "version_number": 1, "marks_number": 0, "corrections_revision": 0, "is_held": False,
    }  # fmt: skip
    columns = ["id", "owner_id", "stored_at", "stored_month", "fingerprint", *fixed]
    write(Image, columns, (
        (each.image_id, each.owner_id, at, month_of(at), secrets.token_bytes(32), *fixed.values())
        for each in batch
        for at in [stored_at(each.number)]
    ))  # fmt: skip


def _envelopes(batch: Batch, given: Given) -> None:
    epoch = sealing.current_epoch()

    def rows() -> Rows:
        for each in batch:
            for purpose, wrapped in (
                (EnvelopePurpose.CONTENT.value, given[each.image_id].content_key),
                (EnvelopePurpose.RECORD.value, given[each.image_id].record_key),
            ):
                context = sealing.context_of(Envelope, [each.image_id, purpose, 1])
                sealed = sealing.seal(epoch, wrapped, context)
                yield epoch, sealed, each.image_id, purpose, 1

    write(Envelope, ["epoch_number", "sealed", "image_id", "purpose", "version"], rows())


def _content(batch: Batch, given: Given) -> None:
    parts = {e.image_id: _parts(e.number, e.image_id, given[e.image_id]) for e in batch}
    write(ImageVersion, ["image_id", "number", "metadata", "stored_at", "shown"], (
        (each.image_id, 1, metadata, stored_at(each.number),
         spell(1, metadata, parts[each.image_id]))
        for each in batch
        for metadata in [given[each.image_id].metadata]
    ))  # fmt: skip
    columns = ["image_id", "version", "name", "blob_key", "bytes", "sha256", "verified_at"]
    columns += ["read_at", "is_damaged"]
    write(ImagePart, columns, (
        tuple(getattr(part, column) for column in columns)
        for each in batch
        for part in parts[each.image_id]
    ))  # fmt: skip


def _parts(number: int, image_id: UUID, given: Sealed) -> list[ImagePart]:
    """The parts of an image, read back already when they came and again within a month."""
    columns = ("blob_key", "bytes", "sha256")
    read_at = timezone.now() - timedelta(days=1 + number % READ_WITHIN_DAYS)
    return [
        ImagePart(
            image_id=image_id, version=1, name=name.value, verified_at=stored_at(number),
            read_at=read_at, **dict(zip(columns, _stored(name, size, given), strict=True)),
        )
        for name, size in PARTS.items()
    ]  # fmt: skip


def _stored(name: PartName, size: int, given: Sealed) -> tuple[str, int, bytes]:
    """Key, size and digest of a part; only a thumbnail that was brought is really there."""
    key = blobs.new_blob_key()
    if name != PartName.THUMBNAIL or given.thumbnail is None:
        return key, size, secrets.token_bytes(32)
    blobs.store().put(key, [given.thumbnail])
    return key, len(given.thumbnail), hashlib.sha256(given.thumbnail).digest()


def _changes(batch: Batch, _given: Given) -> None:
    columns = ["account_id", "seq", "kind", "object_id", "is_deleted", "changed_at"]
    write(SyncEntry, columns, (
        (each.owner_id, each.seq, str(ChangeKind.IMAGE), each.image_id, False,
         stored_at(each.number))
        for each in batch
    ))  # fmt: skip


WHOLE: tuple[Writer, ...] = (_images, _envelopes, _content, _changes)


def write(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Put these rows into the table, as fast as the database takes them."""
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
    # COPY reads backslashes and line ends of a text as its own.
    return str(value).replace("\\", "\\\\").replace("\n", "\\n")
