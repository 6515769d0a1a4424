"""Albums: a key of their own, and the content keys of their images wrapped by it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Account
from images.models.image import Image
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel


class AlbumQuerySet(models.QuerySet["Album"]):
    """How albums are found: always starting from whose they are."""

    def owned_by(self, account: Account) -> AlbumQuerySet:
        """What this account put together."""
        return self.filter(owner=account)


class Album(models.Model):
    """A set of images. Name, description, cover and order are ciphertext in ``settings``,
    numbered so that an older one cannot win.

    ``is_shared`` is written by the layer above and obeyed here: while it is set, what is in
    the album, its settings and its key change only there, and in a signed history.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    generation = models.PositiveIntegerField(default=1)
    settings_number = models.PositiveIntegerField(default=1)
    settings = models.BinaryField()
    is_shared = models.BooleanField(default=False)

    objects = AlbumQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class AlbumEnvelope(SealedModel):
    """A wrapped album key, sealed. One per generation of the key."""

    sealing_fields: ClassVar[tuple[str, ...]] = ("album_id", "generation")

    album = models.ForeignKey(Album, models.CASCADE, related_name="envelopes")
    generation = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["album", "generation"], name="one_envelope_per_generation"
            )
        ]


class AlbumItem(SealedModel):
    """That an image is in an album, with its content key wrapped by the album key, sealed.

    ``version`` is the image version whose key it is. A newer one takes a new row.
    """

    sealing_fields: ClassVar[tuple[str, ...]] = ("album_id", "image_id", "version")

    album = models.ForeignKey(Album, models.CASCADE, related_name="items")
    image = models.ForeignKey(Image, models.CASCADE, related_name="album_items")
    version = models.PositiveIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["album", "image"], name="an_image_once_per_album")
        ]
