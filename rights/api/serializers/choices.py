"""Choices, as they travel."""

from __future__ import annotations

from rest_framework import serializers


class PurposeSerializer(serializers.Serializer[object]):
    """Something that is done with somebody's data. ``use`` and ``categories`` are fideslang keys,
    ``legal_basis`` an article of the GDPR; without a switch ``is_on`` is true.
    """

    name = serializers.CharField()
    title = serializers.CharField()
    use = serializers.CharField()
    categories = serializers.ListField(child=serializers.CharField())
    legal_basis = serializers.CharField()
    retention = serializers.CharField()
    is_essential = serializers.BooleanField()
    is_on = serializers.BooleanField()


class OptOutSerializer(serializers.Serializer[object]):
    """Global Privacy Control: whether this browser sends it, and since when it is honoured for
    the account.
    """

    is_sent = serializers.BooleanField()
    honoured_at = serializers.DateTimeField(allow_null=True)


class ChoicesSerializer(serializers.Serializer[object]):
    """Everything this service does with personal data, and what somebody chose about it."""

    opt_out = OptOutSerializer()
    purposes = PurposeSerializer(many=True)


class ChoiceSerializer(serializers.Serializer[object]):
    """One switch."""

    purpose = serializers.CharField(max_length=40)
    is_on = serializers.BooleanField()
