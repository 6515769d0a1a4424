"""Ciphertext on any server that speaks S3.

    PREFIX/blobs/9f/9f3c…              whole and final
    PREFIX/stages/4b07…/begin          an upload that is still arriving …
    PREFIX/stages/4b07…/part-0000…     … and its bytes, each part named by where it starts

S3 cannot append, so a stage is a row of part objects. A part is put whole or not at all.
Every part but the last has at least 5 MiB, because an append first takes a smaller last
part back and writes it again with what follows; so the parts can always be composed into
the blob on the server's side. Credentials come from where boto3 looks for them.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, groupby, islice
from pathlib import Path
from typing import NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pocketvault.kernel.blobs.contract import (
    AT_ONCE,
    CHUNK_BYTES,
    Adoption,
    BlobExistsError,
    BlobMissingError,
    StorageUnavailableError,
    checked,
    checked_range,
    newest_of,
)
from pocketvault.kernel.blobs.s3_answers import BodyChunks, our_failures

# What S3 accepts as a part that is not the last one, and what we hold in memory at most.
MIN_PART_BYTES = 5 * 2**20
PART_BYTES = 8 * 2**20
_DELETE_BATCH = 1000
# A server that says nothing keeps a thread of ours and somebody who waits: three times so many
# seconds, and they are told within a minute.
_SILENCE_SECONDS = 15
_TRIES = 3
# Sends or copies one part, given the multipart upload's id and the part's number; its tag.
_Step = Callable[[str, int], str]


class _Listed(NamedTuple):
    name: str
    size: int
    modified_at: datetime


class _Head(NamedTuple):
    size: int
    stage: str | None
    stamp: str | None


class _Part(NamedTuple):
    name: str
    start: int
    stop: int


class S3BlobStore:
    """A `BlobStore` in one bucket, below ``prefix``."""

    def __init__(
        self, *, bucket: str, prefix: str = "", endpoint: str | None = None,
        region: str = "us-east-1",
    ) -> None:  # fmt: skip
        self._bucket = bucket
        root = f"{prefix}/" if prefix else ""
        self._blobs, self._stages = f"{root}blobs/", f"{root}stages/"
        self._client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            config=Config(
                connect_timeout=5, read_timeout=_SILENCE_SECONDS, max_pool_connections=32,
                retries={"mode": "standard", "total_max_attempts": _TRIES},
                # Not every server understands the newer checksum trailers; what is stored
                # is hashed again before a photo counts as safe.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path" if endpoint else "auto"},
            ),
        )  # fmt: skip

    def put(self, key: str, chunks: Iterable[bytes]) -> int:
        name = self._blob(key)
        if self._head(name) is not None:
            raise BlobExistsError(key)
        parts = _gather(b"", chunks)
        first, second = next(parts, b""), next(parts, None)
        if second is None:
            self._create(name, first)
            return len(first)
        sizes: list[int] = []

        def steps() -> Iterator[_Step]:
            for part in chain((first, second), parts):
                sizes.append(len(part))
                yield partial(self._send_part, name, part)

        self._compose(name, steps())
        return sum(sizes)

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        size = self.size(key)
        return self._read(self._blob(key), *checked_range(start, stop, size))

    def size(self, key: str) -> int:
        head = self._head(self._blob(key))
        if head is None:
            raise BlobMissingError(key)
        return head.size

    def exists(self, key: str) -> bool:
        return self._head(self._blob(key)) is not None

    def sha256(self, key: str) -> bytes:
        digest = hashlib.sha256()
        for chunk in self.read(key):
            digest.update(chunk)
        return digest.digest()

    def discard(self, key: str) -> None:
        with our_failures(key), suppress(BlobMissingError):
            self._client.delete_object(Bucket=self._bucket, Key=self._blob(key))

    def keys(self, prefix: str = "", older_than: timedelta = AT_ONCE) -> Iterator[str]:
        newest = newest_of(older_than)
        for found in self._list(self._blobs + prefix):
            if found.modified_at.timestamp() <= newest:
                yield found.name.removeprefix(self._blobs)

    def local_path(self, key: str) -> Path | None:
        checked(key)
        return None

    def begin(self, stage_key: str) -> None:
        if any(self._list(self._stage(stage_key))):
            raise BlobExistsError(stage_key)
        self._create(f"{self._stage(stage_key)}begin", b"")

    def append(
        self, stage_key: str, offset: int, chunks: Iterable[bytes], *, is_passing: bool = False
    ) -> int:
        folder = self._stage(stage_key)
        found = list(self._list(folder))
        kept = _covering(found, folder, offset)
        self._delete(_others(found, folder, kept))
        start, tail = offset, b""
        if kept and (kept[-1].stop > offset or offset - kept[-1].start < MIN_PART_BYTES):
            start = kept[-1].start
            tail = b"".join(self._read(kept[-1].name, 0, offset - start))
        for part in _gather(tail, chunks):
            if start + len(part) > offset:
                self._overwrite(f"{folder}part-{start:016x}", part)
            start += len(part)
        return start

    def read_stage(self, stage_key: str, stop: int) -> Iterator[bytes]:
        folder = self._stage(stage_key)
        parts = _covering(list(self._list(folder)), folder, stop)
        return (
            chunk
            for part in parts
            for chunk in self._read(part.name, 0, min(part.stop, stop) - part.start)
        )

    def adopt(self, stage_key: str, blob_key: str, length: int) -> None:
        name, folder = self._blob(blob_key), self._stage(stage_key)
        if not self._is_adopted(name, stage_key, blob_key):
            try:
                parts = _covering(list(self._list(folder)), folder, length)
                self._join(name, parts, length, {"stage": stage_key})
            except (BlobExistsError, BlobMissingError):
                # Somebody who does the same may have been first.
                if not self._is_adopted(name, stage_key, blob_key):
                    raise
        self.discard_stage(stage_key)

    def adopt_all(self, adoptions: Sequence[Adoption]) -> None:
        for adoption in adoptions:
            self.adopt(*adoption)

    def _is_adopted(self, name: str, stage_key: str, blob_key: str) -> bool:
        head = self._head(name)
        if head is not None and head.stage != stage_key:
            raise BlobExistsError(blob_key)
        return head is not None

    def discard_stage(self, stage_key: str) -> None:
        self._delete(found.name for found in self._list(self._stage(stage_key)))

    def stages(self, older_than: timedelta = AT_ONCE) -> Iterator[str]:
        newest = newest_of(older_than)
        for stage_key, found in groupby(self._list(self._stages), self._stage_key_of):
            if max(each.modified_at.timestamp() for each in found) <= newest:
                yield stage_key

    def _blob(self, key: str) -> str:
        return self._blobs + checked(key)

    def _stage(self, stage_key: str) -> str:
        return f"{self._stages}{checked(stage_key)}/"

    def _stage_key_of(self, found: _Listed) -> str:
        return found.name.removeprefix(self._stages).rpartition("/")[0]

    def _head(self, name: str) -> _Head | None:
        try:
            with our_failures(name):
                found = self._client.head_object(Bucket=self._bucket, Key=name)
        except BlobMissingError:
            return None
        metadata = found["Metadata"]
        return _Head(found["ContentLength"], metadata.get("stage"), metadata.get("stamp"))

    def _read(self, name: str, start: int, stop: int) -> Iterator[bytes]:
        if stop == start:
            return iter(())
        with our_failures(name):
            body = self._client.get_object(
                Bucket=self._bucket, Key=name, Range=f"bytes={start}-{stop - 1}"
            )["Body"]
        return BodyChunks(name, body.iter_chunks(CHUNK_BYTES), body.close, stop - start)

    def _list(self, prefix: str) -> Iterator[_Listed]:
        """Objects whose name starts so, in order of name, a page at a time."""
        with our_failures(prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=prefix
            )
            for page in pages:
                for found in page.get("Contents", ()):
                    yield _Listed(found["Key"], found["Size"], found["LastModified"])

    def _create(self, name: str, content: bytes, metadata: dict[str, str] | None = None) -> None:
        stamped = _stamped(metadata)
        try:
            with our_failures(name):
                self._client.put_object(
                    Bucket=self._bucket, Key=name, Body=content, IfNoneMatch="*",
                    Metadata=stamped,
                )  # fmt: skip
        except BlobExistsError:
            if not self._is_ours(name, stamped):
                raise

    def _is_ours(self, name: str, stamped: dict[str, str]) -> bool:
        """Whether the object that is there is the one that we have just made.

        When an answer is lost on its way boto3 asks again, and is told that somebody was first.
        """
        head = self._head(name)
        return head is not None and head.stamp == stamped["stamp"]

    def _overwrite(self, name: str, content: bytes) -> None:
        with our_failures(name):
            self._client.put_object(Bucket=self._bucket, Key=name, Body=content)

    def _delete(self, names: Iterable[str]) -> None:
        pending = iter(names)
        while batch := list(islice(pending, _DELETE_BATCH)):
            with our_failures(self._stages):
                answer = self._client.delete_objects(
                    Bucket=self._bucket,
                    Delete={"Objects": [{"Key": name} for name in batch], "Quiet": True},
                )
            if answer.get("Errors"):
                raise StorageUnavailableError

    def _join(self, name: str, parts: list[_Part], length: int, metadata: dict[str, str]) -> None:
        """Make one object of parts, without their bytes passing through here."""
        if not parts:
            self._create(name, b"", metadata)
            return
        steps = (
            partial(self._copy_part, name, part.name, min(part.stop, length) - part.start)
            for part in parts
        )
        self._compose(name, steps, metadata)

    def _compose(
        self, name: str, steps: Iterable[_Step], metadata: dict[str, str] | None = None
    ) -> None:
        """A multipart upload of one part per step, taken back if any of it fails."""
        stamped = _stamped(metadata)
        with our_failures(name):
            upload_id = self._client.create_multipart_upload(
                Bucket=self._bucket, Key=name, Metadata=stamped
            )["UploadId"]
        try:
            tags = [step(upload_id, number) for number, step in enumerate(steps, 1)]
            try:
                self._complete(name, upload_id, tags)
            except (BlobExistsError, BlobMissingError, StorageUnavailableError):
                if not self._is_ours(name, stamped):
                    raise
        except BaseException:
            with suppress(ClientError, BotoCoreError):
                self._client.abort_multipart_upload(
                    Bucket=self._bucket, Key=name, UploadId=upload_id
                )
            raise

    def _complete(self, name: str, upload_id: str, tags: list[str]) -> None:
        with our_failures(name):
            self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=name, UploadId=upload_id, IfNoneMatch="*",
                MultipartUpload={
                    "Parts": [
                        {"ETag": tag, "PartNumber": number}
                        for number, tag in enumerate(tags, 1)
                    ]
                },
            )  # fmt: skip

    def _send_part(self, name: str, content: bytes, upload_id: str, number: int) -> str:
        with our_failures(name):
            return self._client.upload_part(
                Bucket=self._bucket, Key=name, UploadId=upload_id, PartNumber=number, Body=content
            )["ETag"]

    def _copy_part(self, name: str, source: str, size: int, upload_id: str, number: int) -> str:
        with our_failures(source):
            answer = self._client.upload_part_copy(
                Bucket=self._bucket, Key=name, UploadId=upload_id, PartNumber=number,
                CopySource={"Bucket": self._bucket, "Key": source},
                CopySourceRange=f"bytes=0-{size - 1}",
            )  # fmt: skip
        return answer["CopyPartResult"]["ETag"]


def _stamped(metadata: dict[str, str] | None) -> dict[str, str]:
    """With a mark that no other object has."""
    return {**(metadata or {}), "stamp": secrets.token_hex(16)}


def _gather(tail: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces of exactly `PART_BYTES`, then what is left; ``tail`` comes first."""
    buffer = bytearray(tail)
    for chunk in chunks:
        buffer += chunk
        while len(buffer) >= PART_BYTES:
            yield bytes(buffer[:PART_BYTES])
            del buffer[:PART_BYTES]
    if buffer:
        yield bytes(buffer)


def _covering(found: list[_Listed], folder: str, length: int) -> list[_Part]:
    """Parts without a gap that hold the first ``length`` bytes of a stage."""
    parts, stop = [], 0
    for each in found:
        start = _start_of(each.name, folder)
        if start is not None and start == stop and start < length:
            stop = start + each.size
            parts.append(_Part(each.name, start, stop))
    if not found or stop < length:
        raise BlobMissingError(folder)
    return parts


def _others(found: list[_Listed], folder: str, kept: list[_Part]) -> Iterator[str]:
    """Parts that are not kept: torn, written but never acknowledged."""
    names = {part.name for part in kept}
    return (
        each.name
        for each in found
        if each.name not in names and _start_of(each.name, folder) is not None
    )


def _start_of(name: str, folder: str) -> int | None:
    """Where a part starts, in bytes; None for the object that only marks the stage."""
    kind, _, start = name.removeprefix(folder).partition("-")
    return int(start, 16) if kind == "part" else None
