"""Following a deletion from its own transaction on, and obeying a legal hold.

A held image leaves like any other: its owner, its recipients and the desk see what they would
see of a store that is slow. What is different is that its keys move to rows of their own and
that its bytes stay owed, until the hold is released.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from images.models import DiscardedBlob, Envelope, Image
from pocketvault.kernel import journal
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.models import EpochKey
from pocketvault.kernel.rotation import LONGEST_LIFE
from pocketvault.kernel.work import enqueue_on_commit
from rights.models import Closing, Deletion, HeldEnvelope, RequestKind
from rights.requests.actions.opening import note_done_by_oneself

# Kinds of the journal. They have no line in the trail.
HOLD_PLACED = "hold:placed"
HOLD_RELEASED = "hold:released"


def track_deletion(images: Sequence[Image], *, actor: Account) -> None:
    """Write down that these images go, in the transaction in which they do: one row, whatever
    their number.

    What goes because its owner's account is being erased is followed by the closing instead.
    """
    deletion = None
    if not _is_leaving(actor):
        now = timezone.now()
        deletion = Deletion(
            pk=uuid7(),
            account_id=actor.pk,
            image_ids=[str(image.pk) for image in images],
            image_count=len(images),
            deleted_at=now,
            unreadable_by=(now + LONGEST_LIFE).date(),
            last_epoch=newest_epoch(),
        )
        deletion.save(force_insert=True)
        note_done_by_oneself(RequestKind.ERASURE, actor.pk)
    _take_into_custody([image for image in images if image.is_held], deletion)


def _is_leaving(actor: Account) -> bool:
    """Only an account that is shut is asked about, so others pay nothing for it."""
    if actor.is_active:
        return False
    return Closing.objects.erasing().filter(account_id=actor.pk).exists()


def newest_epoch() -> int:
    """The newest epoch key there is, which may seal anything from now on."""
    numbers = EpochKey.objects.order_by("-number").values_list("number", flat=True)
    return numbers.first() or 0


def _take_into_custody(images: Sequence[Image], deletion: Deletion | None) -> None:
    """Move the keys of held images to rows that the purge does not reach."""
    if not images:
        return
    now = timezone.now()
    owners = {image.pk: image.owner_id for image in images}
    HeldEnvelope.objects.bulk_create(
        [
            HeldEnvelope(
                image_id=row.image_id,
                owner_id=owners[row.image_id],
                purpose=row.purpose,
                version=row.version,
                deletion=deletion,
                held_at=now,
            ).seal(row.open())
            for row in Envelope.objects.filter(image_id__in=list(owners))
        ]
    )


@transaction.atomic
def place_hold(image_ids: Iterable[UUID]) -> list[UUID]:
    """Hold images that are still there, whatever their owners do; the ids of those. What was
    deleted before stays deleted. Safe to repeat.

    The trail says nothing of it, because more people read the trail than may know.
    """
    found = Image.objects.select_for_update().filter(pk__in=list(image_ids)).order_by("pk")
    ids = [image.pk for image in found]
    _note(HOLD_PLACED, ids)
    Image.objects.filter(pk__in=ids).update(is_held=True)
    return ids


def _note(kind: str, image_ids: list[UUID]) -> None:
    """Into the journal, so that a restored backup is told of it."""
    if image_ids:
        journal.write(kind, actor=None, subjects=[str(each) for each in image_ids])


@transaction.atomic
def release_hold(image_ids: Iterable[UUID]) -> int:
    """Finish the deletion of images whose legal hold ended; return how many keys went.

    The keys go now, so the epoch that last sealed them is today's: the deletions that waited
    for them wait for that one. Images that are still there are only no longer held. Safe to
    repeat.
    """
    ids = list(image_ids)
    _note(HOLD_RELEASED, ids)
    Image.objects.filter(pk__in=ids).update(is_held=False)
    held = HeldEnvelope.objects.filter(image_id__in=ids)
    waiting = set(held.filter(deletion__isnull=False).values_list("deletion_id", flat=True))
    owners = set(held.filter(deletion=None).values_list("owner_id", flat=True))
    released = held.delete()[0]
    newest, now = newest_epoch(), timezone.now()
    Deletion.objects.filter(pk__in=waiting).update(last_epoch=newest, looked_at=now)
    Closing.objects.filter(account_id__in=owners).update(last_epoch=newest)
    DiscardedBlob.objects.filter(image_id__in=ids, is_held=True).update(is_held=False)
    enqueue_on_commit("images.free_discarded_blobs")
    return released


def forget_whose(account_id: UUID) -> int:
    """Take the account's number off its deletions, in the caller's transaction; how many."""
    return Deletion.objects.filter(account_id=account_id).update(account_id=None)
