"""The versions of the privacy policy, as they travel."""

from __future__ import annotations

from rest_framework import serializers

STATES = ["announced", "in_force", "earlier"]


class PolicyVersionSerializer(serializers.Serializer[object]):
    """One version. ``sha256`` (hex) is of the text at ``/privacy/NUMBER.txt``."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=STATES)
    in_force_on = serializers.DateField()
    published_at = serializers.DateTimeField(allow_null=True)
    sha256 = serializers.CharField(source="text.sha256")
    changes = serializers.CharField(source="text.changes")


class PolicyVersionsSerializer(serializers.Serializer[object]):
    """Every version, newest first."""

    items = PolicyVersionSerializer(many=True)
