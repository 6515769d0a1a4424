"""What somebody shows to the world: a profile, and its publications.

A publication is an object of its own, made of a copy that its owner's device uploaded for that.
The image in the vault stays what it is; when it is purged, its publications go with it.
"""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Account
from images.models import Image
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel

# 128 random bits, so that nobody guesses one, and none says when it was made.
PUBLIC_ID_BYTES = 16


def new_public_id() -> str:
    """A name for a publication in public addresses: 22 letters of base64url."""
    return secrets.token_urlsafe(PUBLIC_ID_BYTES)


class PublicationState(models.TextChoices):
    """How far a publication has come. Each step is one commit, so a killed worker's successor
    begins after the last one that was done. The value is part of the protocol.

    ``ARRIVED`` the copy is there; ``CHECKED`` it is what it says, stripped, and scaled;
    ``MARKED`` watermarked, or left as it is if the owner chose so; ``RENDERED`` every size is
    made and sealed; ``LIVE`` everyone can see it; ``REFUSED`` it cannot be shown, ``refusal``
    says why.
    """

    ARRIVED = "arrived"
    CHECKED = "checked"
    MARKED = "marked"
    RENDERED = "rendered"
    LIVE = "live"
    REFUSED = "refused"


UNDER_WAY = (
    PublicationState.ARRIVED,
    PublicationState.CHECKED,
    PublicationState.MARKED,
    PublicationState.RENDERED,
)


class Profile(models.Model):
    """What an account shows of itself at ``/u/NAME``. All of it is public while ``is_open``,
    unless ``withheld_at`` says that a layer above withheld it.

    ``is_listed`` lets search engines in. ``statement`` is canonical JSON signed by the owner's
    identity key (``signature``, 65 bytes): name, words, licence, headings and
    cover (docs/publishing.md, "The words of a profile"). Both are empty for a profile that was
    made before words were signed, until it is saved again.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+"
    )
    name = models.CharField(max_length=30, unique=True)
    shown_name = models.CharField(max_length=80)
    bio = models.CharField(max_length=500, blank=True, default="")
    licence = models.CharField(max_length=200)
    is_open = models.BooleanField(default=False)
    is_listed = models.BooleanField(default=False)
    statement = models.BinaryField(default=b"")
    signature = models.BinaryField(max_length=65, default=b"")
    # Of whoever finds the profile under attack: anonymous visitors sign in for large pictures.
    guarded_until = models.DateTimeField(null=True)
    # Of the layer above: nothing new is published before then.
    barred_until = models.DateTimeField(null=True)
    # Of the layer above: nothing of it is shown to anybody but its owner.
    withheld_at = models.DateTimeField(null=True)
    cover = models.ForeignKey("Publication", models.SET_NULL, related_name="+", null=True)
    made_at = models.DateTimeField()


class RestingName(models.Model):
    """A name that a profile gave up. Nobody else can take it for a while, so that nobody is
    taken for whoever had it; ``holder`` (see `profile_names.holder_of`) may have it back.
    """

    name = models.CharField(max_length=30, primary_key=True)
    holder = models.CharField(max_length=64)
    until = models.DateTimeField(db_index=True)


class PublicAlbum(models.Model):
    """A heading on the profile, under which its owner put publications."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="albums")
    title = models.CharField(max_length=100)
    position = models.PositiveIntegerField()


class PublicationQuerySet(models.QuerySet["Publication"]):
    """How publications are found."""

    def owned_by(self, account: Account) -> PublicationQuerySet:
        """Those this account made."""
        return self.filter(owner=account)

    def under_way(self) -> PublicationQuerySet:
        """Those that a worker has to go on with."""
        return self.filter(state__in=UNDER_WAY)

    def shown(self) -> PublicationQuerySet:
        """Those that everyone can see now. A photo in the recycle bin is shown to nobody."""
        return self.filter(
            state=PublicationState.LIVE, withheld_at=None, owner__in=_owners_of_open_profiles(),
            image__binned_at=None, image__withheld_at=None,
        )  # fmt: skip

    def in_order(self) -> PublicationQuerySet:
        """As their owner arranged them: lower positions first, then the newest. Both are in what
        they signed.
        """
        return self.order_by("position", "-pk")


def _owners_of_open_profiles() -> models.QuerySet[Profile]:
    shown = Profile.objects.filter(is_open=True, withheld_at=None)
    return shown.values("owner_id")  # type: ignore[return-value]


