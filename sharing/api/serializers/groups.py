"""Bodies of the endpoints of groups: what comes in is checked here, what goes out described."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from rest_framework import serializers

from images.api.serializers import NumberField, RecordField
from pocketvault.kernel.fields import BytesField
from sharing.actions.group_members import MOST_MEMBERS
from sharing.api.entries import EntrySerializer, HeadSerializer
from sharing.models import GroupRole

Body = dict[str, Any]

LARGEST_SETTINGS = 2**16
# Suite, encapsulated secret, a signature and a tag, before the statement that is signed.
SMALLEST_DELIVERY = 1 + 1120 + 65 + 16
LARGEST_DELIVERY = 4096
MOST_WRAPS = 10_000
# The owner is made by handing over only.
GIVEN_ROLES = [(role.value, role.label) for role in (GroupRole.MANAGER, GroupRole.MEMBER)]


class DeliveryField(BytesField):
    """A signed key, sealed to one account."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(least=SMALLEST_DELIVERY, most=LARGEST_DELIVERY, **kwargs)


class FirstGroupSettingsSerializer(serializers.Serializer[Any]):
    """A group's first settings."""

    number = serializers.IntegerField(min_value=1, max_value=1)
    sealed = RecordField(most=LARGEST_SETTINGS)


class NextGroupSettingsSerializer(serializers.Serializer[Any]):
    """A group's settings under its new key; ``number`` is one more than the last."""

    number = NumberField()
    sealed = RecordField(most=LARGEST_SETTINGS)


class CreateGroupSerializer(serializers.Serializer[Any]):
    """A new group; ``delivery`` is its key, sealed to whoever makes it."""

    settings = FirstGroupSettingsSerializer()
    delivery = DeliveryField()
    entry = EntrySerializer()


class ChangeGroupSettingsSerializer(NextGroupSettingsSerializer):
    """New settings for a group, under the key of ``generation``."""

    generation = NumberField()
    entry = EntrySerializer()


class SetMemberSerializer(serializers.Serializer[Any]):
    """Somebody new, with the key of the entry's generation; or another role, and no key."""

    role = serializers.ChoiceField(choices=GIVEN_ROLES)
    delivery = DeliveryField(required=False)
    entry = EntrySerializer()


class MemberDeliverySerializer(serializers.Serializer[Any]):
    """The new group key for one member."""

    account_id = serializers.UUIDField()
    sealed = DeliveryField()


class AlbumWrapSerializer(serializers.Serializer[Any]):
    """The delivery of an album's key, under the new group key."""

    album_id = serializers.UUIDField()
    generation = NumberField()
    sealed = RecordField(most=LARGEST_DELIVERY)


class RotationSerializer(serializers.Serializer[Any]):
    """A new group key for everybody and everything that is left."""

    generation = NumberField()
    deliveries = serializers.ListField(child=MemberDeliverySerializer(), max_length=MOST_MEMBERS)
    settings = NextGroupSettingsSerializer()
    albums = serializers.ListField(child=AlbumWrapSerializer(), max_length=MOST_WRAPS)
    entry = EntrySerializer()

    def validate_deliveries(self, value: list[Body]) -> list[Body]:
        _refuse_twice(delivery["account_id"] for delivery in value)
        return value

    def validate_albums(self, value: list[Body]) -> list[Body]:
        _refuse_twice((wrap["album_id"], wrap["generation"]) for wrap in value)
        return value


class RemoveMemberSerializer(serializers.Serializer[Any]):
    """The way out for somebody, and the key they will not know."""

    entry = EntrySerializer()
    rotation = RotationSerializer()


class RotateGroupSerializer(serializers.Serializer[Any]):
    """A new group key."""

    rotation = RotationSerializer()


class LeaveGroupSerializer(serializers.Serializer[Any]):
    """One's own way out."""

    entry = EntrySerializer()


class HandOverSerializer(serializers.Serializer[Any]):
    """Who is to own the group."""

    account_id = serializers.UUIDField()
    entry = EntrySerializer()


class GroupSettingsSerializer(serializers.Serializer[Any]):
    """A group's settings as they are stored."""

    number = serializers.IntegerField()
    generation = serializers.IntegerField()
    sealed = serializers.CharField()


class MemberSerializer(serializers.Serializer[Any]):
    """Somebody in a group, and the keys that this server says are theirs."""

    account_id = serializers.UUIDField()
    role = serializers.ChoiceField(choices=GroupRole.choices)
    joined_at = serializers.DateTimeField()
    identity_public_key = serializers.CharField()
    exchange_public_key = serializers.CharField()


class GroupDeliverySerializer(serializers.Serializer[Any]):
    """A group key of one generation, for the account that asks."""

    generation = serializers.IntegerField()
    granter_id = serializers.UUIDField()
    sealed = serializers.CharField(allow_null=True)


class GroupAlbumSerializer(serializers.Serializer[Any]):
    """A delivery of an album's key to the group: what a rotation must wrap again."""

    album_id = serializers.UUIDField()
    owner_id = serializers.UUIDField()
    generation = serializers.IntegerField()
    group_generation = serializers.IntegerField()
    granter_id = serializers.UUIDField()
    sealed = serializers.CharField(allow_null=True)


class GroupSerializer(serializers.Serializer[Any]):
    """A group. ``owner_id`` is who made it, and stays so: contexts name it."""

    id = serializers.UUIDField()
    owner_id = serializers.UUIDField()
    role = serializers.ChoiceField(choices=GroupRole.choices)
    generation = serializers.IntegerField()
    rotation_due_at = serializers.DateTimeField(allow_null=True)
    settings = GroupSettingsSerializer()
    head = HeadSerializer()
    members = MemberSerializer(many=True)
    deliveries = GroupDeliverySerializer(many=True)
    albums = GroupAlbumSerializer(many=True)


class GroupsSerializer(serializers.Serializer[Any]):
    """Every group of an account, oldest first."""

    items = GroupSerializer(many=True)


def _refuse_twice(names: Iterable[Hashable]) -> None:
    listed = list(names)
    if len(set(listed)) != len(listed):
        raise serializers.ValidationError("Name each one once.")
