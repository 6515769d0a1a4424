"""How images leave: into the recycle bin, out of it again, and for good.

A purge is one transaction. With it go the envelopes, so nobody can open the ciphertext
from the moment it commits, whatever copies still hold the bytes; every address of the
image refuses at once. The bytes themselves are owed work: a `DiscardedBlob` row per blob,
freed by ``images.actions.freeing`` within a minute.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import DateTimeField, Sum, Value
from django.db.models.deletion import Collector
from django.db.models.functions import Length
from django.utils import timezone

from accounts import audit
from accounts.actions import mailing
from accounts.actions.repeating import forget_answers_about
from accounts.audit import AuditTag
from accounts.models import Account, Preferences
from images import quota
from images.actions.counting import fewer
from images.actions.feed import record_changes
from images.counts import CountChange
from images.models import (
    AlbumItem,
    ChangeKind,
    Correction,
    DiscardedBlob,
    Image,
    ImagePart,
    Tombstone,
)
from images.signals import image_binning, image_purging
from pocketvault.kernel import clock
from pocketvault.kernel.statements import insert_each, insert_from
from pocketvault.kernel.work import enqueue_on_commit

BATCH_IMAGES = 500
NOW = timedelta(0)
LONGEST_STAY_DAYS = 7


def purge_image(image: Image, *, actor: Account, wait: timedelta = NOW) -> datetime | None:
    """Delete one image for good. Like `purge_images`."""
    return purge_images([image.pk], actor=actor, wait=wait)


@transaction.atomic
def purge_images(
    image_ids: Iterable[UUID], *, actor: Account, wait: timedelta = NOW
) -> datetime | None:
    """Delete the actor's images for good, up to 500 in a constant number of queries.

    ``wait`` is what `accounts.guards.deletion_delay` says about the session that asks:
    after an e-mail reset they go to the recycle bin first, and the time is returned at
    which they will be gone. None means that they are. Ids that are not there (any more)
    count for nothing.
    """
    images = _lock(image_ids, actor)
    if wait > NOW:
        return _bin(images, actor, stay=wait, is_notified=True)
    _purge(images, actor)
    return None


@transaction.atomic
def bin_images(
    image_ids: Iterable[UUID], *, actor: Account, wait: timedelta = NOW
) -> datetime | None:
    """Hide images now and purge them later, as the owner's preference says.

    Without a recycle bin they are purged. Returns when they will go, or None.
    """
    days = _recycle_bin_days(actor)
    if not days:
        return purge_images(image_ids, actor=actor, wait=wait)
    stay = max(timedelta(days=days), wait)
    return _bin(_lock(image_ids, actor), actor, stay=stay, is_notified=wait > NOW)


@transaction.atomic
def restore_images(image_ids: Iterable[UUID], *, actor: Account) -> None:
    """Take images out of the recycle bin."""
    ids = _take_out(image_ids, actor)
    audit.record_many(AuditTag.IMAGE_RESTORED, actor=actor, subject_ids=ids)


def _take_out(image_ids: Iterable[UUID], owner: Account) -> list[UUID]:
    """Of those that were in it."""
    images = [image for image in _lock(image_ids, owner) if image.binned_at is not None]
    ids = [image.pk for image in images]
    Image.objects.filter(pk__in=ids).update(binned_at=None, purge_at=None)
    image_binning.send(sender=Image, images=images, actor=owner)
    come = CountChange.of_images(images, by=1)
    record_changes(owner.pk, ChangeKind.IMAGE, ids, change=come)
    return ids


@transaction.atomic
def purge_again(image_ids: Sequence[UUID], *, owner_id: UUID) -> None:
    """Purge after a restore what had been purged before it; of what did not come back, note
    that its id is used up. Safe to repeat.
    """
    owner = Account.objects.filter(pk=owner_id).first()
    if owner is not None:
        _purge(_lock(image_ids, owner), owner)
    now = timezone.now()
    Tombstone.objects.bulk_create(
        [Tombstone(image_id=each, owner_id=owner_id, purged_at=now) for each in image_ids],
        ignore_conflicts=True,
    )


@transaction.atomic
def bin_again(image_ids: Sequence[UUID], *, owner_id: UUID, binned_at: datetime) -> None:
    """Put away after a restore what had been put away before it, until the day it was to go:
    as far as that is known, and no longer than the longest stay.
    """
    owner = Account.objects.filter(pk=owner_id).first()
    if owner is None:
        return
    stay = timedelta(days=_recycle_bin_days(owner) or LONGEST_STAY_DAYS)
    images = [image for image in _lock(image_ids, owner) if image.binned_at is None]
    ids = [image.pk for image in images]
    Image.objects.filter(pk__in=ids).update(binned_at=binned_at, purge_at=binned_at + stay)
    image_binning.send(sender=Image, images=images, actor=owner)
    gone = CountChange.of_images(images, by=-1)
    record_changes(owner.pk, ChangeKind.IMAGE, ids, change=gone)


@transaction.atomic
def take_out_again(image_ids: Sequence[UUID], *, owner_id: UUID) -> None:
    """Take out of the recycle bin after a restore what had been taken out before it."""
    owner = Account.objects.filter(pk=owner_id).first()
    if owner is not None:
        _take_out(image_ids, owner)


def purge_due_images() -> int:
    """Purge what has been in the recycle bin for long enough; return how many went.

    Waits while the clock is not to be believed: a wrong clock must not cost a photo.
    """
    if not clock.is_believable():
        return 0
    purged = 0
    while owner := _owner_of_due_images():
        due = Image.objects.owned_by(owner).filter(purge_at__lte=timezone.now())
        purged += _purge_due(list(due.values_list("pk", flat=True)[:BATCH_IMAGES]), owner)
    return purged


def _owner_of_due_images() -> Account | None:
    first = Image.objects.filter(purge_at__lte=timezone.now()).order_by("purge_at").first()
    return first.owner if first else None


@transaction.atomic
def _purge_due(image_ids: Sequence[UUID], owner: Account) -> int:
    """The date was fixed when the images were put away, with any notice already in it."""
    images = [i for i in _lock(image_ids, owner) if i.purge_at and i.purge_at <= timezone.now()]
    _purge(images, owner)
    return len(images)


def _lock(image_ids: Iterable[UUID], actor: Account) -> list[Image]:
    """The actor's images among these, locked in the order of their ids."""
    ids = list(image_ids)
    return list(Image.objects.owned_by(actor).select_for_update().filter(pk__in=ids).order_by("pk"))


