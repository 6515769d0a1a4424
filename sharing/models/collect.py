"""Collecting: links through which others bring photos and see none, and what they brought."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from accounts.models import Account
from pocketvault.kernel.ids import uuid7
from sharing.models.link import GuardedLink, VisitToken


class CollectLinkQuerySet(models.QuerySet["CollectLink"]):
    """How collect links are found."""

    def owned_by(self, account: Account) -> CollectLinkQuerySet:
        """Those this account made."""
        return self.filter(owner=account)

    def standing_at(self, now: datetime) -> CollectLinkQuerySet:
        """Those through which something can still come."""
        return self.filter(ended_at=None, expires_at__gt=now)

    def with_room_for(self, byte_count: int) -> CollectLinkQuerySet:
        """Those that so many more bytes may come through."""
        room = models.ExpressionWrapper(
            models.F("byte_limit") - models.F("bytes_taken"),
            output_field=models.BigIntegerField(),
        )
        return self.alias(room=room).filter(room__gte=byte_count)


class CollectLink(GuardedLink):
    """A link through which guests bring photos. ``name`` is ciphertext under the link key.

    ``bytes_taken`` counts what guests announced or brought, and ``photos_taken`` the drops;
    what is refused, or not taken in, is given back.
    """

    name = models.BinaryField()
    byte_limit = models.PositiveBigIntegerField()
    photo_limit = models.PositiveIntegerField()
    bytes_taken = models.PositiveBigIntegerField(default=0)
    photos_taken = models.PositiveIntegerField(default=0)

    objects = CollectLinkQuerySet.as_manager()


class GuestVisit(VisitToken):
    """Somebody bringing photos through a collect link."""

    link = models.ForeignKey(CollectLink, models.CASCADE, related_name="visits")


class DropQuerySet(models.QuerySet["Drop"]):
    """How drops are found."""

    def brought_to(self, account: Account) -> DropQuerySet:
        """Those that wait for this account."""
        return self.filter(owner=account)

    def due_at(self, now: datetime) -> DropQuerySet:
        """Those that nobody took in for too long."""
        return self.filter(expires_at__lte=now)


class Drop(models.Model):
    """A photo that a guest brought, until its owner takes it in or refuses it.

    Its bytes are uploads of the owner. ``image_id`` is what the guest's device called the
    photo: contexts name it. ``metadata`` is ciphertext under the record key, and ``payload``
    is sealed to the owner's exchange key.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    link = models.ForeignKey(CollectLink, models.SET_NULL, related_name="drops", null=True)
    image_id = models.UUIDField()
    metadata = models.BinaryField()
    payload = models.BinaryField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects = DropQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "made_at", "id"], name="drop_by_owner")]


class DropPart(models.Model):
    """Which upload is which part of a drop. No foreign key: the upload leaves first, and says
    so by a signal.
    """

    drop = models.ForeignKey(Drop, models.CASCADE, related_name="parts")
    name = models.CharField(max_length=9)
    upload_id = models.UUIDField(unique=True)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.BinaryField(max_length=32)
