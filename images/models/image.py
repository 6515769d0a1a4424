"""An image, its content over time, and what belongs to it.

The server keeps ciphertext and wrapped keys. It knows ids, sizes and times, and nothing
that is in a photo. Whatever leads to a key is only ever in a `SealedModel`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models

from accounts.models import Account
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel

CLEAN_PREFIX = "clean-"


class PartName(models.TextChoices):
    """What the ciphertexts of a version are for.

    A version whose original still carries metadata may have a clean copy beside it, without
    any, under a key of its own: that is what is shared (docs/sharing.md, "Clean copies").
    """

    ORIGINAL = "original"
    PREVIEW = "preview"
    THUMBNAIL = "thumbnail"
    CLEAN_ORIGINAL = "clean-original"
    CLEAN_PREVIEW = "clean-preview"
    CLEAN_THUMBNAIL = "clean-thumbnail"

    @property
    def clean(self) -> PartName:
        """The same part of the version's clean copy."""
        return PartName(f"{CLEAN_PREFIX}{self.value.removeprefix(CLEAN_PREFIX)}")

    @property
    def plain(self) -> PartName:
        """The name without saying whether it is of a clean copy."""
        return PartName(self.value.removeprefix(CLEAN_PREFIX))

    @property
    def is_clean(self) -> bool:
        """True for a part of a clean copy."""
        return self.value.startswith(CLEAN_PREFIX)


PLAIN_PARTS = tuple(name for name in PartName if not name.is_clean)
CLEAN_PARTS = tuple(name for name in PartName if name.is_clean)


class EnvelopePurpose(models.TextChoices):
    """Which of an image's keys an envelope leads to. ``CLEAN`` is that of a clean copy."""

    CONTENT = "content"
    RECORD = "record"
    CLEAN = "clean"


class ImageQuerySet(models.QuerySet["Image"]):
    """How images are found: always starting from whose they are."""

    def owned_by(self, account: Account) -> ImageQuerySet:
        """What this account keeps, the recycle bin included."""
        return self.filter(owner=account)

    def in_library(self) -> ImageQuerySet:
        """What is not in the recycle bin."""
        return self.filter(binned_at=None)


class Image(models.Model):
    """An encrypted photo. Its id is made by the client and never used again.

    ``fingerprint`` is a keyed digest of the original that only its owner can compute
    (32 bytes); it finds duplicates and dies with the row. ``marks`` (favourite, archived)
    are ciphertext under the record key, numbered so that an older one cannot win.
    ``withheld_at`` and ``is_held`` are written by layers above and obeyed here: the first
    stops serving to anyone but the owner, the second keeps ciphertext after a purge.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # PROTECT across apps: an account leaves through erasure, never through a cascade.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stored_at = models.DateTimeField()
    # Year and month of ``stored_at``, as 202611: the timeline counts by an index.
    stored_month = models.PositiveIntegerField()
    version_number = models.PositiveIntegerField(default=1)
    fingerprint = models.BinaryField(max_length=32, null=True)
    marks_number = models.PositiveIntegerField(default=0)
    marks = models.BinaryField(null=True)
    corrections_revision = models.PositiveIntegerField(default=0)
    binned_at = models.DateTimeField(null=True)
    purge_at = models.DateTimeField(null=True)
    withheld_at = models.DateTimeField(null=True)
    is_held = models.BooleanField(default=False)

    objects = ImageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-stored_at", "id"], name="image_by_owner"),
            models.Index(fields=["owner", "stored_month", "binned_at"], name="image_by_month"),
            models.Index(
                fields=["purge_at"],
                name="image_by_purge_time",
                condition=models.Q(purge_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "fingerprint"], name="no_duplicate_image"),
            models.CheckConstraint(
                condition=models.Q(binned_at=None, purge_at=None)
                | models.Q(binned_at__isnull=False, purge_at__isnull=False),
                name="a_binned_image_has_a_purge_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ImageVersion(models.Model):
    """The content of an image from one time on. Replacing a photo adds one.

    ``metadata`` is ciphertext under the record key and belongs to this content. ``shown`` is
    what pages of the feed say of this version, its parts and its metadata, ready to be sent;
    `images.actions.spelling` writes it, and nothing else does.
    """

    image = models.ForeignKey(Image, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    metadata = models.BinaryField()
    stored_at = models.DateTimeField()
    shown = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "number"], name="one_row_per_version"),
            # A page would break on a version whose writer forgot it.
            models.CheckConstraint(condition=~models.Q(shown=""), name="a_version_is_spelled"),
        ]


class ImagePartQuerySet(models.QuerySet["ImagePart"]):
    """Reads of parts."""

    def current_originals(self) -> ImagePartQuerySet:
        """The original of each image's newest version."""
        return self.filter(name=PartName.ORIGINAL, version=models.F("image__version_number"))


class ImagePart(models.Model):
    """One stored ciphertext: the original, the preview or the thumbnail of a version, or of
    its clean copy.

    ``sha256`` is what the client computed over the ciphertext (32 bytes). ``verified_at``
    says when a worker first read those very bytes back from the store, ``read_at`` when one
    last did: all of them are read again every thirty days.
    """

    image = models.ForeignKey(Image, models.CASCADE, related_name="parts")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=15, choices=PartName)
    blob_key = models.CharField(max_length=200, unique=True)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.BinaryField(max_length=32)
    verified_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    is_damaged = models.BooleanField(default=False)

    objects = ImagePartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "version", "name"], name="one_row_per_part")
        ]
        indexes = [
            models.Index(fields=["verified_at"], name="part_by_verification"),
            models.Index(fields=["read_at"], name="part_by_reading"),
            # Looked for every ten minutes, and hardly ever there.
            models.Index(
                fields=["image"], name="damaged_part", condition=models.Q(is_damaged=True)
            ),
        ]


class Envelope(SealedModel):
    """A wrapped content key or record key of an image, sealed under the current epoch.

    There is one content envelope per version, one more where it has a clean copy, and one
    record envelope (version 1).
    """

    sealing_fields: ClassVar[tuple[str, ...]] = ("image_id", "purpose", "version")

    image = models.ForeignKey(Image, models.CASCADE, related_name="envelopes")
    purpose = models.CharField(max_length=7, choices=EnvelopePurpose)
    version = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "purpose", "version"], name="one_envelope_per_key"
            )
        ]


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Reads of corrections."""

    def newest_of(self, image_ids: Iterable[UUID]) -> CorrectionQuerySet:
        """The newest revision of each of these images."""
        newest = models.F("image__corrections_revision")
        return self.filter(image_id__in=list(image_ids), revision=newest)


class Correction(models.Model):
    """What the owner set right: a whole record per revision, ciphertext, never overwritten."""

    image = models.ForeignKey(Image, models.CASCADE, related_name="corrections")
    revision = models.PositiveIntegerField()
    ciphertext = models.BinaryField()
    made_at = models.DateTimeField()

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "revision"], name="one_row_per_revision")
        ]


def month_of(moment: datetime) -> int:
    """A month (UTC) as one sortable number: November 2026 is 202611."""
    return moment.year * 100 + moment.month


def envelope(image_id: UUID, purpose: EnvelopePurpose, version: int, wrapped: bytes) -> Envelope:
    """A sealed, unsaved envelope."""
    return Envelope(image_id=image_id, purpose=purpose, version=version).seal(wrapped)
