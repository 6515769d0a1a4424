"""Consents, as they travel."""

from __future__ import annotations

from rest_framework import serializers

from pocketvault.kernel.fields import BytesField
from rights.consent_records import LARGEST_RECORD, SIGNATURE_BYTES


class GivenConsentSerializer(serializers.Serializer[object]):
    """A record as its person signed it (docs/choices.md, "Consents")."""

    record = BytesField(least=2, most=LARGEST_RECORD)
    signature = BytesField(exactly=SIGNATURE_BYTES)


class ConsentSerializer(serializers.Serializer[object]):
    """An agreement and how it stands."""

    id = serializers.UUIDField()
    text = serializers.CharField()
    text_version = serializers.CharField()
    typed_name = serializers.CharField()
    images = serializers.IntegerField()
    given_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    is_live = serializers.BooleanField()


class ConsentTextSerializer(serializers.Serializer[object]):
    """What would be agreed to: show exactly this, and sign its SHA-256."""

    version = serializers.CharField()
    text = serializers.CharField()
    sha256 = serializers.CharField()


class ConsentsSerializer(serializers.Serializer[object]):
    """Every agreement of the account, newest first, and the text in force."""

    text = ConsentTextSerializer()
    items = ConsentSerializer(many=True)


class ConsentReceiptSerializer(serializers.Serializer[object]):
    """All that is needed to check an agreement without us."""

    record = serializers.JSONField()
    record_text = serializers.CharField()
    signature = serializers.CharField()
    identity_key = serializers.CharField()
    context = serializers.CharField()  # type: ignore[assignment]
    text = serializers.CharField()
    given_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
