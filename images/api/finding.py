"""Finding what somebody asks for, among what is theirs."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from accounts.models import Account
from images.errors import ImageGoneError
from images.models import Album, Image, ImagePart, Tombstone
from pocketvault.kernel.errors import NotFoundError, VaultError
from pocketvault.kernel.kept_queries import KeptQuery

_IMAGE = KeptQuery(Image.objects.all, by=("owner", "id"))
_PART = KeptQuery(ImagePart.objects.all, by=("image", "version", "name"))


def own_image(account: Account, image_id: UUID) -> Image:
    """The account's image. Raises `ImageGoneError` for one it purged, else `NotFoundError`:
    unknown and forbidden are the same answer.
    """
    image = _IMAGE.first(account.pk, image_id)
    if image is None:
        raise missing_images(account, [image_id])[image_id]
    return image


def missing_images(account: Account, image_ids: Iterable[UUID]) -> dict[UUID, VaultError]:
    """Why each of these ids, none of which is the account's image, cannot be found."""
    ids = list(image_ids)
    tombstones = Tombstone.objects.filter(image_id__in=ids, owner_id=account.pk)
    gone = set(tombstones.values_list("image_id", flat=True))
    return {i: ImageGoneError() if i in gone else NotFoundError() for i in ids}


def part_of(image: Image, version: int, name: str) -> ImagePart:
    """One part of a version. Raises `NotFoundError`."""
    part = _PART.first(image.pk, version, name)
    if part is None:
        raise NotFoundError
    part.image = image
    return part


def own_album(account: Account, album_id: UUID) -> Album:
    """The account's album. Raises `NotFoundError`."""
    album = Album.objects.owned_by(account).filter(pk=album_id).first()
    if album is None:
        raise NotFoundError
    return album
