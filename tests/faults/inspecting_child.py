"""Looks into a running service from beside it, on its own database, store and keys.

Reads one question a line (JSON: ``[name, argument]``) and answers each with a line of JSON.
What it changes is only time: it lets leases end and days pass that no test can wait for.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 - Django must be set up first
from django.db.models import Count, F, Max, Min, Q, Sum  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Account, AccountSession, KeptAnswer  # noqa: E402
from images.actions import freeing, passing, uploading  # noqa: E402
from images.actions.counting import are_right  # noqa: E402
from images.models import (  # noqa: E402
    Correction,
    DiscardedBlob,
    Envelope,
    FeedHead,
    Image,
    ImagePart,
    PassingBlob,
    StorageUse,
    SyncEntry,
    Tombstone,
    Touch,
    Toucher,
    Upload,
)
from pocketvault.kernel import blobs, epochs, sealing, work  # noqa: E402
from pocketvault.kernel.epochs import EpochKeyMissingError  # noqa: E402
from pocketvault.kernel.journal import PREFIX  # noqa: E402
from pocketvault.kernel.models import EpochKey, Job, JobState  # noqa: E402
from pocketvault.kernel.purposes import VERIFY_IMAGES  # noqa: E402

AT_ONCE = timedelta(0)
# Far longer than any process seals under an epoch that has been retired.
FORGOTTEN_SECONDS = 60.0
retired: dict[int, float] = {}

DRILL = "drill@pocketvault.invalid"


def let_leases_end(programs: list[str]) -> None:
    """As if the time of every lease had passed that these dead programs held."""
    past = timezone.now() - timedelta(seconds=1)
    if "web" in programs:
        Upload.objects.exclude(leased_until=None).update(leased_until=past)
        KeptAnswer.objects.filter(status=None).update(leased_until=past)
    if "worker" in programs:
        Job.objects.filter(state=JobState.RUNNING).update(leased_until=past)


def let_a_day_pass(_: object) -> None:
    """Rotation is due, and epochs that were retired long ago are 22 days old."""
    now = timezone.now()
    for number in EpochKey.objects.exclude(retired_at=None).values_list("pk", flat=True):
        retired.setdefault(number, time.monotonic())
    old = [n for n, since in retired.items() if time.monotonic() - since > FORGOTTEN_SECONDS]
    EpochKey.objects.filter(pk__in=old, destroyed_at=None).update(
        made_at=now - timedelta(days=23), retired_at=now - timedelta(days=22)
    )
    EpochKey.objects.filter(retired_at=None).update(made_at=now - timedelta(days=2))
    work.enqueue_on_commit("kernel.rotate_epoch", key="periodic:kernel.rotate_epoch")


def let_a_night_pass(_: object) -> None:
    """The next request of every device is its first of the day."""
    AccountSession.objects.update(last_seen_on=timezone.now().date() - timedelta(days=1))


def empty_bins(_: object) -> list[str]:
    """The days in the recycle bin are over for everything that is in it."""
    past = timezone.now() - timedelta(seconds=1)
    binned = Image.objects.exclude(binned_at=None)
    ids = [str(pk) for pk in binned.values_list("pk", flat=True)]
    binned.update(purge_at=past)
    work.enqueue_on_commit("images.purge_due_images", key="periodic:images.purge_due_images")
    return ids


def wait_for_worker(seconds: float) -> list[str]:
    """Nothing, once a worker took up a job that is owed now; after so long how much was owed at
    first, and what still is: each kind with how often, since when, and until when it is held.
    """
    owed = Job.objects.count()
    work.enqueue_on_commit("images.purge_due_images")
    mine = Job.objects.filter(task="images.purge_due_images").latest("pk").pk
    until = time.monotonic() + seconds
    while Job.objects.filter(pk=mine).exists():
        if time.monotonic() > until:
            kinds = Job.objects.values("task", "state").annotate(
                jobs=Count("pk"), since=Min("available_at"), held=Max("leased_until")
            )
            return [f"now {timezone.now()}, {owed} owed at first", *map(str, kinds)]
        time.sleep(0.05)
    return []


def owe_after_a_try(seconds: float) -> None:
    """Work that failed once and waits so long before it is tried again."""
    due = timezone.now() + timedelta(seconds=seconds)
    Job.objects.create(task="images.purge_due_images", attempts=1, available_at=due)


def owe(name: str) -> None:
    """Owe a task that takes no arguments, as its turn would."""
    work.enqueue_on_commit(name)


def at_work(_: object) -> list[str]:
    """What somebody is doing right now."""
    return list(Job.objects.filter(state=JobState.RUNNING).values_list("task", flat=True))


def looks_of_workers(_: object) -> dict[str, int]:
    """How often workers noted that they came to each photo to read it back."""
    noted = Touch.objects.filter(who=Toucher.WORKER, purpose=VERIFY_IMAGES.name)
    counted = noted.values("image_id").annotate(total=Sum("count"))
    return {str(each["image_id"]): each["total"] for each in counted}


def wait_for_work(seconds: float) -> list[str]:
    """Return what is still owed now, or going on, once nothing is or the time is over.

    Nothing waits for the pause after a failed try, since what failed is broken here on purpose.
    But what would not be tried again by itself after that pause is not forgiven.
    """
    until, now = time.monotonic() + seconds, timezone.now()
    for job in Job.objects.filter(state=JobState.WAITING, attempts__gt=0):
        pause = min(timedelta(seconds=2**job.attempts), work.LONGEST_WAIT)
        if job.available_at > now + pause:
            return [job.task]
        Job.objects.filter(pk=job.pk, fence=job.fence).update(available_at=now)
    while True:
        begun = Q(state=JobState.RUNNING) | Q(state=JobState.WAITING, attempts__gt=0)
        owed = Job.objects.filter(begun | Q(pk__in=work.due_jobs(1000)))
        names = list(owed.values_list("task", flat=True))
        if not names or time.monotonic() > until:
            return names
        time.sleep(0.1)


def sweep(_: object) -> None:
    """What the sweeps do, as if everything here were more than a day old."""
    freeing.ORPHAN_AFTER = uploading.STRAY_STAGE = AT_ONCE
    PassingBlob.objects.update(until=timezone.now())
    if passing.give_up_late_passing():
        freeing.free_discarded_blobs()
    freeing.discard_orphan_blobs()
    uploading.remove_expired_uploads()


def end_uploads(_: object) -> None:
    """Nobody goes on with any upload."""
    Upload.objects.update(expires_at=timezone.now(), leased_until=None)
    sweep(None)
    freeing.free_discarded_blobs()


def report(may_leave_blobs: object) -> dict[str, Any]:
    """What is there, and in ``wrong`` every sentence that should not be true.

    ``may_leave_blobs``: the database was ended like the power, so there may be blobs that no row
    names until the sweep for orphans (docs/uploads.md).
    """
    epochs.forget_keys_in_memory()
    sealing.forget_current_epoch()
    # Before the sweep, which would remove what must not be there in the first place.
    wrong_blobs = _wrong_blobs() + ([] if may_leave_blobs else _unnamed_blobs())
    sweep(None)
    return {
        # A drill stores photos of the service's own beside those of people.
        "images": [
            str(pk)
            for pk in Image.objects.exclude(owner__email=DRILL).values_list("pk", flat=True)
        ],
        "uploads": dict(_uploads()),
        "gone": [
            str(pk)
            for pk in Tombstone.objects.exclude(
                owner_id__in=Account.objects.filter(email=DRILL).values("pk")
            ).values_list("pk", flat=True)
        ],
        "epochs": EpochKey.objects.count(),
        "destroyed": EpochKey.objects.exclude(destroyed_at=None).count(),
        "failures": list(Job.objects.exclude(last_error="").values_list("task", "last_error")),
        "wrong": [
            *wrong_blobs, *_unnamed_blobs(), *_wrong_stages(), *_wrong_seals(), *_wrong_numbers(),
            *_wrong_deletions(),
        ],
    }


def _uploads() -> dict[str, int]:
    return {str(pk): offset for pk, offset in Upload.objects.values_list("pk", "offset")}


def _stored() -> set[str]:
    # Entries of the journal lie there too: no row names them, and a sweep ends them.
    return {key for key in iter(blobs.store().keys()) if not key.startswith(PREFIX)}


def _unnamed_blobs() -> list[str]:
    stored = _stored()
    for model in (ImagePart, Upload, PassingBlob, DiscardedBlob):
        stored -= set(model._default_manager.values_list("blob_key", flat=True))
    return [f"no row names the blob {key}" for key in stored]


def _wrong_blobs() -> list[str]:
    stored = _stored()
    parts = dict(ImagePart.objects.values_list("blob_key", "sha256"))
    passing_keys = set(PassingBlob.objects.values_list("blob_key", flat=True))
    wrong = [f"a part's blob {key} would be given up" for key in parts.keys() & passing_keys]
    wrong += [f"a part's blob {key} is missing" for key in parts.keys() - stored]
    wrong += [
        f"a part's blob {key} holds other bytes" for key, sha256 in parts.items()
        if key in stored and blobs.store().sha256(key) != bytes(sha256)
    ]  # fmt: skip
    damaged = ImagePart.objects.filter(is_damaged=True).count()
    return [*wrong, *(["parts are marked as damaged"] if damaged else [])]


def _wrong_stages() -> list[str]:
    stored = set(blobs.store().stages())
    wrong = []
    for upload in Upload.objects.all():
        stored.discard(upload.stage_key)
        if upload.is_complete and blobs.store().exists(upload.blob_key):
            continue  # a commit made it a blob and was killed before its rows
        try:
            kept = sum(map(len, blobs.store().read_stage(upload.stage_key, upload.offset)))
        except blobs.BlobMissingError:
            kept = -1
        # A creation killed between its row and its stage has acknowledged nothing.
        if kept != upload.offset and upload.offset:
            wrong.append(f"upload {upload.pk} lost bytes: {kept} of {upload.offset}")
    return [*wrong, *(f"no row names the stage {key}" for key in stored)]


def _wrong_seals() -> list[str]:
    living = set(EpochKey.objects.filter(destroyed_at=None).values_list("pk", flat=True))
    wrong = []
    if EpochKey.objects.filter(retired_at=None).count() != 1:
        wrong.append("not exactly one epoch is current")
    for model in sealing.sealed_models():
        for row in model._default_manager.all():
            if row.epoch_number not in living:
                wrong.append(f"{model._meta.label} {row.pk}: its epoch {row.epoch_number} is gone")
            try:
                row.open()
            except (sealing.SealBrokenError, EpochKeyMissingError) as error:
                wrong.append(f"{model._meta.label} {row.pk}: {type(error).__name__}")
    return wrong


def _wrong_numbers() -> list[str]:
    wrong = []
    for use in StorageUse.objects.all():
        parts = ImagePart.objects.filter(image__owner_id=use.pk)
        uploads = Upload.objects.filter(owner_id=use.pk)
        records = Correction.objects.filter(image__owner_id=use.pk).values_list("ciphertext")
        counted = {
            "used_bytes": (parts.aggregate(total=Sum("bytes"))["total"] or 0)
            + sum(len(ciphertext) for (ciphertext,) in records),
            "reserved_bytes": uploads.aggregate(total=Sum("length"))["total"] or 0,
            "images": Image.objects.filter(owner_id=use.pk).count(),
        }
        wrong += [
            f"{name} says {getattr(use, name)}, the rows {true}"
            for name, true in counted.items() if getattr(use, name) != true
        ]  # fmt: skip
        account = Account.objects.get(pk=use.pk)
        if (account.used_bytes, account.image_count) != (use.used_bytes, use.images):
            wrong.append("the account's copy of its storage use is another")
    counted_heads = FeedHead.objects.filter(counted=F("seq"))
    for head in counted_heads:
        if not are_right(head):
            wrong.append("kept counts of months or albums are not what the rows say")
    seals = Envelope.objects.values("image_id", "purpose", "version")
    if seals.annotate(rows=Count("pk")).filter(rows__gt=1):
        wrong.append("an image has two envelopes of a kind")
    return wrong


def _wrong_deletions() -> list[str]:
    gone = Tombstone.objects.values("image_id")
    wrong = [
        f"{model.__name__} rows of a purged image are left"
        for model in (Image, ImagePart, Envelope, Correction)
        if model._default_manager.filter(
            **{"pk__in" if model is Image else "image_id__in": gone}
        ).exists()
    ]
    listed = SyncEntry.objects.filter(kind="image", is_deleted=False)
    if listed.filter(object_id__in=gone).exists():
        wrong.append("the feed lists a purged image")
    if DiscardedBlob.objects.exists():
        wrong.append("discarded blobs are still there")
    if Tombstone.objects.filter(blobs_gone_at=None).exists():
        wrong.append("a tombstone waits for its bytes to go")
    return wrong


QUESTIONS: dict[str, Callable[[Any], object]] = {
    asked.__name__: asked
    for asked in (
        let_leases_end, let_a_day_pass, let_a_night_pass, empty_bins, wait_for_worker,
        owe_after_a_try, owe, at_work, looks_of_workers, wait_for_work, end_uploads, report,
    )
}  # fmt: skip

for line in sys.stdin:
    name, argument = json.loads(line)
    print(json.dumps(QUESTIONS[name](argument)), flush=True)
    connection.close()
