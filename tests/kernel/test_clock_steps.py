"""The clock jumps ahead by 400 days, back by an hour, or back by 400 days, and is put right
later. All periodic work runs meanwhile: nothing that lives is lost, and what was promised
for day 22 still happens on day 22.
"""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from accounts.models import Account, AuditEvent
from images import quota
from images.actions.receiving import Body, receive
from images.actions.uploading import create_upload, settled_upload
from images.models import Envelope, ImagePart, Upload
from pocketvault.kernel import blobs, epochs, sealing, work
from pocketvault.kernel.models import EpochKey
from tests.images.making import store_image

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = [400 * DAY, -HOUR, pytest.param(-400 * DAY, marks=pytest.mark.by_hand)]
IMAGES = 3


@pytest.fixture
def unfinished(alice: Account) -> Upload:
    """Half of an upload, acknowledged."""
    upload = create_upload(20, actor=alice)
    receive(upload, Body(read=io.BytesIO(b"0123456789").read, length=10), offset=0)
    return upload


def run_everything(now: datetime) -> None:
    """What beat and the worker do at this time, by a process that knows nothing yet."""
    sealing.forget_current_epoch()
    epochs.forget_keys_in_memory()
    with time_machine.travel(now, tick=False):
        work.tick()
        work.run_due_jobs()


def check_everything_lives(plaintexts: dict[int, bytes], unfinished: Upload) -> None:
    sealing.forget_current_epoch()
    epochs.forget_keys_in_memory()
    # Drills store photos of the service's own.
    hers = Envelope.objects.filter(image__owner=unfinished.owner_id)
    assert {row.pk: row.open() for row in hers} == plaintexts
    parts = ImagePart.objects.filter(image__owner=unfinished.owner_id)
    for part in ImagePart.objects.all():
        assert blobs.store().sha256(part.blob_key) == bytes(part.sha256)
    assert parts.count() == quota.usage_of(unfinished.owner_id).images == IMAGES
    assert settled_upload(unfinished.pk, owner=unfinished.owner).offset == 10
    assert b"".join(blobs.store().read_stage(unfinished.stage_key, 10)) == b"0123456789"


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_clock_that_steps_and_is_put_right_costs_nothing(
    alice: Account, unfinished: Upload, step: timedelta
) -> None:
    start = timezone.now()
    for _ in range(IMAGES):
        store_image(alice)
    hers = Envelope.objects.filter(image__owner=alice)
    plaintexts = {row.pk: row.open() for row in hers}
    events = AuditEvent.objects.count()
    assert events >= IMAGES
    run_everything(start)
    for later in (HOUR, 2 * HOUR, 23 * HOUR):
        run_everything(start + step + later)
    run_everything(start + 2 * HOUR)
    check_everything_lives(plaintexts, unfinished)
    assert AuditEvent.objects.count() >= events

    living = set(EpochKey.objects.filter(destroyed_at=None).values_list("pk", flat=True))
    assert {row.epoch_number for row in Envelope.objects.all()} <= living


def test_a_lease_given_by_a_clock_that_ran_ahead_keeps_nobody_out(unfinished: Upload) -> None:
    owner, rest = unfinished.owner, Body(read=io.BytesIO(b"0123456789").read, length=10)
    Upload.objects.update(leased_until=timezone.now() + HOUR)

    upload = settled_upload(unfinished.pk, owner=owner)
    receive(upload, rest, offset=10)

    assert settled_upload(unfinished.pk, owner=owner).is_complete


def test_a_key_retired_while_the_clock_ran_ahead_is_destroyed_on_its_day() -> None:
    start = timezone.now()
    run_everything(start)
    first = EpochKey.objects.get(retired_at=None).number
    run_everything(start + 400 * DAY)
    assert EpochKey.objects.get(pk=first).destroyed_at is None

    for day in (0, 1, 21, 22):
        run_everything(start + day * DAY)

    living = EpochKey.objects.filter(destroyed_at=None)
    assert first not in living.values_list("pk", flat=True)
    for folder in settings.EPOCH_KEY_DIRS:
        numbers = {int(path.name.split("-")[0]) for path in folder.glob("*.epoch")}
        assert numbers == set(living.values_list("pk", flat=True))