class Publication(models.Model):
    """A photo that its owner shows to everyone.

    ``statement`` is canonical JSON signed by the owner's identity key (``signature``, 65
    bytes); ``caption``, ``creator``, ``licence`` and ``is_watermarked`` repeat it for whoever
    makes the page. ``width`` and ``height`` are those of the largest rendition in pixels.
    ``placeholder`` is a ThumbHash (at most 25 bytes).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # PROTECT: a purge withdraws first, or the database refuses it.
    image = models.ForeignKey(Image, models.PROTECT, related_name="+")
    album = models.ForeignKey(
        PublicAlbum, models.SET_NULL, related_name="publications", null=True
    )
    position = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=PublicationState.choices)
    refusal = models.CharField(max_length=40, blank=True, default="")
    statement = models.BinaryField()
    signature = models.BinaryField(max_length=65)
    caption = models.CharField(max_length=300, blank=True, default="")
    creator = models.CharField(max_length=80, blank=True, default="")
    licence = models.CharField(max_length=200)
    is_watermarked = models.BooleanField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    placeholder = models.BinaryField(max_length=25, default=b"")
    # By which copies of it are known (`sharing.pdq`); empty where it has too little in it.
    pdq = models.BinaryField(max_length=32, default=b"")
    # The same of it as it lies, mirrored and turned (8 x 32 bytes); none before it was looked at.
    pdq_ways = models.BinaryField(max_length=256, null=True)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    # Written by layers above (takedown) and obeyed here.
    withheld_at = models.DateTimeField(null=True)

    objects = PublicationQuerySet.as_manager()

    @property
    def ways(self) -> bytes:
        """Every hash by which a copy of it is known, one after another; empty for none."""
        return bytes(self.pdq_ways or self.pdq)

    class Meta:
        indexes = [
            models.Index(
                fields=["owner", "position", "-id"], name="publication_by_place"
            ),
            models.Index(
                fields=["made_at"], name="publication_under_way",
                condition=models.Q(state__in=UNDER_WAY),
            ),
        ]


class BlockedPicture(models.Model):
    """The hash of a picture that was withheld, and nothing else of it: what looks like it is not
    published again while this stands. ``case_id`` is of the layer above, which decided it.
    """

    pdq = models.BinaryField(max_length=32)
    case_id = models.UUIDField(db_index=True)
    blocked_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)


class BetweenName(models.TextChoices):
    """What lies between two steps: the uploaded copy, and the scaled picture made of it."""

    COPY = "copy"
    WORK = "work"


class PublicationBlob(models.Model):
    """Ciphertext that only the pipeline reads, gone once the publication is live or refused."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="between")
    name = models.CharField(max_length=4, choices=BetweenName.choices)
    blob_key = models.CharField(max_length=64, unique=True)
    bytes = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "name"], name="one_blob_of_a_name_between"
            )
        ]


class PublicationEnvelope(SealedModel):
    """The two keys of a publication, sealed: that of the uploaded copy, which its owner's
    device made, and that of everything made of it here (32 bytes each). Withdrawing destroys
    this row, and with it every rendition wherever a copy of its ciphertext may lie.
    """

    sealing_fields: ClassVar[tuple[str, ...]] = ("publication_id",)

    publication = models.OneToOneField(Publication, models.CASCADE, related_name="envelope")


class RenditionKind(models.TextChoices):
    """What a rendition is encoded as. The value is the ending of its public address."""

    WEBP = "webp"
    JPEG = "jpg"

    @property
    def media_type(self) -> str:
        """As HTTP calls it."""
        return "image/webp" if self is RenditionKind.WEBP else "image/jpeg"


# Long edges in pixels. The original size is never public.
SMALL, MIDDLE, LARGE = 320, 1280, 2048
SIZES = (SMALL, MIDDLE, LARGE)


class Rendition(models.Model):
    """One size of a publication: ciphertext in the stream format of docs/cryptography.md under
    the publication's own key. ``bytes`` and ``sha256`` (32 bytes) are of the picture itself.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="renditions")
    size = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=4, choices=RenditionKind.choices)
    blob_key = models.CharField(max_length=64, unique=True)
    bytes = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "size", "kind"], name="one_rendition_of_a_size"
            )
        ]
