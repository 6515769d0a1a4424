"""Bytes of a photo that comes with one request, until its commit takes them.

Nobody is told where they lie, and nobody can go on with them: so they need no uploads, only
rows that name the blobs. Whoever deletes such a row decides about its blob, and only one can:
the commit, in whose transaction it becomes a part's, or whoever gives it up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from images import quota
from images.actions.uploading import Claim
from images.models import DiscardedBlob, PassingBlob
from images.models.passing import PassingBlobQuerySet
from images.upload_errors import UploadExpiredError
from pocketvault.kernel.statements import Statement, insert
from pocketvault.kernel.work import enqueue_on_commit

# A request that takes longer finds its bytes given up, and is sent again.
PASSING = timedelta(hours=1)


def announce_passing(blob_keys: Sequence[str], *, actor: Account | None) -> None:
    """Name blobs before they are made, so that none is ever there that no row names."""
    until = timezone.now() + PASSING
    insert([PassingBlob(blob_key=key, owner=actor, until=until) for key in blob_keys])


def take_passing(
    claims: Mapping[UUID, Claim], blob_keys: Mapping[UUID, str], *, owner: Account, images: int
) -> None:
    """Hand announced blobs over to rows of this transaction, with so many new ``images``.

    Raises `UploadExpiredError` when one of them was given up, and `QuotaReachedError`.
    """
    if _taken(len(claims)).run(*(blob_keys[upload_id] for upload_id in claims)) < len(claims):
        raise UploadExpiredError
    quota.admit(owner, sum(claim.size for claim in claims.values()), images=images)


def hand_over_passing(blob_keys: Sequence[str]) -> None:
    """Hand announced blobs over to rows of this transaction that are no photo's and cost nobody's
    quota. Raises `UploadExpiredError` when one of them was given up.
    """
    if blob_keys and _taken(len(blob_keys)).run(*blob_keys) < len(blob_keys):
        raise UploadExpiredError


def give_up_passing(blob_keys: Sequence[str]) -> None:
    """Have these blobs freed, unless a commit took them."""
    _give_up(PassingBlob.objects.filter(blob_key__in=blob_keys))


def give_up_passing_of(owner_id: UUID) -> int:
    """Give up every one of an account that is leaving; return how many there were."""
    return _give_up(PassingBlob.objects.filter(owner_id=owner_id))


def give_up_late_passing() -> int:
    """Give up what a request left behind that was killed; return how many there were."""
    return _give_up(PassingBlob.objects.late_at(timezone.now()))


@transaction.atomic
def _give_up(passing: PassingBlobQuerySet) -> int:
    """A row that a commit has locked is waited for, and gone then if the commit succeeds."""
    keys = list(passing.select_for_update().order_by("pk").values_list("blob_key", flat=True))
    if not keys:
        return 0
    PassingBlob.objects.filter(blob_key__in=keys).delete()
    now = timezone.now()
    DiscardedBlob.objects.bulk_create(
        [DiscardedBlob(blob_key=key, discarded_at=now) for key in keys]
    )
    enqueue_on_commit("images.free_discarded_blobs")
    return len(keys)


@cache
def _taken(count: int) -> Statement:
    places = ", ".join(["%s"] * count)
    table = PassingBlob._meta.db_table
    return Statement(f"DELETE FROM {table} WHERE blob_key IN ({places})", ())  # noqa: S608
