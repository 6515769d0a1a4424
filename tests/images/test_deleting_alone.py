"""What leaves is what was meant, all of it or nothing, and nothing else of anybody's."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from django.db.models.signals import post_delete
from django.utils import timezone

from accounts.models import Account, KeptAnswer, Preferences
from images import quota
from images.actions.correcting import Revision, add_correction
from images.actions.disposal import bin_images, purge_again, purge_image, purge_images
from images.models import DiscardedBlob, Image, Tombstone
from tests.images.making import store_image

pytestmark = pytest.mark.usefixtures("own_store")


def test_putting_some_away_leaves_all_others_where_they_are(
    alice: Account, mallory: Account, image: Image
) -> None:
    Preferences.objects.update_or_create(account=alice, defaults={"recycle_bin_days": 7})
    mine, others = store_image(alice), store_image(mallory)

    bin_images([image.pk, others.pk], actor=alice)

    assert set(Image.objects.filter(binned_at=None, purge_at=None)) == {mine, others}


def test_answers_that_told_of_a_photo_go_with_it_and_others_stay(
    alice: Account, image: Image
) -> None:
    other = store_image(alice)
    for about in (image, other):
        kept_answer(alice, about)

    purge_image(image, actor=alice)

    assert KeptAnswer.objects.get().subject_id == other.pk


def kept_answer(account: Account, about: Image) -> None:
    """As a repeated request finds it."""
    now = timezone.now()
    KeptAnswer(
        account=account, key_digest=secrets.token_bytes(32), request_digest=bytes(32),
        subject_id=about.pk, status=200, leased_until=now, made_at=now,
    ).seal(b"{}").save(force_insert=True)  # fmt: skip


def test_a_purge_gives_back_the_room_of_that_photo_and_its_corrections_alone(
    alice: Account, image: Image
) -> None:
    other = store_image(alice)
    alone = quota.usage_of(alice.pk).used_bytes - sum(part.bytes for part in image.parts.all())
    for each, size in ((image, 300), (other, 500)):
        add_correction(each, Revision(1, bytes(size)), actor=alice)

    purge_image(image, actor=alice)

    assert quota.usage_of(alice.pk).used_bytes == alone + 500


@pytest.mark.parametrize("act", [
    lambda image: purge_images([image.pk], actor=image.owner),
    lambda image: purge_again([image.pk], owner_id=image.owner_id),
])  # fmt: skip
def test_a_purge_that_fails_halfway_has_done_nothing(
    image: Image, act: Callable[[Image], object]
) -> None:
    def receiver(**_: object) -> None:
        raise RuntimeError

    post_delete.connect(receiver, sender=Image, weak=False)
    try:
        with pytest.raises(RuntimeError):
            act(image)
    finally:
        post_delete.disconnect(receiver, sender=Image)

    assert image.parts.count() == 2
    assert not Tombstone.objects.exists()
    assert not DiscardedBlob.objects.exists()