def _bin(
    images: list[Image], actor: Account, *, stay: timedelta, is_notified: bool
) -> datetime:
    """Put away what is not put away yet; a date that was promised already stands.

    ``is_notified`` owes the owner a mail about what is newly put away: every way into the
    bin of a shut vault comes through here.
    """
    purge_at = timezone.now() + stay
    new = [image for image in images if image.binned_at is None]
    ids = [image.pk for image in new]
    if ids and is_notified:
        mailing.tell_of_delayed_deletion(actor, count=len(ids), due_on=purge_at.date())
    Image.objects.filter(pk__in=ids).update(binned_at=timezone.now(), purge_at=purge_at)
    image_binning.send(sender=Image, images=new, actor=actor)
    audit.record_many(AuditTag.IMAGE_BINNED, actor=actor, subject_ids=ids)
    gone = CountChange.of_images(new, by=-1)
    record_changes(actor.pk, ChangeKind.IMAGE, ids, change=gone)
    return min([purge_at, *(image.purge_at for image in images if image.purge_at)])


def _purge(images: list[Image], actor: Account) -> None:
    """Tell, record, owe, remove. The rows are locked."""
    if not images:
        return
    ids = [image.pk for image in images]
    image_purging.send(sender=Image, images=images, actor=actor)
    audit.record_many(AuditTag.IMAGE_PURGED, actor=actor, subject_ids=ids)
    insert_each(Tombstone, "image_id", ids, owner_id=actor.pk, purged_at=timezone.now())
    freed = _discard_blobs(ids)
    gone = CountChange.of_images([each for each in images if each.binned_at is None], by=-1)
    taken = _delete(images)
    forget_answers_about(ids)
    quota.release(actor.pk, freed, images=len(ids))
    change = None if taken is None else gone + taken
    record_changes(actor.pk, ChangeKind.IMAGE, ids, is_deleted=True, change=change)
    enqueue_on_commit("images.free_discarded_blobs")


def _delete(images: list[Image]) -> CountChange | None:
    """With them go their envelopes, versions, parts, corrections and places in albums. What a
    queryset's ``delete`` does, without reading the images once more. By how much that changes the
    counts of albums; None when somebody else took out some just now, and nobody knows.
    """
    collector = Collector(using=DEFAULT_DB_ALIAS)
    collector.collect(images)
    found = [each.pk for each in collector.data.get(AlbumItem, ())]
    places = AlbumItem.objects.filter(pk__in=found).values_list("album_id", flat=True)
    taken = Counter(places) if found else Counter()
    _, gone = collector.delete()
    if gone.get(AlbumItem._meta.label, 0) != taken.total():
        return None
    return fewer(taken)


def _discard_blobs(image_ids: list[UUID]) -> int:
    """Owe the freeing of every blob; return how many bytes go with these images in all."""
    now = Value(timezone.now(), output_field=DateTimeField())
    parts = ImagePart.objects.filter(image_id__in=image_ids)
    insert_from(
        DiscardedBlob,
        ("blob_key", "image_id", "is_held", "discarded_at"),
        parts.order_by().values_list("blob_key", "image_id", "image__is_held", now),
    )
    corrections = Correction.objects.filter(image_id__in=image_ids)
    written = corrections.aggregate(total=Sum(Length("ciphertext")))["total"] or 0
    return (parts.aggregate(total=Sum("bytes"))["total"] or 0) + written


def _recycle_bin_days(actor: Account) -> int:
    chosen = Preferences.objects.filter(account=actor)
    return chosen.values_list("recycle_bin_days", flat=True).first() or 0
