"""Who at the desk looked, as it travels."""

from __future__ import annotations

from rest_framework import serializers

from accounts.models import Role
from rights.models import LookedAt


class LookSerializer(serializers.Serializer[object]):
    """One look. ``case`` is the request, takedown, report or order it was at; null for none."""

    at = serializers.DateTimeField()
    looked_at = serializers.ChoiceField(choices=LookedAt.choices)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))
    case = serializers.UUIDField(allow_null=True)


class LooksSerializer(serializers.Serializer[object]):
    """The last looks, the newest first."""

    items = LookSerializer(many=True)
