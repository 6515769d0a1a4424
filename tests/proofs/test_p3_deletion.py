"""P3. What is deleted is gone from everywhere, and so is a whole account, whatever is under way."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Account, KeyBundle
from images.actions.albums import AlbumDraft, ItemDraft, add_items, create_album
from images.actions.disposal import purge_image
from images.actions.storing import commit_image
from images.errors import ImageGoneError
from images.models import Album, DiscardedBlob, Image, Upload
from pocketvault.kernel import custody, work
from pocketvault.kernel.blobs import BlobStore
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.models import EpochKey
from rights.actions.closing import close_account
from rights.actions.erasing import settle_closings
from rights.actions.settling import settle_removals
from rights.models import Deletion, DeletionState, Receipt
from sharing.models import Publication, Rendition
from tests.factories import open_session, wrapped_key
from tests.images.conftest import own_store
from tests.images.making import draft, sealed_record, store_image, upload
from tests.images.test_deleting import everything, found_in
from tests.sharing import publicity
from tests.sharing.signing_albums import person
from tests.sharing.signing_groups import become_contacts, own_photo, share_album

__all__ = ["own_store"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]


@pytest.fixture(autouse=True)
def noon() -> Iterator[datetime]:
    moment = datetime(2027, 3, 1, 12, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        EpochKey.objects.update(made_at=moment)
        yield moment


def settled(deletion: Deletion) -> str:
    work.run_due_jobs()
    settle_removals()
    deletion.refresh_from_db()
    return str(deletion.state)


def test_nothing_anywhere_recognises_an_erased_account(
    alice: Account, bob: Account, own_store: BlobStore, tmp_path: Path
) -> None:
    """No table, blob, file or counter holds the address, a key, a ciphertext, a digest, a mark or
    the name of a device."""
    content, mark, in_album = secrets.token_bytes(3000), secrets.token_bytes(32), wrapped_key()
    image = store_image(alice, content, fingerprint=mark, marks=b"M" * 40, corrections=b"C" * 40)
    album = AlbumDraft(wrapped_album_key=wrapped_key(), settings=sealed_record())
    create_album(uuid7(), album, actor=alice)
    item = ItemDraft(image_id=image.pk, version=1, wrapped_content_key=in_album)
    add_items(Album.objects.get(), [item], actor=alice)
    become_contacts(alice, bob)
    own_photo(share_album(alice, bob), alice)
    unfinished = secrets.token_bytes(500)
    upload(alice, unfinished)
    opened = open_session(alice, step_up_until=timezone.now() + timedelta(minutes=5))
    opened.session.device_name = "Alice's unmistakable telephone"
    opened.session.save()
    bundle = KeyBundle.objects.get(account=alice)
    markers = {
        "address": alice.email.encode(),
        "ciphertext": content[:64],
        "unfinished upload": unfinished[:64],
        "digest": bytes(image.parts.get().sha256),
        "duplicate mark": mark,
        "metadata": bytes(image.versions.get().metadata),
        "marks": b"M" * 40,
        "corrections": b"C" * 40,
        "key bundle": bytes(bundle.sealed),
        "public key": bytes(bundle.identity_public_key),
        "device": opened.session.device_name.encode(),
        **{f"{row.purpose} envelope": bytes(row.sealed) for row in image.envelopes.all()},
    }
    assert found_in(everything(own_store, tmp_path), markers) == set(markers)

    close_account(uuid7(), secret=secrets.token_bytes(32), wait_days=0, session=opened.session)
    work.run_due_jobs()
    settle_closings()
    work.run_due_jobs()

    assert found_in(everything(own_store, tmp_path), markers) == set()
    assert Receipt.objects.filter(kind="account.erased").count() == 1


def test_deleting_while_a_replacement_is_on_its_way(alice: Account) -> None:
    image = store_image(alice)
    arriving = draft(alice)

    purge_image(image, actor=alice)
    with pytest.raises(ImageGoneError):
        commit_image(image.pk, arriving, actor=alice)

    assert settled(Deletion.objects.get()) == DeletionState.ACTIVE_REMOVED
    assert Upload.objects.count() == 1  # bytes that are no photo: given up in their own time
    assert not Image.objects.exists()


def test_deleting_while_it_is_shared(alice: Account, bob: Account) -> None:
    become_contacts(alice, bob)
    own_photo(share_album(alice, bob), alice)

    purge_image(Image.objects.get(), actor=alice)

    assert settled(Deletion.objects.get()) == DeletionState.ACTIVE_REMOVED
    assert len(Receipt.objects.get(kind="deleted.active").body.open()) > 0


def test_deleting_what_everyone_sees_waits_for_the_public_pictures_too(
    alice: Account, own_store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = person(alice)
    publicity.open_profile(owner)
    shown = publicity.as_live(publicity.publish(owner))
    rendition = Rendition.objects.get(publication=shown)
    Receipt.objects.all().delete()

    purge_image(shown.image, actor=alice)
    assert not Publication.objects.exists()
    owed = DiscardedBlob.objects.get(blob_key=rendition.blob_key)
    # All but the public picture are gone.
    DiscardedBlob.objects.exclude(pk=owed.pk).delete()
    settle_removals()
    assert Deletion.objects.get().state == DeletionState.RECEIVED

    assert settled(Deletion.objects.get()) == DeletionState.ACTIVE_REMOVED
    assert not own_store.exists(rendition.blob_key)


def test_deleting_while_everything_is_being_exported(alice: Account) -> None:
    images = [store_image(alice) for _ in range(3)]
    [custodian] = [each for each in custody.custodians() if each.app_label == "images"]
    export = custodian.export(alice.pk)
    first = next(export)
    assert json.loads(b"".join(first.read()))

    purge_image(images[0], actor=alice)
    purge_image(images[1], actor=alice)

    assert settled(Deletion.objects.first()) == DeletionState.ACTIVE_REMOVED
    assert Image.objects.count() == 1


def test_deleting_twice_at_once_is_one_deletion(alice: Account, api: APIClient) -> None:
    image = store_image(alice)
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {open_session(alice).token}")
    path = f"/api/v1/images/{image.pk}"

    assert [api.delete(path).status_code for _ in range(3)] == [204, 410, 410]

    assert Deletion.objects.count() == 1
