"""Bodies of the endpoints of shared albums: what comes in is checked here, what goes out
described.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.fields import WrappedKeyField
from images.api.album_serializers import (
    LARGEST_SETTINGS,
    NumberedSettingsSerializer,
    SettingsSerializer,
)
from images.api.serializers import BATCH_ITEMS, NumberField, PartSerializer, RecordField
from pocketvault.kernel.fields import BytesField
from sharing.access import ROLES
from sharing.api.entries import EntrySerializer, HeadSerializer
from sharing.models import GrantRole, Source

Body = dict[str, Any]

# Suite, encapsulated secret, and a signature with its statement: docs/sharing.md.
SMALLEST_DELIVERY = 28
LARGEST_DELIVERY = 4096
LARGEST_FIELDS = 2**13
LARGEST_SAYING = 2**14
MOST_RECIPIENTS = 1_000


class DeliveryField(BytesField):
    """An album key on its way: sealed to an account, or a document under a group key."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(least=SMALLEST_DELIVERY, most=LARGEST_DELIVERY, **kwargs)


class DeliverySerializer(serializers.Serializer[Any]):
    """An album key for a recipient. ``group_generation`` is 0 for an account."""

    group_generation = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)
    sealed = DeliveryField()


class GrantDeliverySerializer(DeliverySerializer):
    """An album key for the recipient of a grant."""

    grant_id = serializers.UUIDField()


class LinkWrapSerializer(serializers.Serializer[Any]):
    """An album key wrapped by the key of a link."""

    link_id = serializers.UUIDField()
    wrapped_album_key = WrappedKeyField()


class EntryBodySerializer(serializers.Serializer[Any]):
    """A change that needs nothing beside its entry."""

    entry = EntrySerializer()


class StopSerializer(serializers.Serializer[Any]):
    """The end of sharing. It waits for no signature; a device that has none at hand signs
    afterwards.
    """

    entry = EntrySerializer(required=False)


def of_one_generation(attrs: Body) -> Body:
    """A change and its entry are under one key. Raises DRF's ``ValidationError``."""
    if attrs["generation"] != attrs["entry"]["generation"]:
        raise serializers.ValidationError({"generation": "The entry is of another generation."})
    return attrs


class NewKeySerializer(EntryBodySerializer):
    """A new album key, with the settings under it."""

    generation = NumberField()
    wrapped_album_key = WrappedKeyField()
    settings = NumberedSettingsSerializer()


class RotateSerializer(NewKeySerializer):
    """A new album key for every grant and every link that is left."""

    deliveries = serializers.ListField(
        child=GrantDeliverySerializer(), max_length=MOST_RECIPIENTS
    )
    links = serializers.ListField(child=LinkWrapSerializer(), max_length=MOST_RECIPIENTS)


class ChangeSharedSettingsSerializer(EntryBodySerializer):
    """New settings; ``number`` is one more than the last."""

    number = NumberField()
    generation = NumberField()
    sealed = RecordField(most=LARGEST_SETTINGS)

    def validate(self, attrs: Body) -> Body:
        return of_one_generation(attrs)


class GiveGrantSerializer(EntryBodySerializer):
    """Access for an account or a group."""

    account_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    group_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    role = serializers.ChoiceField(choices=GrantRole.choices)
    can_download = serializers.BooleanField()
    delivery = DeliverySerializer()

    def validate(self, attrs: Body) -> Body:
        if (attrs["account_id"] is None) is (attrs["group_id"] is None):
            raise serializers.ValidationError("Name an account or a group.")
        return attrs


class NewSharedItemSerializer(serializers.Serializer[Any]):
    """A photo for a shared album. Its commitment stands in the entry, at the same place."""

    image_id = serializers.UUIDField()
    version = NumberField()
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    wrapped_content_key = WrappedKeyField()
    fields = RecordField(most=LARGEST_FIELDS)  # type: ignore[assignment]


class AddSharedItemsSerializer(EntryBodySerializer):
    """Up to 500 photos for a shared album, or in the place of what it shows of them."""

    generation = NumberField()
    items = serializers.ListField(
        child=NewSharedItemSerializer(), min_length=1, max_length=BATCH_ITEMS
    )

    def validate(self, attrs: Body) -> Body:
        ids = [item["image_id"] for item in attrs["items"]]
        if len(set(ids)) != len(ids):
            raise serializers.ValidationError({"items": "Name each photo once."})
        if len(attrs["entry"].get("items", ())) != len(ids):
            raise serializers.ValidationError({"entry": "Commit to each photo, in their order."})
        return of_one_generation(attrs)


class RewrappedItemSerializer(serializers.Serializer[Any]):
    """A photo's key and fields under the album key in force."""

    image_id = serializers.UUIDField()
    version = NumberField()
    wrapped_content_key = WrappedKeyField()
    fields = RecordField(most=LARGEST_FIELDS)  # type: ignore[assignment]


class RewrapItemsSerializer(serializers.Serializer[Any]):
    """Up to 500 photos of older generations."""

    generation = NumberField()
    items = serializers.ListField(child=RewrappedItemSerializer(), max_length=BATCH_ITEMS)


class RemoveSharedItemsSerializer(EntryBodySerializer):
    """Up to 500 photos that leave a shared album."""

    image_ids = serializers.ListField(child=serializers.UUIDField(), max_length=BATCH_ITEMS)


