"""Who came to photos, as it travels."""

from __future__ import annotations

from rest_framework import serializers

from images.models import Toucher


class TouchSerializer(serializers.Serializer[object]):
    """How often a class came on a day (UTC), for a purpose of the registry."""

    day = serializers.DateField()
    who = serializers.ChoiceField(choices=Toucher.choices)
    purpose = serializers.CharField()
    title = serializers.CharField()
    count = serializers.IntegerField()


class TouchesSerializer(serializers.Serializer[object]):
    """The newest first, written down once a minute."""

    items = TouchSerializer(many=True)
