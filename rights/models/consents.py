"""What people agreed to in writing, and what may exist only while they do.

Both tables are guarded by triggers (``rights/migrations/0006_choices.py``): a row that no live,
signed consent covers is refused whoever writes it, by the database itself.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from images.models import Image
from pocketvault.kernel.ids import uuid7


class Consent(models.Model):
    """One agreement, as its person signed it.

    ``record`` is canonical JSON (docs/choices.md, "Consents") and ``signature`` (65 bytes) that of
    the identity key over it; the other columns repeat what it says. ``text_sha256`` is of what
    was shown. It ends twelve months after it was given at the latest.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text_version = models.CharField(max_length=20)
    text_sha256 = models.BinaryField(max_length=32)
    typed_name = models.CharField(max_length=120)
    record = models.BinaryField()
    signature = models.BinaryField(max_length=65)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)


class ConsentImage(models.Model):
    """A photo that a consent covers. Its id only: the agreement outlives the photo."""

    consent = models.ForeignKey(Consent, models.CASCADE, related_name="images")
    image_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consent", "image_id"], name="a_photo_once"),
        ]


class SyntheticDerivative(models.Model):
    """A picture that was made of somebody's photo by a machine. Nothing in this product makes
    one: the row is what any maker would need, and cannot have without the person's consent.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # PROTECT: a purge removes what was made of the photo first, or the database refuses it.
    image = models.ForeignKey(Image, models.PROTECT, related_name="+")
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="derivatives")
    made_at = models.DateTimeField()
