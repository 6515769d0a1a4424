"""Archives: what is in one, how it is made, told and ended."""

from __future__ import annotations

import hashlib
import io
import json
import random
import secrets
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.audit import AuditTag
from accounts.models import Account, AuditEvent
from images.actions.disposal import purge_image
from images.actions.freeing import discard_orphan_blobs, free_discarded_blobs
from images.actions.versions import remake_part
from images.errors import PartLostError
from images.models import DiscardedBlob, Envelope, Image, ImagePart, PartName
from images.signals import image_purging
from pocketvault.kernel import rotation, work
from pocketvault.kernel.blobs import BlobStore, store
from pocketvault.kernel.custody import custodians
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.stores import stores
from rights.actions import packing, stretching
from rights.actions.archives import ask_for_archive, forget_archives, keep_archives_in_order
from rights.actions.issuing import issue_owed
from rights.actions.keeping_log import found_log
from rights.actions.packing import pack_archive
from rights.actions.receipts import owe_receipt, take_receipt
from rights.actions.stretching import ArchiveOverError
from rights.archive_errors import ArchiveEndedError
from rights.archives.stretch import Stretch, StretchBrokenError
from rights.models import (
    Archive,
    ArchiveEnd,
    ArchiveKey,
    ArchiveState,
    ArchiveStretch,
    Receipt,
    ReceiptBody,
    ReceiptKind,
)
from rights.receivers import on_image_purging_end_archives
from tests.factories import app_of
from tests.images.making import bytes_of, part, store_image
from tests.reference_client.crypto.receipt import check_receipt
from tests.rights.conftest import DELETED, GiveReceipt

pytestmark = pytest.mark.usefixtures("own_store")
PHOTOS = 7


@pytest.fixture
def images(alice: Account) -> list[Image]:
    return [
        store_image(alice, secrets.token_bytes(300_000 + n), thumbnail=b"t%d" % n)
        for n in range(PHOTOS)
    ]


@pytest.fixture
def archive(alice: Account, images: list[Image]) -> Archive:
    """A ready one."""
    return made(alice)


def made(account: Account) -> Archive:
    asked = ask_for_archive(actor=account)
    pack_archive(asked.pk)
    return Archive.objects.get(pk=asked.pk)


def address(archive: Archive, more: str = "/content") -> str:
    return f"/api/v1/archives/{archive.pk}{more}"


def take_into(taken: bytearray, chunks: Iterator[bytes]) -> None:
    """Take what comes, however it ends."""
    for chunk in chunks:
        taken += chunk


def whole(app: APIClient, archive: Archive) -> bytes:
    answer = app.get(address(archive))
    assert answer.status_code == 200, answer.content
    return bytes_of(answer)


