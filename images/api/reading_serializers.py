"""Bodies about reading stored bytes again."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class ReadingDaySerializer(serializers.Serializer[Any]):
    """What was read on one day (UTC). Of the ``damaged`` parts, ``mended`` ones were put right."""

    day = serializers.DateField()
    parts = serializers.IntegerField()
    bytes = serializers.IntegerField()
    damaged = serializers.IntegerField()
    mended = serializers.IntegerField()


class FixitySerializer(serializers.Serializer[Any]):
    """Every part is read again within ``round_days`` of the last time."""

    round_days = serializers.IntegerField()
    has_second_store = serializers.BooleanField()
    days = ReadingDaySerializer(many=True)
