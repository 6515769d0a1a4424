"""Requests, as they travel."""

from __future__ import annotations

from rest_framework import serializers

from rights.models import RequestChannel, RequestKind, RequestRegime, RequestState, RequestTag

MOST_TEXT = 4_000


class NewRequestSerializer(serializers.Serializer[object]):
    """What somebody asks for, by which law, in their own words."""

    kind = serializers.ChoiceField(choices=RequestKind.choices)
    regime = serializers.ChoiceField(choices=RequestRegime.choices)
    text = serializers.CharField(max_length=MOST_TEXT)


class RightRuleSerializer(serializers.Serializer[object]):
    """A right that can be asked for here."""

    kind = serializers.ChoiceField(choices=RequestKind.choices)
    regime = serializers.ChoiceField(choices=RequestRegime.choices)
    article = serializers.CharField()
    title = serializers.CharField()


class DataRequestSerializer(serializers.Serializer[object]):
    """A request and how it stands. ``due_at`` is by when it is answered at the latest."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=RequestKind.choices)
    regime = serializers.ChoiceField(choices=RequestRegime.choices)
    title = serializers.CharField()
    article = serializers.CharField()
    channel = serializers.ChoiceField(choices=RequestChannel.choices)
    state = serializers.ChoiceField(choices=RequestState.choices)
    received_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    extended_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class DataRequestsSerializer(serializers.Serializer[object]):
    """Every request of the account, newest first, and what can be asked for."""

    items = DataRequestSerializer(many=True)
    rights = RightRuleSerializer(many=True)


class RequestEventSerializer(serializers.Serializer[object]):
    """Something that happened. Notes of the desk are its own."""

    at = serializers.DateTimeField()
    tag = serializers.ChoiceField(choices=RequestTag.choices)


class RequestLetterSerializer(serializers.Serializer[object]):
    """A letter, as it was sent."""

    id = serializers.UUIDField()
    sent_at = serializers.DateTimeField()
    template = serializers.CharField()
    language = serializers.CharField()
    subject = serializers.CharField()
    text = serializers.CharField()


class WholeRequestSerializer(DataRequestSerializer):
    """One request with what was written, its history and its letters."""

    text = serializers.CharField()
    events = RequestEventSerializer(many=True)
    letters = RequestLetterSerializer(many=True)
