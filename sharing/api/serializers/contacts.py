"""Bodies of the endpoints of contacts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.fields import AddressField
from images.api.serializers import NumberField, RecordField

LARGEST_INTENT = 4096
# Thousands of keys.
LARGEST_KNOWN_KEYS = 2**20


class InviteSerializer(serializers.Serializer[Any]):
    """An invitation. ``intent`` is a document that only the inviter can open."""

    email = AddressField()
    intent = RecordField(most=LARGEST_INTENT)


class KnownKeysSerializer(serializers.Serializer[Any]):
    """The document of pinned keys; ``number`` is one more than the last."""

    number = NumberField()
    sealed = RecordField(most=LARGEST_KNOWN_KEYS)


class StoredKnownKeysSerializer(serializers.Serializer[Any]):
    """The document of pinned keys as it is stored. Before the first: 0 and nothing."""

    number = serializers.IntegerField()
    sealed = serializers.CharField(allow_null=True)


class ContactSerializer(serializers.Serializer[Any]):
    """Somebody who is known, and the keys that this server says are theirs."""

    account_id = serializers.UUIDField()
    email = serializers.EmailField()
    since = serializers.DateTimeField()
    identity_public_key = serializers.CharField()
    exchange_public_key = serializers.CharField()


class SentInvitationSerializer(serializers.Serializer[Any]):
    """An invitation as its inviter sees it. ``accepted_by`` is set once it was accepted: do
    what ``intent`` says, then delete it.
    """

    id = serializers.UUIDField()
    email = serializers.EmailField(allow_null=True)
    intent = serializers.CharField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    accepted_by = serializers.UUIDField(allow_null=True)


class ReceivedInvitationSerializer(serializers.Serializer[Any]):
    """An invitation as the invited person sees it: who asks."""

    id = serializers.UUIDField()
    account_id = serializers.UUIDField()
    email = serializers.EmailField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class ContactsSerializer(serializers.Serializer[Any]):
    """Everybody who is known, was asked, or asks."""

    items = ContactSerializer(many=True)
    sent = SentInvitationSerializer(many=True)
    received = ReceivedInvitationSerializer(many=True)
