"""Bodies of the endpoints of albums."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.fields import WrappedKeyField
from images.api.serializers import BATCH_ITEMS, NumberField, RecordField

# An album in an order of its own lists its images there.
LARGEST_SETTINGS = 2**20


class NumberedSettingsSerializer(serializers.Serializer[Any]):
    """An album's settings, as ciphertext; ``number`` is one more than the last."""

    number = NumberField()
    sealed = RecordField(most=LARGEST_SETTINGS)


class FirstSettingsSerializer(serializers.Serializer[Any]):
    """An album's first settings."""

    number = serializers.IntegerField(min_value=1, max_value=1)
    sealed = RecordField(most=LARGEST_SETTINGS)


class CreateAlbumSerializer(serializers.Serializer[Any]):
    """A new album."""

    wrapped_album_key = WrappedKeyField()
    generation = serializers.IntegerField(min_value=1, max_value=1)
    settings = FirstSettingsSerializer()


class ChangeAlbumSerializer(serializers.Serializer[Any]):
    """New settings for an album."""

    settings = NumberedSettingsSerializer()


class SettingsSerializer(serializers.Serializer[Any]):
    """An album's settings as they are stored."""

    number = serializers.IntegerField()
    sealed = serializers.CharField()


class AlbumSerializer(serializers.Serializer[Any]):
    """An album. Which images are in it is said by each image's ``albums``. One that
    ``is_shared`` changes below ``/shared/albums``.
    """

    id = serializers.UUIDField()
    owner_id = serializers.UUIDField()
    wrapped_album_key = serializers.CharField(allow_null=True)
    generation = serializers.IntegerField()
    settings = SettingsSerializer()
    item_count = serializers.IntegerField()
    is_shared = serializers.BooleanField()


class AlbumsSerializer(serializers.Serializer[Any]):
    """All albums, oldest first."""

    items = AlbumSerializer(many=True)


class NewItemSerializer(serializers.Serializer[Any]):
    """An image for an album, with its content key wrapped by the album key."""

    image_id = serializers.UUIDField()
    version = NumberField()
    wrapped_content_key = WrappedKeyField()


class AddItemsSerializer(serializers.Serializer[Any]):
    """Up to 500 images for an album."""

    items = serializers.ListField(child=NewItemSerializer(), max_length=BATCH_ITEMS)


class RemoveItemsSerializer(serializers.Serializer[Any]):
    """Up to 500 images that leave an album."""

    image_ids = serializers.ListField(child=serializers.UUIDField(), max_length=BATCH_ITEMS)


class ItemSerializer(serializers.Serializer[Any]):
    """An image in an album."""

    image_id = serializers.UUIDField()
    version = serializers.IntegerField()
    wrapped_content_key = serializers.CharField(allow_null=True)
    added_at = serializers.DateTimeField()


class ItemsSerializer(serializers.Serializer[Any]):
    """A page of an album's images in the order in which they came. ``cursor`` is null on
    the last page.
    """

    items = ItemSerializer(many=True)
    cursor = serializers.CharField(allow_null=True)
