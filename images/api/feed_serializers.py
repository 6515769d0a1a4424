"""Bodies of the change feed and the timeline."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from images.api.album_serializers import AlbumSerializer
from images.api.serializers import ImageSerializer


class ChangeSerializer(serializers.Serializer[Any]):
    """One object that changed: ``image`` or ``album`` as it is now, or deleted.

    Other kinds come without a document: fetch what is named, or pass over what you do not know.
    """

    kind = serializers.CharField()
    id = serializers.UUIDField()
    is_deleted = serializers.BooleanField()
    image = ImageSerializer(required=False)
    album = AlbumSerializer(required=False)


class ChangesSerializer(serializers.Serializer[Any]):
    """A page of the change feed. Keep ``cursor``, and go on while ``has_more``."""

    changes = ChangeSerializer(many=True)
    cursor = serializers.CharField()
    has_more = serializers.BooleanField()


class BucketSerializer(serializers.Serializer[Any]):
    """How many images were stored in a month (UTC), the recycle bin left out."""

    month = serializers.RegexField(r"^\d{4}-\d{2}$")
    count = serializers.IntegerField()


class TimelineSerializer(serializers.Serializer[Any]):
    """The months in which anything was stored, newest first."""

    buckets = BucketSerializer(many=True)


class MonthSerializer(serializers.Serializer[Any]):
    """A month's images in columns of the same length, newest first."""

    ids = serializers.ListField(child=serializers.UUIDField())
    stored_at = serializers.ListField(child=serializers.DateTimeField())
    bytes = serializers.ListField(child=serializers.IntegerField())
