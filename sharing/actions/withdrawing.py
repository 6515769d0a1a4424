"""How publications end: nothing of them opens any more from the moment it commits.

Whoever locks more than one kind of row about publications does it in one order: the image, the
profile, publications, the feed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts import audit
from accounts.actions.repeating import forget_answers_about
from accounts.audit import AuditTag
from accounts.models import Account
from images import quota
from images.actions.feed import News, record_news
from images.models import DiscardedBlob, Image
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.work import enqueue_on_commit
from sharing.feed import SharedKind
from sharing.models import (
    Profile,
    Publication,
    PublicationBlob,
    PublicationFeatures,
    Rendition,
    WatermarkNumber,
)
from sharing.models.publication import BetweenName, PublicationQuerySet

NOBODYS: Mapping[str, UUID] = MappingProxyType({})


@transaction.atomic
def withdraw(publication_id: UUID, *, keeps_number: bool, actor: Account) -> None:
    """End one publication of the actor's. ``keeps_number`` keeps the number that its marks
    carry, and whose it was, so that copies found later still lead to its owner.

    Raises `NotFoundError`.
    """
    lock_profile(actor.pk)
    found = Publication.objects.owned_by(actor).filter(pk=publication_id)
    news = drop_publications(found, actor=actor, keeps_number=keeps_number)
    if not news:
        raise NotFoundError
    record_news(news)


@transaction.atomic
def withdraw_all(*, keeps_number: bool, actor: Account) -> None:
    """End every publication of the actor's. The profile stays, empty."""
    lock_profile(actor.pk)
    found = Publication.objects.owned_by(actor)
    record_news(drop_publications(found, actor=actor, keeps_number=keeps_number))


def withdraw_purged(publication_ids: Sequence[UUID], *, actor: Account | None) -> list[News]:
    """End publications of images that are being purged, in the same transaction; the news for
    their owner. The images' rows are locked.
    """
    found = Publication.objects.filter(pk__in=publication_ids)
    owners = set(found.order_by().values_list("owner_id", flat=True).distinct())
    for owner_id in sorted(owners):
        lock_profile(owner_id)
    return drop_publications(found, actor=actor, keeps_number=False)


def news_of_publications(images: Sequence[Image]) -> list[News]:
    """The news for the owner's devices that these are shown no more, or again: they were put
    away or taken out.
    """
    found = Publication.objects.filter(image_id__in=[image.pk for image in images])
    return [
        News(account_id=owner_id, kind=SharedKind.PUBLICATION, object_id=pk)
        for pk, owner_id in found.values_list("pk", "owner_id")
    ]


def lock_profile(owner_id: UUID) -> Profile | None:
    """The owner's profile as it is now, locked: whoever changes what stands on it locks this
    first.
    """
    return Profile.objects.select_for_update().filter(pk=owner_id).first()


def drop_publications(
    found: PublicationQuerySet, *, actor: Account | None, keeps_number: bool
) -> list[News]:
    """Take these away with all that was made of them, in the caller's transaction, in a
    constant number of queries; the news for their owners.
    """
    locked = found.select_for_update().order_by("pk")
    owners = dict(locked.values_list("pk", "owner_id"))
    if not owners:
        return []
    numbers = WatermarkNumber.objects.filter(publication__in=list(owners))
    if keeps_number:
        numbers.update(publication=None, withdrawn_at=timezone.now())
    blobs = _blobs_of(owners)
    discard_blobs(blobs, of=blobs)
    _release_room(owners)
    # With them go envelopes, renditions, features, what was between, and numbers not kept.
    Publication.objects.filter(pk__in=list(owners)).delete()
    forget_answers_about(owners)
    audit.record_many(AuditTag.PUBLICATION_WITHDRAWN, actor=actor, subject_ids=owners)
    return [
        News(account_id=owner, kind=SharedKind.PUBLICATION, object_id=pk, is_deleted=True)
        for pk, owner in owners.items()
    ]


def discard_blobs(blob_keys: Collection[str], *, of: Mapping[str, UUID] = NOBODYS) -> None:
    """Owe the freeing of these blobs, in the caller's transaction. ``of`` names the image that
    they were made of, where it may be about to be purged: it counts as gone only with them.
    """
    if not blob_keys:
        return
    now = timezone.now()
    DiscardedBlob.objects.bulk_create(
        [
            DiscardedBlob(blob_key=key, image_id=of.get(key), discarded_at=now)
            for key in blob_keys
        ],
        ignore_conflicts=True,
    )
    enqueue_on_commit("images.free_discarded_blobs")


def _blobs_of(publication_ids: Collection[UUID]) -> dict[str, UUID]:
    """Each blob, and the image it was made of."""
    ids = list(publication_ids)
    return {
        key: image_id
        for model in (PublicationBlob, Rendition, PublicationFeatures)
        for key, image_id in model._default_manager.filter(publication__in=ids).values_list(
            "blob_key", "publication__image_id"
        )
    }


def _release_room(owners: dict[UUID, UUID]) -> None:
    """What counts is the copy as long as it lies between, and what was made to stay."""
    counted = (
        PublicationBlob.objects.filter(name=BetweenName.COPY),
        Rendition.objects.all(),
        PublicationFeatures.objects.all(),
    )
    freed = dict.fromkeys(owners.values(), 0)
    for rows in counted:
        sums = rows.filter(publication__in=list(owners)).values("publication__owner").order_by()
        for owner_id, size in sums.annotate(total=Sum("bytes")).values_list(
            "publication__owner", "total"
        ):
            freed[owner_id] += size
    for owner_id, size in freed.items():
        if size:
            quota.release(owner_id, size)