def opened(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def test_it_holds_all_that_every_custodian_exports(
    alice: Account, alice_app: APIClient, archive: Archive
) -> None:
    members = opened(whole(alice_app, archive))
    exported = {item.path for each in custodians() for item in each.export(alice.pk)}

    own = {"README.txt", "open-archive.html", "archive.json", "manifest-sha256.txt"}
    assert set(members) == exported | own
    for row in ImagePart.objects.filter(image__owner=alice):
        content = members[f"images/{row.image_id}/{row.version}-{row.name}.bin"]
        assert hashlib.sha256(content).digest() == bytes(row.sha256)


def test_receipts_that_were_not_taken_are_in_it_and_hold_without_us(
    alice: Account, alice_app: APIClient, images: list[Image], give_receipt: GiveReceipt
) -> None:
    ready, taken = give_receipt(), give_receipt()
    take_receipt(taken)
    members = opened(whole(alice_app, made(alice)))

    listed = json.loads(members["receipts/receipts.json"])["items"]
    assert {each["id"]: each["standing"] for each in listed} == {
        str(ready.pk): "ready", str(taken.pk): "taken",
    }  # fmt: skip
    name = f"receipts/receipt-{ready.kind.replace('.', '-')}-{ready.pk}.json"
    assert {path for path in members if path.startswith("receipts/")} == {
        name, "receipts/receipts.json",
    }  # fmt: skip
    key = alice_app.get("/log/key").content.decode().strip()
    proven = check_receipt(members[name].decode(), key)
    assert proven.receipt["id"] == str(ready.pk)
    # It was given along, and not taken: it can still be had here.
    assert ReceiptBody.objects.filter(pk=ready.pk).exists()


def test_a_receipt_that_no_checkpoint_covers_is_not_called_one_that_is_proven(
    alice: Account, alice_app: APIClient, images: list[Image], give_receipt: GiveReceipt
) -> None:
    give_receipt()
    owe_receipt(ReceiptKind.DELETED_FINAL, account_id=alice.pk, about=uuid7(), facts=DELETED)
    assert issue_owed(found_log()) == 1  # signed, and not in the log yet
    receipt = Receipt.objects.get(kind=ReceiptKind.DELETED_FINAL)
    members = opened(whole(alice_app, made(alice)))

    [path] = [each for each in members if str(receipt.pk) in each]
    assert path.startswith("receipts/unproven-")
    assert json.loads(members[path])["receipt"]["id"] == str(receipt.pk)


def test_the_manifest_names_every_member_but_itself(
    alice_app: APIClient, archive: Archive
) -> None:
    members = opened(whole(alice_app, archive))
    lines = members.pop("manifest-sha256.txt").decode().splitlines()

    assert dict(line.split("  ", 1)[::-1] for line in lines) == {
        path: hashlib.sha256(content).hexdigest() for path, content in members.items()
    }


def test_wraps_are_in_it_without_the_seal(
    alice: Account, alice_app: APIClient, archive: Archive
) -> None:
    data = whole(alice_app, archive)
    members = opened(data)
    for row in Envelope.objects.filter(image__owner=alice, purpose="content"):
        document = json.loads(members[f"images/{row.image_id}.json"])
        assert document["wrapped_content_key"] is not None
    keys = json.loads(members["account/keys.json"])

    assert keys["wrapped_account_key_recovery"]
    assert json.loads(members["archive.json"])["missing"] == []


def test_nothing_of_a_wrap_lies_in_the_store(
    alice: Account, alice_app: APIClient, archive: Archive, own_store: BlobStore
) -> None:
    """What a copy of the disk holds: only whoever has the epoch key opens a stretch."""
    members = opened(whole(alice_app, archive))
    wraps = [
        json.loads(members[f"images/{image.pk}.json"])["wrapped_content_key"].encode()
        for image in Image.objects.all()
    ]
    keys = list(own_store.keys())
    lying = b"".join(b"".join(own_store.read(key)) for key in keys)

    assert len(wraps) == PHOTOS
    assert not any(wrap in lying for wrap in wraps)
    assert b"wrapped_account_key" not in lying


def test_an_archive_takes_no_room_for_ciphertext(
    archive: Archive, own_store: BlobStore
) -> None:
    own = sum(own_store.size(row.blob_key) for row in ArchiveStretch.objects.all())

    assert archive.size > PHOTOS * 300_000
    # But the page that opens it, and the documents.
    assert own < archive.size - PHOTOS * 300_000 + 10_000


def test_it_survives_that_its_epoch_is_rotated(
    alice_app: APIClient, archive: Archive
) -> None:
    before = whole(alice_app, archive)
    number = ArchiveKey.objects.get().epoch_number
    rotation.make_epoch(timezone.now())
    rotation.reseal_everything()

    assert ArchiveKey.objects.get().epoch_number > number
    assert whole(alice_app, archive) == before


def test_any_interruption_leads_to_the_same_file(
    alice_app: APIClient, archive: Archive
) -> None:
    """A hundred cuts at random, each taken up where it was left."""
    expected = hashlib.sha256(whole(alice_app, archive)).hexdigest()
    etag = alice_app.head(address(archive))["ETag"]
    chance, taken, cuts = random.Random(6), b"", 0
    while len(taken) < archive.size:
        answer = alice_app.get(
            address(archive), HTTP_RANGE=f"bytes={len(taken)}-", HTTP_IF_RANGE=etag
        )
        assert answer.status_code == 206
        rest = archive.size - len(taken)
        assert answer["Content-Range"] == f"bytes {len(taken)}-{archive.size - 1}/{archive.size}"
        left = rest if cuts >= 100 else chance.randint(1, max(1, archive.size // 60))
        for chunk in answer.streaming_content:
            taken += chunk[:left]
            left -= len(chunk[:left])
            if left == 0:
                break
        cuts += 1

    assert cuts > 60
    assert hashlib.sha256(taken).hexdigest() == expected


def test_a_validator_of_another_archive_begins_at_the_front(
    alice_app: APIClient, archive: Archive
) -> None:
    answer = alice_app.get(address(archive), HTTP_RANGE="bytes=5-", HTTP_IF_RANGE='"other"')

    assert answer.status_code == 200
    assert answer["ETag"] == f'"{archive.pk}"'
    assert alice_app.get(address(archive), HTTP_RANGE="bytes=99999999-").status_code == 416


def test_a_proxy_is_told_to_keep_no_copy(alice_app: APIClient, archive: Archive) -> None:
    answer = alice_app.head(address(archive))

    assert answer["X-Accel-Buffering"] == "no"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Content-Disposition"].startswith('attachment; filename="pocketvault-')
    assert answer["Content-Length"] == str(archive.size)


def test_asking_needs_a_fresh_proof_and_is_told(
    alice: Account, mailoutbox: list[object]
) -> None:
    refused = app_of(alice, has_stepped_up=False).post("/api/v1/archives")
    asked = app_of(alice).post("/api/v1/archives")
    work.run_due_jobs()

    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    assert asked.status_code == 201
    tags = AuditEvent.objects.filter(actor_id=alice.pk).values_list("tag", flat=True)
    assert AuditTag.ARCHIVE_ASKED in tags
    subjects = [letter.subject for letter in mail.outbox]
    assert "An archive of your vault was asked for" in subjects
    assert "Your archive is ready" in subjects


def test_taking_it_from_the_front_is_recorded(
    alice_app: APIClient, archive: Archive
) -> None:
    whole(alice_app, archive)
    bytes_of(alice_app.get(address(archive), HTTP_RANGE="bytes=9-"))

    assert AuditEvent.objects.filter(tag=AuditTag.ARCHIVE_TAKEN).count() == 1


def test_one_at_a_time_and_three_in_all(alice: Account, alice_app: APIClient) -> None:
    first = alice_app.post("/api/v1/archives")
    again = alice_app.post("/api/v1/archives")
    assert (again.status_code, again.json()["code"]) == (409, "archive_under_way")
    pack_archive(first.json()["id"])
    made(alice)
    made(alice)

    many = alice_app.post("/api/v1/archives")
    assert (many.status_code, many.json()["code"]) == (409, "too_many_archives")


def test_somebody_elses_is_not_found(mallory_app: APIClient, archive: Archive) -> None:
    for more in ("", "/content"):
        assert mallory_app.get(address(archive, more)).status_code == 404
    assert mallory_app.delete(address(archive, "")).status_code == 404
    assert mallory_app.get("/api/v1/archives").json() == {"items": []}


def test_before_it_is_ready_there_is_nothing_to_take(
    alice: Account, alice_app: APIClient
) -> None:
    asked = ask_for_archive(actor=alice)

    answer = alice_app.get(address(asked))
    assert (answer.status_code, answer.json()["code"]) == (409, "archive_not_ready")


def test_it_expires_after_seven_days(
    alice_app: APIClient, archive: Archive, own_store: BlobStore
) -> None:
    keys = [row.blob_key for row in ArchiveStretch.objects.all()]
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        keep_archives_in_order()
    free_discarded_blobs()

    answer = alice_app.get(address(archive))
    assert (answer.status_code, answer.json()["code"]) == (410, "archive_ended")
    assert answer.json()["ended_by"] == "its_time"
    assert keys
    assert not any(own_store.exists(key) for key in keys)
    assert not ArchiveKey.objects.exists()


def test_it_is_forgotten_after_a_month(archive: Archive) -> None:
    for days in (8, 40):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            keep_archives_in_order()

    assert not Archive.objects.exists()


def test_it_dies_with_any_photo_in_it(
    alice: Account, alice_app: APIClient, archive: Archive, images: list[Image]
) -> None:
    purge_image(images[3], actor=alice)

    archive.refresh_from_db()
    assert (archive.state, archive.ended_by) == (ArchiveState.EXPIRED, ArchiveEnd.PHOTO_DELETED)
    assert not ArchiveKey.objects.exists()
    assert not ArchiveStretch.objects.exists()
    assert alice_app.get(address(archive)).status_code == 410


def test_it_lives_on_when_a_photo_goes_that_came_later(
    alice: Account, alice_app: APIClient, archive: Archive
) -> None:
    later = store_image(alice, b"later")
    purge_image(later, actor=alice)

    archive.refresh_from_db()
    assert archive.state == ArchiveState.READY
    whole(alice_app, archive)


def test_a_photo_that_goes_while_it_is_packed_ends_it(
    alice: Account, images: list[Image], own_store: BlobStore
) -> None:
    asked = ask_for_archive(actor=alice)
    pack_archive(asked.pk, seconds=0)
    purge_image(images[0], actor=alice)
    pack_archive(asked.pk)

    asked.refresh_from_db()
    assert asked.state == ArchiveState.EXPIRED
    assert not ArchiveStretch.objects.exists()


def test_a_photo_that_goes_during_a_download_ends_the_connection(
    alice: Account, alice_app: APIClient, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretching, "STRETCH_BYTES", 1)
    archive = made(alice)
    expected = whole(alice_app, archive)
    answer = alice_app.get(address(archive))
    chunks, taken = iter(answer.streaming_content), b""
    while len(taken) < len(expected) // 2:
        taken += next(chunks)
    purge_image(images[-1], actor=alice)
    free_discarded_blobs()

    rest = bytearray()
    with pytest.raises(ArchiveEndedError):
        take_into(rest, chunks)
    taken += bytes(rest)
    assert expected.startswith(taken)
    assert len(taken) < len(expected)


def test_a_thumbnail_that_is_made_again_ends_it_without_wrong_bytes(
    alice: Account, alice_app: APIClient, archive: Archive, images: list[Image]
) -> None:
    remake_part(images[2], 1, part(alice, PartName.THUMBNAIL, b"new"), actor=alice)
    free_discarded_blobs()

    with pytest.raises(PartLostError):
        bytes_of(alice_app.get(address(archive)))
    archive.refresh_from_db()
    assert archive.ended_by == ArchiveEnd.PHOTO_CHANGED


def test_what_is_damaged_is_left_out_and_named(
    alice: Account, alice_app: APIClient, images: list[Image], own_store: BlobStore
) -> None:
    row = ImagePart.objects.get(image=images[1], name=PartName.ORIGINAL)
    path = own_store.local_path(row.blob_key)
    assert path is not None
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)

    archive = made(alice)

    name = f"images/{images[1].pk}/1-original.bin"
    members = opened(whole(alice_app, archive))
    assert archive.missing == 1
    assert name not in members
    assert json.loads(members["archive.json"])["missing"] == [name]


def test_turns_lead_to_the_same_archive_as_one(
    alice: Account, alice_app: APIClient, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = opened(whole(alice_app, made(alice)))
    monkeypatch.setattr(stretching, "STRETCH_BYTES", 1)
    asked = ask_for_archive(actor=alice)
    turns = 0
    while Archive.objects.get(pk=asked.pk).state != ArchiveState.READY:
        pack_archive(asked.pk, seconds=0)
        turns += 1
    by_turns = opened(whole(alice_app, Archive.objects.get(pk=asked.pk)))

    assert turns > PHOTOS
    changing = {"archive.json", "manifest-sha256.txt", "rights/archives.json"}
    changing |= {"account/events.json", "account/devices.json", "account/account.json"}
    # The second one tells that it was asked for, too.
    (asking,) = set(by_turns) - set(at_once)
    assert asking.startswith("requests/")
    assert set(at_once) < set(by_turns)
    assert all(at_once[path] == by_turns[path] for path in set(at_once) - changing)


def test_whoever_was_overtaken_keeps_nothing(
    alice: Account, images: list[Image], own_store: BlobStore
) -> None:
    asked = ask_for_archive(actor=alice)
    first = packing._begin_turn(asked.pk)
    packing._pack_front(first)
    slow = stretching.Packer(first)
    slow.stretch.say(b"words of the slow one")
    packing._begin_turn(asked.pk)
    before = set(own_store.keys())

    with pytest.raises(ArchiveOverError):
        slow.keep()
    assert set(own_store.keys()) == before


def test_a_stretch_opens_in_its_place_only(archive: Archive) -> None:
    row = ArchiveStretch.objects.order_by("number").first()
    assert row is not None
    key = ArchiveKey.objects.get().open()
    sealed = b"".join(store().read(row.blob_key))

    Stretch.open(key, sealed, archive_id=archive.pk, number=0)
    with pytest.raises(StretchBrokenError):
        Stretch.open(key, sealed, archive_id=archive.pk, number=1)
    with pytest.raises(StretchBrokenError):
        Stretch.open(bytes(32), sealed, archive_id=archive.pk, number=0)


def test_a_lost_job_is_owed_again(alice: Account, images: list[Image]) -> None:
    asked = ask_for_archive(actor=alice)
    work.Job.objects.all().delete()
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        keep_archives_in_order()
        work.run_due_jobs()

    asked.refresh_from_db()
    assert asked.state == ArchiveState.READY


def test_what_never_gets_whole_is_given_up(alice: Account) -> None:
    asked = ask_for_archive(actor=alice)
    with time_machine.travel(timezone.now() + timedelta(days=3, seconds=1)):
        keep_archives_in_order()

    asked.refresh_from_db()
    assert (asked.state, asked.ended_by) == (ArchiveState.FAILED, ArchiveEnd.TOOK_TOO_LONG)
    assert ask_for_archive(actor=alice).state == ArchiveState.ASKED


def test_the_map_looks_whether_an_archive_still_names_a_deleted_photo(
    alice: Account, archive: Archive, images: list[Image]
) -> None:
    """It would see one: the receiver that ends archives is left out here."""
    later = store_image(alice, b"later")
    gone = [images[0].pk, later.pk]
    image_purging.disconnect(dispatch_uid="rights.end_archives")
    try:
        purge_image(images[0], actor=alice)
    finally:
        image_purging.connect(
            on_image_purging_end_archives, dispatch_uid="rights.end_archives"
        )
    purge_image(later, actor=alice)

    [spec] = [spec for spec in stores() if spec.name == "rights.archives"]
    assert spec.remaining is not None
    assert spec.remaining(gone) == {images[0].pk}


def test_removing_it_takes_everything_along(
    alice_app: APIClient, archive: Archive, own_store: BlobStore
) -> None:
    keys = [row.blob_key for row in ArchiveStretch.objects.all()]
    assert alice_app.delete(address(archive, "")).status_code == 204
    free_discarded_blobs()

    assert alice_app.get(address(archive, "")).status_code == 404
    assert not any(own_store.exists(key) for key in keys)


def test_the_sweep_for_orphans_leaves_stretches_alone(
    alice_app: APIClient, archive: Archive
) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        discard_orphan_blobs()

    assert not DiscardedBlob.objects.exists()
    whole(alice_app, archive)


def test_erasing_the_person_takes_archives_along(alice: Account, archive: Archive) -> None:
    assert forget_archives(Archive.objects.owned_by(alice)) == 1
    assert not ArchiveStretch.objects.exists()


def test_an_empty_vault_has_an_archive_too(alice: Account, alice_app: APIClient) -> None:
    members = opened(whole(alice_app, made(alice)))

    assert "account/keys.json" in members


def test_while_the_vault_is_shut_nothing_is_asked_for_or_taken(
    alice: Account, alice_app: APIClient, archive: Archive
) -> None:
    alice.vault_shut_at = timezone.now()
    alice.save(update_fields=["vault_shut_at"])

    assert alice_app.post("/api/v1/archives").json()["code"] == "vault_shut"
    assert alice_app.get(address(archive)).json()["code"] == "vault_shut"