class SayingSerializer(serializers.Serializer[Any]):
    """What somebody says, under the album key in force."""

    generation = NumberField()
    sealed = RecordField(most=LARGEST_SAYING)


class WriteCommentSerializer(SayingSerializer):
    """A comment on a photo, or on the album without one."""

    image_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class TimelineSerializer(serializers.Serializer[Any]):
    """Whether a shared album is wanted among one's own photos."""

    shown = serializers.BooleanField()


class HeadAnswerSerializer(serializers.Serializer[Any]):
    """The history after the change."""

    head = HeadSerializer()


class OwnKeySerializer(serializers.Serializer[Any]):
    """An album key wrapped for the album's owner. Null only if its seal broke."""

    generation = serializers.IntegerField()
    wrapped_album_key = serializers.CharField(allow_null=True)


class ReadDeliverySerializer(serializers.Serializer[Any]):
    """An album key for whoever asks, or for a group they are in. ``sealed`` is null only if
    its seal broke here.
    """

    grant_id = serializers.UUIDField()
    group_id = serializers.UUIDField(allow_null=True)
    generation = serializers.IntegerField()
    group_generation = serializers.IntegerField()
    granter_id = serializers.UUIDField()
    sealed = serializers.CharField(allow_null=True)


class ReadGrantSerializer(serializers.Serializer[Any]):
    """Who else may open an album. When it was last used is told to its owner and managers."""

    id = serializers.UUIDField()
    account_id = serializers.UUIDField(allow_null=True)
    group_id = serializers.UUIDField(allow_null=True)
    role = serializers.ChoiceField(choices=GrantRole.choices)
    can_download = serializers.BooleanField()
    made_at = serializers.DateTimeField()
    made_by_id = serializers.UUIDField()
    last_used_on = serializers.DateField(allow_null=True)


class PersonSerializer(serializers.Serializer[Any]):
    """An account with its public keys. The address is null to whoever is neither their
    contact nor in a group with them; keys are null once the account is gone.
    """

    account_id = serializers.UUIDField()
    email = serializers.CharField(allow_null=True)
    identity_public_key = serializers.CharField(allow_null=True)
    exchange_public_key = serializers.CharField(allow_null=True)


class SharedAlbumSerializer(serializers.Serializer[Any]):
    """An album that is shared by whoever asks, or with them. ``people`` are its owner, those
    it is granted to, and all who ever signed something about it.
    """

    id = serializers.UUIDField()
    owner_id = serializers.UUIDField()
    role = serializers.ChoiceField(choices=ROLES)
    can_download = serializers.BooleanField()
    generation = serializers.IntegerField()
    settings = SettingsSerializer()
    item_count = serializers.IntegerField()
    shared_at = serializers.DateTimeField()
    rotation_due_at = serializers.DateTimeField(allow_null=True)
    is_in_timeline = serializers.BooleanField()
    head = HeadSerializer()
    wrapped_album_keys = OwnKeySerializer(many=True)
    deliveries = ReadDeliverySerializer(many=True)
    grants = ReadGrantSerializer(many=True)
    people = PersonSerializer(many=True)


class SharedAlbumsSerializer(serializers.Serializer[Any]):
    """All of them, oldest first."""

    items = SharedAlbumSerializer(many=True)


class SharedPartsSerializer(serializers.Serializer[Any]):
    """What of a photo can be fetched: the original only by whoever may download."""

    original = PartSerializer(required=False)
    preview = PartSerializer(required=False)
    thumbnail = PartSerializer(required=False)


class ReadLikeSerializer(serializers.Serializer[Any]):
    """Who likes a photo, and how (ciphertext)."""

    author_id = serializers.UUIDField()
    generation = serializers.IntegerField()
    sealed = serializers.CharField()
    made_at = serializers.DateTimeField()


class SharedItemSerializer(serializers.Serializer[Any]):
    """A photo in a shared album. ``parts`` have plain names whatever the ``source``. The key is
    null if its seal broke, and, with the fields, while the photo is withheld.
    """

    image_id = serializers.UUIDField()
    owner_id = serializers.UUIDField()
    version = serializers.IntegerField()
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    generation = serializers.IntegerField()
    wrapped_content_key = serializers.CharField(allow_null=True)
    fields = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    parts = SharedPartsSerializer()
    is_damaged = serializers.BooleanField()
    is_withheld = serializers.BooleanField()
    added_at = serializers.DateTimeField()
    entry_seq = serializers.IntegerField()
    commitment = serializers.CharField()
    likes = ReadLikeSerializer(many=True)


class SharedItemsSerializer(serializers.Serializer[Any]):
    """A page of a shared album in the order in which photos came. ``cursor`` is null on the
    last page.
    """

    items = SharedItemSerializer(many=True)
    cursor = serializers.CharField(allow_null=True)


class CommentSerializer(serializers.Serializer[Any]):
    """What somebody wrote (ciphertext)."""

    id = serializers.UUIDField()
    image_id = serializers.UUIDField(allow_null=True)
    author_id = serializers.UUIDField()
    generation = serializers.IntegerField()
    sealed = serializers.CharField()
    made_at = serializers.DateTimeField()


class CommentsSerializer(serializers.Serializer[Any]):
    """A page of comments, oldest first. ``cursor`` is null on the last page."""

    items = CommentSerializer(many=True)
    cursor = serializers.CharField(allow_null=True)
