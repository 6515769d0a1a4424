"""What sharing does when images or albums go, in the transaction in which they go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import BigIntegerField, Value

from accounts.models import Account
from images.actions.counting import take_places
from images.actions.feed import News, record_news
from images.counts import SAME, CountChange
from images.models import Album, AlbumItem, ChangeKind, Image
from sharing.actions.locking import news_for_all
from sharing.actions.reach import reach_of
from sharing.actions.shared_albums import end_links
from sharing.actions.withdrawing import withdraw_purged
from sharing.feed import SharedKind
from sharing.models import Comment, History, Like, Publication, SharedAlbum, SharedItem

# A shared album, an image in it, and the place that it has there.
Place = tuple[UUID, UUID, int]


def let_images_go(images: Sequence[Image], *, actor: Account | None) -> None:
    """End everybody's access to images that are being purged, whoever they were shared with or
    shown to, in the same transaction, in a constant number of queries. The images' rows are
    locked.

    Their owner's feed is among those that are told, so that all are locked together.
    """
    ids = [image.pk for image in images]
    found, publication_ids = _what_leads_to(ids)
    also = withdraw_purged(publication_ids, actor=actor) if publication_ids else []
    if not found:
        record_news(also)
        return  # and nothing was said about what is nowhere
    places = [pk for _, _, pk in found]
    for model in (Comment, Like):
        model._default_manager.filter(image_id__in=ids).delete()
    SharedItem.objects.filter(pk__in=places).delete()
    taken = take_places(AlbumItem.objects.filter(pk__in=places))
    owners = {image.pk: image.owner_id for image in images}
    photos = [
        News(account_id=owners[i], kind=ChangeKind.IMAGE, object_id=i, change=SAME)
        for _, i, _ in found
    ]
    record_news([*photos, *_albums_news({album_id for album_id, _, _ in found}, taken), *also])


def _what_leads_to(image_ids: Sequence[UUID]) -> tuple[list[Place], list[UUID]]:
    """Where these images are shared, and the publications made of them. One query: nearly every
    image has neither, and each purge asks.
    """
    shared = SharedItem.objects.filter(item__image_id__in=image_ids)
    shown = Publication.objects.filter(image_id__in=image_ids)
    nowhere = Value(None, output_field=BigIntegerField())
    rows = shared.values_list("shared_album_id", "item__image_id", "pk").union(
        shown.annotate(place=nowhere).values_list("pk", "image_id", "place"), all=True
    )
    places: list[Place] = []
    publication_ids: list[UUID] = []
    for object_id, image_id, place in rows:
        if place is None:
            publication_ids.append(object_id)
        else:
            places.append((object_id, image_id, place))
    return places, publication_ids


def tell_of_images(images: Sequence[Image], also: Sequence[News] = ()) -> None:
    """Tell whom these images are shared with that they were put away, or taken out again, and
    with it what is to be told ``also``.
    """
    items = SharedItem.objects.filter(item__image_id__in=[image.pk for image in images])
    album_ids = set(items.order_by().values_list("shared_album_id", flat=True).distinct())
    if album_ids:
        photos = [
            News(account_id=image.owner_id, kind=ChangeKind.IMAGE, object_id=image.pk, change=SAME)
            for image in images
        ]
        record_news([*photos, *_albums_news(album_ids, {}), *also])
    else:
        record_news(also)


def let_album_go(album: Album) -> None:
    """End all that is shared of an album that is being deleted, and take out other people's
    photos. Its history goes too: nothing is left that it could be about.
    """
    History.objects.select_for_update().filter(pk=album.pk).first()
    shared = SharedAlbum.objects.filter(pk=album.pk).first()
    Album.objects.filter(pk=album.pk).update(is_shared=False)
    if shared is None:
        return
    pairs = {*reach_of([album.pk]), (album.pk, album.owner_id)}
    items = SharedItem.objects.filter(shared_album=shared)
    columns = ("pk", "item__image_id", "item__image__owner_id")
    others = list(items.exclude(added_by_id=album.owner_id).values_list(*columns))
    end_links(shared)
    shared.delete()
    taken = take_places(AlbumItem.objects.filter(pk__in=[pk for pk, _, _ in others]))
    History.objects.filter(pk=album.pk).delete()
    photos = [
        News(account_id=o, kind=ChangeKind.IMAGE, object_id=i, change=SAME) for _, i, o in others
    ]
    gone = [
        News(account_id=a, kind=SharedKind.SHARED_ALBUM, object_id=album.pk, is_deleted=True)
        for _, a in pairs
    ]
    record_news([*photos, _album_news(album, taken), *gone])


def _albums_news(album_ids: set[UUID], taken: Mapping[UUID, int]) -> list[News]:
    albums = list(Album.objects.filter(pk__in=album_ids).only("pk", "owner_id"))
    return [*(_album_news(album, taken) for album in albums), *news_for_all(albums)]


def _album_news(album: Album, taken: Mapping[UUID, int]) -> News:
    """For its owner, of an album from which so many were taken."""
    return News(
        account_id=album.owner_id, kind=ChangeKind.ALBUM, object_id=album.pk,
        change=CountChange(albums={album.pk: -taken.get(album.pk, 0)}),
    )
