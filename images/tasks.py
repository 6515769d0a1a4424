"""Background work. Each task calls one action, and can be lost, late or run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from images.actions import (
    counting,
    disposal,
    feed,
    freeing,
    passing,
    scrubbing,
    touches,
    uploading,
    verifying,
    waking,
)
from pocketvault.kernel import work
from pocketvault.kernel.purposes import (
    DELETE_IMAGES,
    SCRUB_IMAGES,
    SHOW_TOUCHES,
    STORE_IMAGES,
    VERIFY_IMAGES,
    WAKE_DEVICES,
)
from pocketvault.kernel.work import Lane


@work.task("images.free_discarded_blobs", purpose=DELETE_IMAGES, every=timedelta(minutes=1))
def free_discarded_blobs() -> None:
    """Owed by each purge, and swept every minute in case one was missed."""
    freeing.free_discarded_blobs()


@work.task("images.purge_due_images", purpose=DELETE_IMAGES, every=timedelta(minutes=10))
def purge_due_images() -> None:
    """Empty the recycle bins of what has been in them for long enough."""
    disposal.purge_due_images()


@work.task("images.verify_image", purpose=VERIFY_IMAGES)
def verify_image(image_id: str) -> None:
    """Owed by each commit: read the stored bytes back."""
    verifying.verify_image(UUID(image_id))


@work.task("images.verify_unverified_images", purpose=VERIFY_IMAGES, every=timedelta(hours=1))
def verify_unverified_images() -> None:
    """Find images whose verification was given up, after a long outage of the store."""
    verifying.verify_unverified_images()


@work.task(
    "images.scrub_store", purpose=SCRUB_IMAGES, every=timedelta(minutes=10), lane=Lane.SLOW
)
def scrub_store() -> None:
    """Read a thirtieth of everything stored again each day, and mend what is damaged."""
    scrubbing.scrub_store()


@work.task("images.copy_image", purpose=VERIFY_IMAGES, lane=Lane.SLOW)
def copy_image(image_id: str) -> None:
    """Owed by each verification where there is a second store."""
    scrubbing.copy_image(UUID(image_id))


@work.task("images.discard_orphan_blobs", purpose=DELETE_IMAGES, every=timedelta(days=1))
def discard_orphan_blobs() -> None:
    """Find stored bytes that no row names."""
    freeing.discard_orphan_blobs()


@work.task("images.prune_feed", purpose=DELETE_IMAGES, every=timedelta(days=1))
def prune_feed() -> None:
    """Forget tombstones of the change feed after 90 days."""
    feed.prune_feed()


@work.task(
    "images.count_anew", purpose=STORE_IMAGES, every=timedelta(minutes=10), lane=Lane.SLOW
)
def count_anew() -> None:
    """Count the photos of those whose counts do not hold."""
    counting.count_anew()


@work.task("images.compare_counts", purpose=STORE_IMAGES, every=timedelta(days=1), lane=Lane.SLOW)
def compare_counts() -> None:
    """Compare what is kept as counted with the rows, for a thirtieth of all accounts."""
    counting.compare_counts()


@work.task("images.remove_expired_uploads", purpose=STORE_IMAGES, every=timedelta(minutes=10))
def remove_expired_uploads() -> None:
    """Give up uploads that nobody went on with."""
    uploading.remove_expired_uploads()


@work.task(
    "images.give_up_late_passing_blobs", purpose=STORE_IMAGES, every=timedelta(minutes=10)
)
def give_up_late_passing_blobs() -> None:
    """Free what a request left behind whose server was killed."""
    passing.give_up_late_passing()


@work.task("images.write_touches", purpose=SHOW_TOUCHES, every=timedelta(minutes=1))
def write_touches() -> None:
    """Write down who came to photos since the last time."""
    touches.write_touches()


@work.task("images.forget_old_touches", purpose=SHOW_TOUCHES, every=timedelta(days=1))
def forget_old_touches() -> None:
    """Keep for a year who came to photos."""
    touches.forget_old_touches()


@work.task("images.owe_waking", purpose=WAKE_DEVICES, every=timedelta(seconds=30))
def owe_waking() -> None:
    """Find out whether a device that wants to be woken has news."""
    waking.owe_waking()


@work.task("images.wake_devices", purpose=WAKE_DEVICES, lane=Lane.OUTWARD)
def wake_devices() -> None:
    """Tell devices that something changed, and nothing else."""
    waking.wake_devices()
