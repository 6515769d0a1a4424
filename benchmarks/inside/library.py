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
from uuid import UUID

from django.db import connection, models, transaction

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

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a device brings of one image: wrapped keys, metadata, and a thumbnail if it is to be
    seen; all ciphertext.
    """

    content_key: bytes
    record_key: bytes
    metadata: bytes
    thumbnail: bytes | None = None


Batch = Sequence[tuple[int, UUID]]
Given = Mapping[UUID, Sealed]


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
    seal: Callable[[int, UUID], Sealed] = as_if_sealed,
) -> list[UUID]:  # fmt: skip
    """Store ``count`` images; answers their ids, oldest first. ``is_bare`` leaves out what
    leads to no key: versions, parts and the feed. ``seal`` is asked for each number and id.
    """
    ids = [_id_of(number) for number in range(count)]
    writers = [_images, _envelopes] if is_bare else [_images, _envelopes, _content, _changes]
    for first in range(0, count, AT_A_TIME):
        batch = list(enumerate(ids[first : first + AT_A_TIME], first))
        given = {image_id: seal(number, image_id) for number, image_id in batch}
        with transaction.atomic():
            for write in writers:
                write(owner, batch, given)
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


def _images(owner: Account, batch: Batch, _given: Given) -> None:
    fixed = {
        "version_number": 1, "marks_number": 0, "corrections_revision": 0, "is_held": False,
    }  # fmt: skip
    columns = ["id", "owner_id", "stored_at", "stored_month", "fingerprint", *fixed]
    at = {number: _stored_at(number) for number, _ in batch}
    _write(Image, columns, (
        (image_id, owner.pk, at[n], month_of(at[n]), secrets.token_bytes(32), *fixed.values())
        for n, image_id in batch
    ))  # fmt: skip


def _envelopes(_owner: Account, batch: Batch, given: Given) -> None:
    epoch = sealing.current_epoch()

    def rows() -> Iterator[Row]:
        for _, image_id in batch:
            for purpose, wrapped in (
                (EnvelopePurpose.CONTENT.value, given[image_id].content_key),
                (EnvelopePurpose.RECORD.value, given[image_id].record_key),
            ):
                context = sealing.context_of(Envelope, [image_id, purpose, 1])
                sealed = sealing.seal(epoch, wrapped, context)
                yield epoch, sealed, image_id, purpose, 1

    _write(Envelope, ["epoch_number", "sealed", "image_id", "purpose", "version"], rows())


def _content(_owner: Account, batch: Batch, given: Given) -> None:
    parts = {image_id: _parts(n, image_id, given[image_id]) for n, image_id in batch}
    _write(ImageVersion, ["image_id", "number", "metadata", "stored_at", "shown"], (
        (image_id, 1, metadata, _stored_at(n), spell(1, metadata, parts[image_id]))
        for n, image_id in batch
        for metadata in [given[image_id].metadata]
    ))  # fmt: skip
    columns = ["image_id", "version", "name", "blob_key", "bytes", "sha256", "verified_at"]
    _write(ImagePart, [*columns, "is_damaged"], (
        tuple(getattr(part, column) for column in [*columns, "is_damaged"])
        for _, image_id in batch
        for part in parts[image_id]
    ))  # fmt: skip


def _parts(number: int, image_id: UUID, given: Sealed) -> list[ImagePart]:
    """The parts of an image, read back already."""
    columns = ("blob_key", "bytes", "sha256")
    return [
        ImagePart(
            image_id=image_id, version=1, name=name.value, verified_at=_stored_at(number),
            **dict(zip(columns, _stored(name, size, given), strict=True)),
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


def _changes(owner: Account, batch: Batch, _given: Given) -> None:
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
    # COPY reads backslashes and line ends of a text as its own.
    return str(value).replace("\\", "\\\\").replace("\n", "\\n")
