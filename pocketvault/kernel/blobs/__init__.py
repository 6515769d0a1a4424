"""The ciphertext store. ``store()`` is the one door to stored bytes.

Which kind is behind it follows from ``BLOB_URL``: files, memory or any S3 server. Behind
``second_store()`` is that of ``BLOB_COPY_URL``, if there is one: it is read for mending only.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.utils.module_loading import import_string

from pocketvault.kernel.blobs.contract import (
    CHUNK_BYTES,
    Adoption,
    BlobExistsError,
    BlobMissingError,
    BlobStore,
    StorageUnavailableError,
    new_blob_key,
    new_stage_key,
)
from pocketvault.kernel.blobs.files import FileBlobStore
from pocketvault.kernel.blobs.memory import MemoryBlobStore

__all__ = [
    "CHUNK_BYTES",
    "Adoption",
    "BlobExistsError",
    "BlobMissingError",
    "BlobStore",
    "StorageUnavailableError",
    "new_blob_key",
    "new_stage_key",
    "second_store",
    "spare_store",
    "store",
    "stores",
]


@cache
def store() -> BlobStore:
    """The store this deployment uses, made once per process. Safe to use from threads."""
    return _made_from(settings.BLOBS)


@cache
def second_store() -> BlobStore | None:
    """Where a copy of every verified photo lies, or None."""
    return None if settings.BLOBS_COPY is None else _made_from(settings.BLOBS_COPY)


@cache
def spare_store() -> BlobStore:
    """Where the journal goes on when the store is full: whoever deletes makes room."""
    return FileBlobStore(Path(settings.VAR_DIR) / "journal")


def stores() -> list[BlobStore]:
    """Every store that may hold a photo: what is deleted has to leave all of them."""
    second = second_store()
    return [store()] if second is None else [store(), second]


def _made_from(chosen: Mapping[str, Any]) -> BlobStore:
    match chosen:
        case {"kind": "files", "root": root}:
            return FileBlobStore(root)
        case {"kind": "memory"}:
            return MemoryBlobStore()
        case {"kind": "s3", **options}:
            # By name: an S3 client costs every process half a second to import.
            remote: BlobStore = import_string("pocketvault.kernel.blobs.s3.S3BlobStore")(**options)
            return remote
    raise ImproperlyConfigured("BLOBS: the kind must be files, memory or s3")


@receiver(setting_changed, dispatch_uid="kernel.forget_blob_store")
def forget_store(*, setting: str, **_: object) -> None:
    """Make a store anew when a test changes it."""
    if setting == "BLOBS":
        store.cache_clear()
    if setting == "BLOBS_COPY":
        second_store.cache_clear()
