"""What takes room in a vault besides stored parts."""

from __future__ import annotations

from importlib import import_module

from django.apps import apps
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Account
from images import quota
from images.actions.disposal import purge_image
from images.models import Correction
from pocketvault.kernel.fields import to_base64url
from tests.images.making import RECORD_BYTES, sealed_record, store_image

API = "/api/v1"


def test_corrections_take_room_until_the_photo_goes(
    alice: Account, alice_app: APIClient
) -> None:
    image = store_image(alice, b"x" * 500, corrections=b"c" * 40)
    assert quota.usage_of(alice.pk).used_bytes == 540
    Account.objects.filter(pk=alice.pk).update(own_limit_bytes=540 + 2 * RECORD_BYTES)
    address = f"{API}/images/{image.pk}/corrections"

    def add(revision: int) -> tuple[int, str]:
        body = {"revision": revision, "corrections": to_base64url(sealed_record())}
        answer = alice_app.post(address, body, format="json")
        return answer.status_code, answer.json().get("code", "")

    assert [add(revision) for revision in (2, 3, 4)] == [
        (201, ""), (201, ""), (413, "quota_reached"),
    ]
    assert Correction.objects.count() == 3
    assert quota.usage_of(alice.pk).used_bytes == 540 + 2 * RECORD_BYTES
    assert alice_app.get("/api/v1/me").json()["quota"]["used_bytes"] == 540 + 2 * RECORD_BYTES

    purge_image(image, actor=alice)

    assert quota.usage_of(alice.pk).used_bytes == 0


def test_corrections_from_before_they_were_counted_are_counted_by_the_migration(
    alice: Account,
) -> None:
    image = store_image(alice, b"x" * 500)
    Correction.objects.create(
        image=image, revision=1, ciphertext=b"c" * 70, made_at=timezone.now()
    )
    counting = import_module("images.migrations.0003_count_corrections")

    counting.count_corrections(apps, None)

    assert quota.usage_of(alice.pk).used_bytes == 570
    purge_image(image, actor=alice)
    assert quota.usage_of(alice.pk).used_bytes == 0
