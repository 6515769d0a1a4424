"""Documents made from columns say what model objects would say, byte by byte."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Account
from images.actions.albums import AlbumDraft, ItemDraft, add_items, create_album
from images.actions.counting import distrust_all_counts
from images.actions.spelling import respell
from images.api.documents import text_of
from images.models import (
    PLAIN_PARTS,
    Album,
    AlbumItem,
    Correction,
    EnvelopePurpose,
    Image,
    ImagePart,
    ImageVersion,
    PartName,
)
from images.models.image import envelope
from pocketvault.kernel.blobs import new_blob_key
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from tests.factories import wrapped_key
from tests.images.making import sealed_record, store_image

pytestmark = pytest.mark.usefixtures("own_store")
SYNC = "/api/v1/sync"


def _document_by_models(image: Image) -> dict[str, object]:
    """The same document the slow way: from model objects, one question after the other."""
    number = image.version_number
    parts = image.parts.filter(version=number, name__in=PLAIN_PARTS).order_by("name")
    keys = {row.purpose: row for row in image.envelopes.filter(version__in=(1, number))}
    content = image.envelopes.get(purpose="content", version=number)
    correction = image.corrections.filter(revision=image.corrections_revision).first()
    times = [part.verified_at for part in parts]
    items = AlbumItem.objects.filter(image=image).order_by("added_at", "album_id")
    return {
        "id": str(image.pk),
        "owner_id": str(image.owner_id),
        "stored_at": text_of(image.stored_at),
        "verified_at": text_of(max(times)) if times and None not in times else None,
        "binned_at": text_of(image.binned_at) if image.binned_at else None,
        "purge_at": text_of(image.purge_at) if image.purge_at else None,
        "version": {
            "number": number,
            "parts": {
                part.name: {"bytes": part.bytes, "sha256": to_base64url(bytes(part.sha256))}
                for part in parts
            },
            "is_damaged": any(part.is_damaged for part in parts),
        },
        "wrapped_content_key": to_base64url(content.open()),
        "wrapped_record_key": to_base64url(keys["record"].open()),
        "metadata": to_base64url(bytes(image.versions.get(number=number).metadata)),
        "marks": {"number": image.marks_number, "sealed": to_base64url(bytes(image.marks))}
        if image.marks
        else None,
        "corrections": {
            "revision": correction.revision,
            "sealed": to_base64url(bytes(correction.ciphertext)),
        }
        if correction
        else None,
        "albums": [str(item.album_id) for item in items],
    }


def _second_version(image: Image) -> None:
    """A newer version beside the old one, and a clean copy of it."""
    at, digest = timezone.now(), b"d" * 32
    ImageVersion.objects.create(
        image=image, number=2, metadata=b"m2" * 40, stored_at=at, shown="not yet"
    )
    for name in (PartName.ORIGINAL, PartName.PREVIEW, PartName.CLEAN_ORIGINAL):
        ImagePart.objects.create(
            image=image, version=2, name=name, blob_key=new_blob_key(), bytes=12, sha256=digest
        )
    envelope(image.pk, EnvelopePurpose.CONTENT, 2, wrapped_key()).save()
    envelope(image.pk, EnvelopePurpose.CLEAN, 2, wrapped_key()).save()
    Image.objects.filter(pk=image.pk).update(version_number=2)


def test_a_page_says_the_same_bytes_as_model_objects_would(
    alice: Account, alice_app: APIClient
) -> None:
    """Every kind of image: bare and complete, read back and half read back, damaged, binned,
    of a second version with a clean copy, corrected twice, in two albums.
    """
    store_image(alice)
    full = store_image(alice, thumbnail=b"t" * 40, marks=b"m" * 40, corrections=b"c" * 40)
    half, damaged, binned, newer = (store_image(alice, thumbnail=b"t" * 40) for _ in range(4))
    at = datetime(2026, 3, 4, 5, 6, 7, 120_000, tzinfo=UTC)
    ImagePart.objects.filter(image__in=[full, damaged]).update(verified_at=at)
    originals = ImagePart.objects.filter(name="original")
    originals.filter(image=full).update(verified_at=at + timedelta(milliseconds=5))
    originals.filter(image=half).update(verified_at=at)
    originals.filter(image=damaged).update(is_damaged=True)
    Image.objects.filter(pk=binned.pk).update(binned_at=at, purge_at=at + timedelta(days=30))
    distrust_all_counts()
    _second_version(newer)
    Correction.objects.create(image=full, revision=2, ciphertext=b"c2" * 40, made_at=at)
    Image.objects.filter(pk=full.pk).update(corrections_revision=2)
    for _ in range(2):
        album_id, settings = uuid7(), sealed_record()
        new = AlbumDraft(wrapped_album_key=wrapped_key(), settings=settings)
        create_album(album_id, new, actor=alice)
        item = ItemDraft(image_id=full.pk, version=1, wrapped_content_key=wrapped_key())
        add_items(Album.objects.get(pk=album_id), [item], actor=alice)

    for version in ImageVersion.objects.all():
        respell(version.image_id, version.number)

    page = alice_app.get(SYNC).content
    expected = [_document_by_models(image) for image in Image.objects.all()]

    assert len(expected) == 6
    for document in expected:
        assert orjson.dumps(document) in page
