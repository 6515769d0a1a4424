"""What images keep about a person, and how it is shown and removed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from uuid import UUID

from accounts.models import Account
from images.actions.albums import delete_album
from images.actions.disposal import BATCH_IMAGES, purge_images
from images.actions.passing import give_up_passing_of
from images.actions.uploading import discard_uploads_of
from images.api.documents import album_documents, image_documents
from images.api.versions import version_documents
from images.delivery import read_for_owner
from images.models import (
    Album,
    AlbumCount,
    FeedHead,
    Image,
    ImagePart,
    MonthCount,
    StorageUse,
    SyncEntry,
    TouchDay,
)
from pocketvault.kernel.custody import LEGAL_DUTY, OCTETS, Custodian, ExportItem, Keeping, register
from pocketvault.kernel.purposes import STORE_IMAGES

BATCH_ALBUMS = 50
BATCH_LINES = 5000
_CONTENT = ("user.content.private",)
_KEYS = ("user.authorization",)
TOUCH_COLUMNS = ("day", "who", "purpose", "count")
_WITH_THE_PHOTO = "until you delete the photo"
_WITH_THE_ALBUM = "until you delete the album"


class ImagesCustodian(Custodian):
    """Answers for everything images keep. All of it is ciphertext, sizes and times."""

    app_label = "images"
    keeps: tuple[Keeping, ...] = (
        Keeping(model="Image", owner_path="owner", categories=_CONTENT, retention=_WITH_THE_PHOTO),
        Keeping(
            model="ImageVersion", owner_path="image__owner", categories=_CONTENT,
            retention=_WITH_THE_PHOTO,
        ),
        Keeping(
            model="ImagePart", owner_path="image__owner", categories=_CONTENT,
            retention=_WITH_THE_PHOTO,
        ),
        Keeping(
            model="Envelope", owner_path="image__owner", categories=_KEYS,
            retention=_WITH_THE_PHOTO,
        ),
        Keeping(
            model="Correction", owner_path="image__owner", categories=_CONTENT,
            retention=_WITH_THE_PHOTO,
        ),
        Keeping(model="Album", owner_path="owner", categories=_CONTENT, retention=_WITH_THE_ALBUM),
        Keeping(
            model="AlbumEnvelope", owner_path="album__owner", categories=_KEYS,
            retention=_WITH_THE_ALBUM,
        ),
        Keeping(
            model="AlbumItem", owner_path="album__owner", categories=_KEYS,
            retention="until the photo leaves the album",
        ),
        Keeping(
            model="Upload", owner_path="owner", categories=_CONTENT,
            retention="until it becomes a photo, or three days after its last byte",
        ),
        Keeping(
            model="PassingBlob", owner_path="owner", categories=_CONTENT,
            retention="for the one request that brings a photo, at the latest for an hour",
        ),
        Keeping(
            model="StorageUse", owner_path="account", categories=("user.behavior",),
            retention="as long as the account",
        ),
        Keeping(
            model="FeedHead", owner_path="account", categories=("user.behavior",),
            retention="as long as the account",
        ),
        Keeping(
            model="SyncEntry", owner_path="account", categories=("user.behavior",),
            retention="until you delete the photo or album, and 90 days more",
        ),
        Keeping(
            model="MonthCount", owner_path="account", categories=("user.behavior",),
            retention="until the last photo of that month leaves the library",
        ),
        Keeping(
            model="AlbumCount", owner_path="account", categories=("user.behavior",),
            retention="until the last photo leaves the album",
        ),
        Keeping(
            model="ComparedDay", owner_path=None, categories=("system.operations",),
            retention="for good: sums of a day, and nothing of anybody",
        ),
        Keeping(
            model="Touch", owner_path="image__owner", categories=("user.behavior",),
            retention="for a year, and no longer than the photo",
        ),
        Keeping(
            model="TouchDay", owner_path="owner", categories=("user.behavior",),
            retention="for a year, without saying which photo",
        ),
        Keeping(
            model="TouchBatch", owner_path=None, categories=("system.operations",),
            retention="until the next minute",
        ),
        Keeping(
            model="Tombstone", owner_path=None, categories=("user.unique_id",),
            retention="for good: two random numbers and two times, and nothing of the photo",
            legal_basis=LEGAL_DUTY,
        ),
        Keeping(
            model="ReadingDay", owner_path=None, categories=("system.operations",),
            retention="for good: sums of a day, and nothing of anybody",
        ),
        Keeping(
            model="DiscardedBlob", owner_path=None, categories=_CONTENT,
            retention="until the bytes are removed from every store, within a minute",
        ),
    )

    def export(self, subject_id: UUID) -> Iterator[ExportItem]:
        """Each image as it is stored, and each album. Ciphertext stays ciphertext."""
        for image_id in Image.objects.filter(owner_id=subject_id).values_list("pk", flat=True):
            yield from image_items([image_id], subject_id)
        parts = ImagePart.objects.filter(image__owner_id=subject_id).select_related("image")
        for part in parts.iterator():
            yield ExportItem(
                path=part_path(part),
                media_type=OCTETS,
                read=partial(read_for_owner, part, purpose=STORE_IMAGES),
            )
        yield from album_items(subject_id)

    def erase_some(self, subject_id: UUID) -> int:
        """Purge images, then take albums apart, then forget uploads, the feed and the counts."""
        owner = Account.objects.filter(pk=subject_id).first()
        if owner is None:
            return 0
        images = Image.objects.owned_by(owner)
        if ids := list(images.values_list("pk", flat=True)[:BATCH_IMAGES]):
            purge_images(ids, actor=owner)
            return len(ids)
        if albums := list(Album.objects.owned_by(owner)[:BATCH_ALBUMS]):
            for album in albums:
                delete_album(album, actor=owner)
            return len(albums)
        left = discard_uploads_of(subject_id) + give_up_passing_of(subject_id)
        return left or _forget_counts(subject_id)


def _forget_counts(subject_id: UUID) -> int:
    """The feed in batches, which has a line for each image there ever was; then the rest."""
    TouchDay.objects.filter(owner_id=subject_id).delete()
    lines = SyncEntry.objects.filter(account_id=subject_id)
    batch = lines.order_by("pk")[:BATCH_LINES]
    went = SyncEntry.objects.filter(pk__in=list(batch.values_list("pk", flat=True))).delete()[0]
    if went:
        return went
    return sum(
        model._default_manager.filter(account_id=subject_id).delete()[0]
        for model in (MonthCount, AlbumCount, FeedHead, StorageUse)
    )


def image_items(image_ids: Sequence[UUID], owner_id: UUID) -> Iterator[ExportItem]:
    """What is known of these images, in the order given, with every version: the bytes of an old
    one are of no use without its key. Those that went in the meantime are left out.
    """
    documents = image_documents(image_ids, owner_id=owner_id)
    for image_id in image_ids:
        if image_id in documents:
            whole = {**documents[image_id], "versions": version_documents(image_id)}
            yield _document(f"images/{image_id}.json", whole)


def part_path(part: ImagePart) -> str:
    """Where an export keeps the ciphertext of a part."""
    return f"images/{part.image_id}/{part.version}-{part.name}.bin"


def album_items(owner_id: UUID) -> Iterator[ExportItem]:
    """Every album, and who came to photos: all that images keep beside the images themselves."""
    for album_id in Album.objects.filter(owner_id=owner_id).values_list("pk", flat=True):
        yield _document(f"albums/{album_id}.json", album_documents([album_id])[album_id])
    days = TouchDay.objects.filter(owner_id=owner_id).order_by("day", "who", "purpose")
    seen = [[str(d), w, p, c] for d, w, p, c in days.values_list(*TOUCH_COLUMNS)]
    yield _document("touches.json", seen)


def _document(path: str, document: object) -> ExportItem:
    data = json.dumps(document, indent=2).encode()
    return ExportItem.holding(data, path=path, media_type="application/json")


register(ImagesCustodian())
