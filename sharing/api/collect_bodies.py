"""Bodies about collect links and drops."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.fields import (
    Body,
    ClientIdField,
    KdfSerializer,
    KeyField,
    WrappedKeyField,
    kdf_in,
)
from images.api.drafts import part_in
from images.api.serializers import LARGEST_MARKS, RecordField, UploadedPartsSerializer
from pocketvault.kernel.fields import BytesField
from sharing.actions.collecting import CollectDraft, CollectLimits
from sharing.actions.dropping import DropDraft
from sharing.api.link_bodies import BegunVisitSerializer, LinkOwnerSerializer

LARGEST_BYTES = 2**53
MOST_PHOTOS = 100_000
# Suite, encapsulated secret, one byte at least, tag: docs/cryptography.md, "Sealed to an account".
SMALLEST_PAYLOAD = 1 + 1120 + 1 + 16
LARGEST_PAYLOAD = 4096


class CollectLimitsSerializer(serializers.Serializer[Any]):
    """Name (ciphertext under the link key), end and limits; bytes are those of ciphertext."""

    name = RecordField(most=LARGEST_MARKS)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    byte_limit = serializers.IntegerField(min_value=1, max_value=LARGEST_BYTES)
    photo_limit = serializers.IntegerField(min_value=1, max_value=MOST_PHOTOS)


class MakeCollectLinkSerializer(CollectLimitsSerializer):
    """A new collect link."""

    auth_key = KeyField()
    kdf = KdfSerializer(required=False, allow_null=True, default=None)
    wrapped_secret = WrappedKeyField()
    wrapped_key = WrappedKeyField()


class CollectLinkSerializer(serializers.Serializer[Any]):
    """A collect link, as its owner sees it. Its wraps are null once it ended."""

    id = serializers.UUIDField()
    name = BytesField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    asleep_since = serializers.DateTimeField(allow_null=True)
    last_used_on = serializers.DateField(allow_null=True)
    byte_limit = serializers.IntegerField()
    bytes_taken = serializers.IntegerField()
    photo_limit = serializers.IntegerField()
    photos_taken = serializers.IntegerField()
    has_password = serializers.BooleanField()
    wrong_proofs = serializers.IntegerField()
    wrapped_secret = BytesField(allow_null=True)
    wrapped_key = BytesField(allow_null=True)


class CollectLinksSerializer(serializers.Serializer[Any]):
    """All collect links, newest first."""

    items = CollectLinkSerializer(many=True)


class GuestsLinkSerializer(serializers.Serializer[Any]):
    """A collect link, as guests see it. ``kdf`` is null when it has no password."""

    kdf = KdfSerializer(allow_null=True)
    owner = LinkOwnerSerializer()
    expires_at = serializers.DateTimeField()
    bytes_left = serializers.IntegerField()
    photos_left = serializers.IntegerField()


class BegunGuestVisitSerializer(BegunVisitSerializer):
    """A guest's visit, and what the link is called (ciphertext under the link key)."""

    name = BytesField()


class BringDropSerializer(serializers.Serializer[Any]):
    """A photo that a guest brings: finished uploads, and what is sealed to the owner."""

    image_id = ClientIdField()
    parts = UploadedPartsSerializer()
    metadata = RecordField()
    payload = BytesField(least=SMALLEST_PAYLOAD, most=LARGEST_PAYLOAD)


class DropPartSerializer(serializers.Serializer[Any]):
    """One part of a drop: name it in the commit that takes the drop in."""

    upload = serializers.UUIDField()
    bytes = serializers.IntegerField()
    sha256 = BytesField()


class DropPartsSerializer(serializers.Serializer[Any]):
    """The parts of a drop."""

    original = DropPartSerializer()
    preview = DropPartSerializer(required=False)
    thumbnail = DropPartSerializer(required=False)


class DropSerializer(serializers.Serializer[Any]):
    """A photo that waits. ``link_id`` is null once its link is forgotten."""

    id = serializers.UUIDField()
    link_id = serializers.UUIDField(allow_null=True)
    image_id = serializers.UUIDField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    metadata = BytesField()
    payload = BytesField()
    parts = DropPartsSerializer()


class DropsSerializer(serializers.Serializer[Any]):
    """A page of what waits, oldest first."""

    items = DropSerializer(many=True)
    cursor = serializers.CharField(allow_null=True)


def collect_limits_in(body: Body) -> CollectLimits:
    """Name, end and limits, from the body that brings them."""
    return CollectLimits(
        name=body["name"],
        expires_at=body["expires_at"],
        byte_limit=body["byte_limit"],
        photo_limit=body["photo_limit"],
    )


def collect_link_in(body: Body) -> CollectDraft:
    """A new collect link, from the body that brings it."""
    return CollectDraft(
        auth_key=body["auth_key"],
        kdf=None if body["kdf"] is None else kdf_in(body),
        wrapped_secret=body["wrapped_secret"],
        wrapped_key=body["wrapped_key"],
        limits=collect_limits_in(body),
    )


def drop_in(body: Body) -> DropDraft:
    """A drop, from the body that brings it."""
    return DropDraft(
        image_id=body["image_id"],
        parts=[part_in(name, part) for name, part in body["parts"].items()],
        metadata=body["metadata"],
        payload=body["payload"],
    )
