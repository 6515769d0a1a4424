"""Album keys on their way to recipients: taken in, and dropped when nothing needs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Min

from images.models import AlbumEnvelope, AlbumItem
from pocketvault.kernel.errors import StaleGenerationError
from sharing.actions.locking import LockedAlbum
from sharing.models import AlbumKeyDelivery, Grant, Group, History, LinkKeyWrap, SharedItem

NO_GROUP = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDraft:
    """The album key for one grant: sealed to an account, or a document under the group key
    of ``group_generation``, which is 0 for an account.
    """

    grant_id: UUID
    sealed: bytes
    group_generation: int = NO_GROUP


def lock_groups(group_ids: Iterable[UUID]) -> None:
    """Lock these groups' histories, in the order of their ids, so that nobody replaces a key
    of theirs before the caller commits. Groups are locked before albums.
    """
    rows = History.objects.select_for_update().filter(pk__in=list(group_ids)).order_by("pk")
    list(rows.values_list("pk"))


def check_group_generations(
    grants: Mapping[UUID, Grant], deliveries: Iterable[DeliveryDraft]
) -> None:
    """Refuse a delivery under a group key that was replaced. The groups are locked, so that
    none is replaced before the caller commits. Raises `StaleGenerationError`.
    """
    ids = [grant.group_id for grant in grants.values() if grant.group_id is not None]
    generations = dict(Group.objects.filter(pk__in=ids).values_list("pk", "generation"))
    for delivery in deliveries:
        group_id = grants[delivery.grant_id].group_id
        wanted = NO_GROUP if group_id is None else generations[group_id]
        if delivery.group_generation != wanted:
            raise StaleGenerationError(
                grant_id=str(delivery.grant_id), group_generation=wanted
            )


def keep_deliveries(
    deliveries: Sequence[DeliveryDraft], *, generation: int, granter_id: UUID
) -> None:
    """Keep the album key of one generation for each of these grants, sealed."""
    AlbumKeyDelivery.objects.bulk_create(
        [
            AlbumKeyDelivery(
                grant_id=delivery.grant_id, generation=generation,
                group_generation=delivery.group_generation, granter_id=granter_id,
            ).seal(delivery.sealed)
            for delivery in deliveries
        ]
    )  # fmt: skip


def drop_unneeded_keys(locked: LockedAlbum) -> None:
    """Drop what carries album keys of generations that no item needs any more.

    Whoever has the key in force finds older ones in the history (docs/sharing.md,
    "Rotation"). What was in the album before it was shared, and was not added since, needs
    the key from before.
    """
    shared, album = locked.shared, locked.album
    oldest = SharedItem.objects.filter(shared_album=shared).aggregate(oldest=Min("generation"))
    needed = oldest["oldest"] or album.generation
    AlbumKeyDelivery.objects.filter(grant__shared_album=shared, generation__lt=needed).delete()
    LinkKeyWrap.objects.filter(link__shared_album=shared, generation__lt=needed).delete()
    shared_items = SharedItem.objects.filter(shared_album=shared).values("pk")
    if not AlbumItem.objects.filter(album=album).exclude(pk__in=shared_items).exists():
        AlbumEnvelope.objects.filter(album=album, generation__lt=needed).delete()
