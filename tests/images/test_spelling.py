"""The ready text of a version says what its columns say, whoever wrote them last.

Beside what stands here, every test of images ends with that comparison (``conftest.py``).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import Account
from images.actions.cleaning import CleanDraft, store_clean_copy
from images.actions.disposal import purge_images
from images.actions.storing import PartDraft, VersionDraft
from images.actions.verifying import verify_image
from images.actions.versions import remake_part, replace_version
from images.models import Envelope, ImagePart, ImageVersion, PartName
from pocketvault.kernel.blobs import BlobStore
from pocketvault.kernel.fields import to_base64url
from tests.factories import wrapped_key
from tests.images.making import part, sealed_record, store_image
from tests.images.spelled import assert_spelled

pytestmark = pytest.mark.usefixtures("own_store")


def content(account: Account, *parts: PartDraft) -> VersionDraft:
    return VersionDraft(
        parts=parts, wrapped_content_key=wrapped_key(), metadata=sealed_record()
    )


def test_each_writer_of_a_version_or_a_part_writes_its_text(
    alice: Account, own_store: BlobStore
) -> None:
    image = store_image(alice, b"o" * 90, thumbnail=b"t" * 40)
    texts = [said()]

    def told(*, is_new: bool = True) -> None:
        assert_spelled()
        assert (said() != texts[-1]) is is_new
        texts.append(said())

    verify_image(image.pk)
    told()
    preview = part(alice, PartName.PREVIEW, b"p" * 50)
    remake_part(image, 1, preview, actor=alice)
    told()
    verify_image(image.pk)
    told()
    own_store.discard(ImagePart.objects.get(name="preview").blob_key)
    verify_image(image.pk)
    told()
    remake_part(image, 1, part(alice, PartName.PREVIEW, b"p" * 50), actor=alice)
    told()
    original = part(alice, PartName.ORIGINAL, b"2" * 80)
    replace_version(image, 2, content(alice, original), actor=alice)
    told()
    clean = [part(alice, PartName.CLEAN_ORIGINAL, b"c" * 70)]
    copy = CleanDraft(parts=clean, wrapped_content_key=wrapped_key())
    store_clean_copy(image, 2, copy, actor=alice)
    told(is_new=False)
    verify_image(image.pk)
    told()
    assert assert_spelled() == 2


def said() -> Sequence[str]:
    return list(ImageVersion.objects.order_by("number").values_list("shown", flat=True))


def test_a_text_leads_to_no_key(alice: Account) -> None:
    image = store_image(alice, thumbnail=b"t" * 40)
    opened = [row.open() for row in Envelope.objects.filter(image=image)]
    sealed = [bytes(row.sealed) for row in Envelope.objects.filter(image=image)]
    texts = [*said()]
    verify_image(image.pk)
    texts += said()

    assert len(opened) == 2
    assert len(set(texts)) == 2
    for spelled in [spelled for secret in [*opened, *sealed] for spelled in spellings_of(secret)]:
        assert not [text for text in texts if spelled in text]


def spellings_of(secret: bytes) -> Sequence[str]:
    """How bytes read in a text, whatever stands before and after them. Base64 spells them in three
    ways, by how many bytes stand before them; letters that depend on a neighbour are left out."""
    found = [secret.hex()]
    for before in range(3):
        text = to_base64url(bytes(before) + secret)
        found.append(text[(before * 8 + 5) // 6 : (before + len(secret)) * 8 // 6])
    return found


def test_a_text_goes_with_its_photo(alice: Account) -> None:
    image, kept = store_image(alice), store_image(alice)
    purge_images([image.pk], actor=alice)

    assert [row.image_id for row in ImageVersion.objects.all()] == [kept.pk]


def test_the_database_takes_no_version_without_a_text(alice: Account) -> None:
    store_image(alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        ImageVersion.objects.update(shown="")


@pytest.mark.django_db(transaction=True)
def test_two_who_change_different_parts_at_once_leave_nothing_out(alice: Account) -> None:
    """Each would read the other's part as it was before."""
    image = store_image(alice, thumbnail=b"t" * 40)
    drafts = [
        part(alice, PartName.PREVIEW, b"p" * 50), part(alice, PartName.THUMBNAIL, b"u" * 60),
    ]  # fmt: skip
    works = [lambda d=each: remake_part(image, 1, d, actor=alice) for each in drafts]
    works += [lambda: verify_image(image.pk)] * 2
    threads = [threading.Thread(target=in_a_connection_of_its_own(work)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert ImagePart.objects.count() == 3
    assert assert_spelled() == 1


@pytest.mark.django_db(transaction=True)
def test_a_part_made_again_is_not_forgotten_by_who_reads_the_others_back(alice: Account) -> None:
    """Without the image's lock the reader would go by the parts as they were before, and write
    its text after everybody else."""
    image = store_image(alice, thumbnail=b"t" * 40)
    draft = part(alice, PartName.THUMBNAIL, b"u" * 60)
    reading = threading.Thread(target=in_a_connection_of_its_own(lambda: verify_image(image.pk)))

    with transaction.atomic():
        remake_part(image, 1, draft, actor=alice)
        reading.start()
        until_somebody_waits()
    reading.join(30)

    assert not reading.is_alive()
    assert to_base64url(draft.sha256) in said()[0]
    assert assert_spelled() == 1


def in_a_connection_of_its_own(work: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        work()
        connection.close()

    return run


def until_somebody_waits() -> None:
    """Until another connection stands before what this one has locked. SQLite lets nobody else
    begin to write meanwhile, and cannot say who waits."""
    if connection.vendor != "postgresql":
        return
    asked = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    until = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(asked)
            if cursor.fetchone() == (1,):
                return
            time.sleep(0.02)
    pytest.fail("Nobody waited for what was locked.")


@pytest.mark.django_db(transaction=True)
def test_versions_from_before_get_their_text_in_batches(
    alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of a library that was there, and those that a killed migration left."""
    for number in range(5):
        image = store_image(alice, thumbnail=b"t" * 40 if number % 2 else None)
        if number % 3:
            verify_image(image.pk)
    ImagePart.objects.filter(image=image, name="original").update(is_damaged=True)
    replace_version(
        image, 2, content(alice, part(alice, PartName.ORIGINAL, b"2" * 80)), actor=alice
    )
    migration = import_module("images.migrations.0008_spell_versions")
    monkeypatch.setattr(migration, "AT_A_TIME", 2)
    call_command("migrate", "images", "0007", verbosity=0)
    try:
        done = ImageVersion.objects.first().pk
        ImageVersion.objects.exclude(pk=done).update(shown="")
    finally:
        # All apps: those above whose migrations build on these went back as well.
        call_command("migrate", verbosity=0)

    assert assert_spelled() == 6


@pytest.mark.django_db
def test_postgres_keeps_the_text_in_its_row_and_moves_the_metadata_out_instead() -> None:
    """Pages read the text of hundreds, and never the metadata beside it."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no second place for what is large")
    asked = (
        "SELECT attname, attstorage::text FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attname IN ('shown', 'metadata')"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [ImageVersion._meta.db_table])
        assert dict(cursor.fetchall()) == {"shown": "m", "metadata": "e"}
