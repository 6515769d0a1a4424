"""The drill: passes when both halves of the promise hold, and fails when either does not."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account
from images.models import Envelope, EnvelopePurpose, Image, ImagePart
from pocketvault.kernel import journal
from pocketvault.kernel.blobs import store
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.models import Restoration
from rights.actions import drilling
from rights.actions.drilling import hold_drill, hold_drill_if_due
from rights.backups import deleted_keys
from rights.models import Drill, OwedEntry, Sentinel
from tests.images.making import store_image
from tests.rights.places import own_places

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_places")]
__all__ = ["own_places"]


def test_a_drill_passes_is_stated_and_shown(client: Client, alice: Account) -> None:
    store_image(alice)
    empty = client.get("/drills")
    assert "No drill was held here yet" in empty.content.decode()
    cache.clear()

    drill = hold_drill()

    assert drill.finding == "passed"
    assert drill.is_kept_back
    assert drill.is_gone
    assert drill.sealed_count > 4
    assert drill.replayed_count >= 1
    stated = [o.statement for o in OwedEntry.objects.all()]
    assert any("drill.held" in str(statement) for statement in stated)
    assert "The last drill passed" in client.get("/drills").content.decode()
    [facts] = client.get("/drills.json").json()["drills"]
    assert facts["finding"] == "passed"
    assert facts["deleted_photo_stayed_away"] is True
    # The real database is as it was: alice's photo, and the one that the drill keeps.
    assert Image.objects.count() == 2
    assert not drilling.has_failed()


def test_without_the_replay_the_deleted_photo_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "write", lambda *_, **__: None)
    drill = hold_drill()
    assert drill.finding == "deleted_photo_came_back"
    assert drilling.has_failed()
    with pytest.raises(SystemExit):
        call_command("drill")


@pytest.mark.by_hand
def test_a_key_that_was_copied_into_a_row_of_somebody_else_is_found(
    alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row is gone and its context with it; the bytes themselves are still there."""
    bystander = store_image(alice)
    purge = drilling.purge_images

    def purge_with_a_leak(ids: list[UUID], *, actor: Account) -> None:
        leaking = Envelope.objects.filter(image__in=ids, purpose=EnvelopePurpose.CONTENT).get()
        theirs = Envelope.objects.filter(image=bystander.pk)
        theirs.update(sealed=leaking.sealed, epoch_number=leaking.epoch_number)
        purge(ids, actor=actor)

    monkeypatch.setattr(drilling, "purge_images", purge_with_a_leak)
    assert hold_drill().finding == "deleted_photo_came_back"


@pytest.mark.by_hand
def test_a_key_of_any_earlier_drill_is_found(alice: Account) -> None:
    assert hold_drill().has_passed
    lost = Sentinel.objects.get(is_kept=False)
    bystander = Envelope.objects.filter(image=store_image(alice).pk).first()
    assert bystander is not None
    lost.key_digest = hashlib.sha256(bystander.open()).digest()
    lost.deleted_at = timezone.now() - timedelta(days=300)
    lost.save()
    assert hold_drill().finding == "deleted_photo_came_back"


@pytest.mark.by_hand
def test_a_drill_costs_no_more_for_those_that_were_held_before(
    alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decryptions, counted: as many after a year of drills as after the first."""
    store_image(alice)
    assert hold_drill().has_passed
    decrypted: list[int] = []
    whole = deleted_keys.Cipher

    def counted(*given: Any) -> Any:
        decrypted.append(1)
        return whole(*given)

    monkeypatch.setattr(deleted_keys, "Cipher", counted)

    def tries() -> tuple[int, int]:
        decrypted.clear()
        with CaptureQueriesContext(connection) as asked:
            drill = hold_drill()
        assert drill.has_passed
        assert len(decrypted) >= drill.sealed_count > 4
        return len(decrypted), len(asked)

    first, asked = tries()
    Sentinel.objects.bulk_create(
        Sentinel(
            image_id=uuid7(), made_at=timezone.now(), is_kept=False, sha256=token_bytes(32),
            key_digest=token_bytes(32), deleted_at=timezone.now() - timedelta(days=7 * week),
        )
        for week in range(52)
    )  # fmt: skip
    second, asked_again = tries()
    # What a drill itself leaves behind is sealed too: a few entries of the public log.
    assert second - first < 10
    assert asked_again - asked < 10


def test_a_kept_photo_whose_bytes_changed_is_found(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    assert hold_drill().has_passed
    kept = Sentinel.objects.get(is_kept=True)
    key = ImagePart.objects.get(image=kept.image_id).blob_key
    path = store().local_path(key)
    assert path is not None
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])

    assert hold_drill().finding == "kept_photo_missing"
    assert "drill failed" in caplog.text
    cache.clear()
    assert "The last drill failed" in client.get("/drills").content.decode()
    assert client.get("/readyz").json()["checks"]["drills"] == "late"


@pytest.mark.by_hand
def test_one_a_week_and_none_that_cannot_be_held_is_silent(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    works = settings.BACKUP_DIRS
    settings.BACKUP_DIRS = [settings.VAR_DIR / "running.lock" / "no folder"]
    (settings.VAR_DIR / "running.lock").touch()
    hold_drill_if_due()
    assert Drill.objects.get().finding == "not_held"
    assert "drill not held" in caplog.text

    settings.BACKUP_DIRS = works
    hold_drill_if_due()  # not again on the same day
    assert Drill.objects.count() == 1
    for days, expected in ((1.1, 2), (3, 2), (8.2, 3)):
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            hold_drill_if_due()
        assert Drill.objects.count() == expected


def test_real_restores_stand_on_the_page_for_everybody(client: Client) -> None:
    """Devices lead here, so that what one was told can be compared."""
    assert "never brought back from a backup" in client.get("/drills").content.decode()
    at = datetime(2026, 11, 27, 14, 6, tzinfo=UTC)
    Restoration.objects.create(
        restored_at=at, restored_to=at - timedelta(days=1), replayed_at=at, gap_accepted=True
    )

    page = client.get("/drills").content.decode()
    assert "27 November 2026, 14:06 UTC" in page
    assert "From a backup of 26 November 2026, 14:06 UTC." in page
    assert "may have come back" in page
    [facts] = client.get("/drills.json").json()["restores"]
    assert facts["restored_at"] == "2026-11-27T14:06:00Z"
    assert facts["gap_accepted"] is True
