"""What staff see of images: that they exist, when they came, how big they are. Never
ciphertext, never a wrapped key, and nothing can be changed.
"""

from __future__ import annotations

from django.contrib import admin

from images.models import Album, DiscardedBlob, Image, StorageUse, Tombstone
from pocketvault.kernel.looking import LookOnly


@admin.register(Image)
class ImageAdmin(LookOnly):
    """Images by their dates."""

    list_display = fields = (
        "id", "owner_id", "stored_at", "version_number", "binned_at", "purge_at", "withheld_at",
    )
    search_fields = ("=id", "=owner__id")
    search_help_text = "A whole id of an image or account."


@admin.register(Album)
class AlbumAdmin(LookOnly):
    """Albums by their dates."""

    list_display = fields = ("id", "owner_id", "made_at", "generation")


@admin.register(StorageUse)
class StorageUseAdmin(LookOnly):
    """How much each account keeps."""

    list_display = fields = ("account_id", "images", "used_bytes", "reserved_bytes")


@admin.register(Tombstone)
class TombstoneAdmin(LookOnly):
    """What was purged, and when its last byte was gone."""

    list_display = fields = ("image_id", "owner_id", "purged_at", "blobs_gone_at")


@admin.register(DiscardedBlob)
class DiscardedBlobAdmin(LookOnly):
    """Bytes that are still to be freed."""

    list_display = fields = ("id", "image_id", "discarded_at")
