"""Choices, as they travel."""

from __future__ import annotations

from rest_framework import serializers

from rights.api.serializers.processors import ProcessorSerializer


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


class KeptSerializer(serializers.Serializer[object]):
    """A kind of record that is kept about a person, and until when."""

    what = serializers.CharField()
    categories = serializers.ListField(child=serializers.CharField())
    retention = serializers.CharField()


class RecipientsSerializer(serializers.Serializer[object]):
    """Who gets anything: companies under contract, and whom the person chose."""

    processors = ProcessorSerializer(many=True)
    chosen_by_you = serializers.CharField()
    countries = serializers.ListField(child=serializers.CharField())


class RightSerializer(serializers.Serializer[object]):
    """A right, its article of the GDPR, and where it is used."""

    article = serializers.CharField()
    what = serializers.CharField()
    where = serializers.CharField()


class DecisionsSerializer(serializers.Serializer[object]):
    """Decisions that a machine makes alone."""

    exist = serializers.BooleanField()
    explanation = serializers.CharField()


class AboutSerializer(serializers.Serializer[object]):
    """Article 15(1)(a) to (h) and (2)."""

    account_id = serializers.UUIDField()
    controller = serializers.CharField()
    purposes = PurposeSerializer(many=True)
    kept = KeptSerializer(many=True)
    recipients = RecipientsSerializer()
    rights = RightSerializer(many=True)
    complaint = serializers.CharField()
    sources = serializers.ListField(child=serializers.CharField())
    automated_decisions = DecisionsSerializer()
