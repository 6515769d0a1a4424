"""Bodies about deletions and closed accounts."""

from __future__ import annotations

from rest_framework import serializers

from accounts.api.serializers.fields import ClientIdField, KeyField
from rights.api.serializers.receipts import ReceiptSerializer, WholeReceiptSerializer
from rights.models import ClosingState, DeletionState
from rights.models.closings import LONGEST_WAIT_DAYS


class DeletionSerializer(serializers.Serializer[object]):
    """One deletion, and how far it is. A time that has not come is null."""

    id = serializers.UUIDField()
    image_count = serializers.IntegerField()
    state = serializers.ChoiceField(choices=DeletionState.choices)
    deleted_at = serializers.DateTimeField()
    active_removed_at = serializers.DateTimeField(allow_null=True)
    unreadable_by = serializers.DateField()
    completed_at = serializers.DateTimeField(allow_null=True)
    receipts = ReceiptSerializer(many=True)


class DeletionsSerializer(serializers.Serializer[object]):
    """A page of deletions, newest first."""

    items = DeletionSerializer(many=True)
    cursor = serializers.CharField(allow_null=True)


class CloseAccountSerializer(serializers.Serializer[object]):
    """The wish to close an account. The device makes the id and the secret, and keeps both."""

    closing_id = ClientIdField()
    secret = KeyField()
    wait_days = serializers.IntegerField(min_value=0, max_value=LONGEST_WAIT_DAYS)


class OwnClosingSerializer(serializers.Serializer[object]):
    """When the account that asks is going to be erased."""

    closing_id = serializers.UUIDField()
    asked_at = serializers.DateTimeField()
    starts_at = serializers.DateTimeField()


class MaybeClosingSerializer(serializers.Serializer[object]):
    """Null while nobody asked to close the account."""

    closing = OwnClosingSerializer(allow_null=True)


class ClosingSerializer(serializers.Serializer[object]):
    """How far the erasure of an account is."""

    closing_id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=ClosingState.choices)
    starts_at = serializers.DateTimeField()
    begun_at = serializers.DateTimeField(allow_null=True)
    images_total = serializers.IntegerField()
    images_erased = serializers.IntegerField()
    erased_at = serializers.DateTimeField(allow_null=True)
    active_removed_at = serializers.DateTimeField(allow_null=True)
    unreadable_by = serializers.DateField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    receipts = WholeReceiptSerializer(many=True)
