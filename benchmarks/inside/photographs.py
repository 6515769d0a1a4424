"""Photos of somebody whose key is at hand, so that their own devices open them."""

from __future__ import annotations

import os
from datetime import datetime
from uuid import UUID

from accounts.models import Account
from benchmarks.inside.library import Sealed, fill
from pocketvault.demo.photographs import take_photograph
from tests.reference_client.clean import without_metadata
from tests.reference_client.crypto.record import seal_record
from tests.reference_client.crypto.stream import encrypt_content
from tests.reference_client.crypto.wrap import derive_wrapping_key, wrap_key
from tests.reference_client.documents import CaptureTime, Metadata
from tests.reference_client.images import KEY_BYTES, THUMBNAIL
from tests.reference_client.keyring import Keyring
from tests.reference_client.thumbnails import Thumbnails, make_thumbnails
from tests.reference_client.wire import to_text

PRINTS = 8
CLOCK = datetime(2026, 8, 1, 12)  # noqa: DTZ001 - a camera has no zone


def run(account: str, key: str, photos: int, seen: int) -> int:
    """Store so many; the newest ``seen`` of them have a thumbnail. ``key`` is the account key."""
    keys = Keyring(account_id=account, account_key=bytes.fromhex(key))
    prints = [_print(seed) for seed in range(PRINTS)]
    wrapping_key = derive_wrapping_key(keys.account_key)

    def seal(number: int, image_id: UUID) -> Sealed:
        record, shown = str(image_id), prints[number % PRINTS]
        content_key, record_key = os.urandom(KEY_BYTES), os.urandom(KEY_BYTES)
        metadata = _metadata(number, shown).to_json()
        picture = keys.content(record, 1, THUMBNAIL)
        return Sealed(
            content_key=wrap_key(content_key, wrapping_key, keys.content_key(record, 1)),
            record_key=wrap_key(record_key, wrapping_key, keys.record_key(record)),
            metadata=seal_record(metadata, record_key, keys.context("metadata", record)),
            thumbnail=encrypt_content(shown.thumbnail, content_key, picture)
            if number >= photos - seen
            else None,
        )

    return len(fill(Account.objects.get(pk=account), photos, seal=seal))


def _print(seed: int) -> Thumbnails:
    clock = CLOCK.replace(second=seed)
    return make_thumbnails(without_metadata(take_photograph(seed, taken_at=clock).jpeg))


def _metadata(number: int, shown: Thumbnails) -> Metadata:
    return Metadata(
        name=f"photo-{number}.jpg", kind="jpeg", media_type="image/jpeg", size=4_100_123,
        width=shown.width, height=shown.height, thumbhash=to_text(shown.thumbhash),
        captured_at=CaptureTime(local="2026-08-01T12:00:00", zone="+01:00"),
    )  # fmt: skip
