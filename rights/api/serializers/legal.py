"""What authorities asked about somebody, as it travels."""

from __future__ import annotations

from rest_framework import serializers

from rights.models import DataClass, Instrument, Outcome


class LegalRequestSerializer(serializers.Serializer[object]):
    """One order about the account, once its person was told. ``given`` is what was handed over;
    ``is_held`` says that it makes us keep sealed copies of deleted photos.
    """

    id = serializers.UUIDField()
    instrument = serializers.ChoiceField(choices=Instrument.choices)
    authority = serializers.CharField()
    country = serializers.CharField()
    reference = serializers.CharField()
    is_genuine = serializers.BooleanField()
    received_at = serializers.DateTimeField()
    told_at = serializers.DateTimeField()
    asked = serializers.ListField(child=serializers.ChoiceField(choices=DataClass.choices))
    period_from = serializers.DateField(allow_null=True)
    period_to = serializers.DateField(allow_null=True)
    outcome = serializers.ChoiceField(choices=Outcome.choices, allow_null=True)
    given = serializers.ListField(child=serializers.ChoiceField(choices=DataClass.choices))
    produced_at = serializers.DateTimeField(allow_null=True)
    is_held = serializers.BooleanField()


class LegalRequestsSerializer(serializers.Serializer[object]):
    """All of them, the newest first."""

    items = LegalRequestSerializer(many=True)
