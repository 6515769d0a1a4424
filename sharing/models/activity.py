"""What recipients say about photos. All of it is ciphertext under the album key."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from images.models import Image
from pocketvault.kernel.ids import uuid7
from sharing.models.album import SharedAlbum


class Comment(models.Model):
    """Something somebody wrote about a photo, or about the album when ``image`` is None."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shared_album = models.ForeignKey(SharedAlbum, models.CASCADE, related_name="comments")
    image = models.ForeignKey(Image, models.PROTECT, related_name="+", null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    generation = models.PositiveIntegerField()
    ciphertext = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["shared_album", "made_at", "id"], name="comment_by_album"),
        ]


class Like(models.Model):
    """That somebody likes a photo, and how, which is ciphertext."""

    shared_album = models.ForeignKey(SharedAlbum, models.CASCADE, related_name="likes")
    image = models.ForeignKey(Image, models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    generation = models.PositiveIntegerField()
    ciphertext = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shared_album", "image", "author"], name="one_like_per_person_and_photo"
            )
        ]
