"""Passes to the public origin."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from sharing.profile_names import LONGEST


class AskForPassSerializer(serializers.Serializer[Any]):
    """Whose profile somebody wants to look at."""

    profile = serializers.RegexField(r"^[a-z0-9-]+$", max_length=LONGEST)


class VisitorPassSerializer(serializers.Serializer[Any]):
    """Where to go. Behind the ``#`` stands a pass, good for a minute and once."""

    address = serializers.CharField()
