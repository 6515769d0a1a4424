"""Where images may have something of a deleted photo."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from uuid import UUID

from django.apps import apps
from django.db.models import ForeignKey, Model

from images.models import DiscardedBlob, Image
from pocketvault.kernel.stores import A_MINUTE, AT_ONCE, StoreSpec, register


def _owed_blobs(image_ids: Collection[UUID]) -> set[UUID]:
    """A row goes only once the ciphertext store was asked and said that the blob is absent."""
    owed = DiscardedBlob.objects.filter(image_id__in=list(image_ids), is_held=False)
    return {each for each in owed.values_list("image_id", flat=True) if each is not None}


def _rows_about(image_ids: Collection[UUID]) -> set[UUID]:
    """Every table of every app that points at images is asked."""
    ids = list(image_ids)
    found = set(Image.objects.filter(pk__in=ids).values_list("pk", flat=True))
    for model, column in _keys_to_images():
        rows = model._default_manager.filter(**{f"{column}__in": ids}).order_by()
        found |= set(rows.values_list(column, flat=True).distinct())
    return found


def _keys_to_images() -> Iterator[tuple[type[Model], str]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.related_model is Image:
                yield model, field.attname


register(
    StoreSpec(
        name="images.ciphertext",
        title="Ciphertext store",
        holds="Encrypted originals, previews, thumbnails and public pictures",
        removal="Each blob is removed, and the store asked whether it is still there",
        lag=A_MINUTE,
        models=("images.ImagePart", "images.DiscardedBlob", "images.PassingBlob"),
        task="images.free_discarded_blobs",
        remaining=_owed_blobs,
    )
)
register(
    StoreSpec(
        name="images.rows",
        title="Photos in the database",
        holds="Sealed keys, encrypted names and corrections, sizes and times",
        removal="In the transaction of the deletion itself",
        lag=AT_ONCE,
        models=("images.Image", "images.ImageVersion", "images.Envelope", "images.Correction"),
        remaining=_rows_about,
    )
)
register(
    StoreSpec(
        name="images.uploads",
        title="Unfinished uploads",
        holds="Encrypted bytes on their way to become a photo",
        removal="When they become a photo, when you stop, or three days after the last byte",
        lag=timedelta(days=3),
        models=("images.Upload",),
        task="images.remove_expired_uploads",
        why_not="They belong to no photo yet: a commit takes them, or they are given up.",
    )
)
