"""What a library holds already of originals that somebody is about to send.

A client that hears "already there" throws its own copy away. So it is said only of a
photo that stays, and after looking that its bytes are there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Account
from images.models import ImagePart
from pocketvault.kernel.blobs import BlobMissingError, store


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """An image whose original has one of the duplicate marks (32 bytes) asked about.

    ``is_binned``: it goes on its day unless it is restored. ``is_damaged``: the bytes of
    its original are gone or are not those that came, and only a replacement brings them back.
    """

    fingerprint: bytes
    image_id: UUID
    version: int
    is_binned: bool
    is_damaged: bool

    @property
    def is_safe(self) -> bool:
        """True when there is no need to send the photo again."""
        return not (self.is_binned or self.is_damaged)


def twins_of(account: Account, fingerprints: Iterable[bytes]) -> list[Twin]:
    """The account's images with one of these duplicate marks. One query, and one look into
    the store for each that is found; raises `StorageUnavailableError`.
    """
    originals = ImagePart.objects.current_originals().filter(
        image__owner=account, image__fingerprint__in=list(fingerprints)
    )
    rows = originals.values_list(
        "image__fingerprint", "image_id", "version", "image__binned_at",
        "is_damaged", "blob_key", "bytes",
    )  # fmt: skip
    return [
        Twin(
            fingerprint=bytes(mark), image_id=image_id, version=version,
            is_binned=binned_at is not None,
            is_damaged=is_damaged or not _is_whole(blob_key, size),
        )
        for mark, image_id, version, binned_at, is_damaged, blob_key, size in rows
        if mark is not None
    ]  # fmt: skip


def _is_whole(blob_key: str, size: int) -> bool:
    try:
        return store().size(blob_key) == size
    except BlobMissingError:
        return False
