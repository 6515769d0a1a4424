"""What the trace of a found copy is answered with."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from sharing.models import TraceStep
from sharing.tracing.results import Result


class BoxSerializer(serializers.Serializer[Any]):
    """A rectangle in shares of a picture's sides."""

    left = serializers.FloatField(min_value=0, max_value=1)
    top = serializers.FloatField(min_value=0, max_value=1)
    width = serializers.FloatField(min_value=0, max_value=1)
    height = serializers.FloatField(min_value=0, max_value=1)


class CopyChangeSerializer(serializers.Serializer[Any]):
    """What was done to the copy's shape. A mirrored copy was turned first."""

    scale = serializers.FloatField(help_text="Pixels of the copy for one of the publication.")
    turn = serializers.FloatField(help_text="Degrees, clockwise.")
    is_mirrored = serializers.BooleanField()
    is_negative = serializers.BooleanField()
    is_slanted = serializers.BooleanField(help_text="As if photographed from the side.")
    crop = BoxSerializer(help_text="The part of the publication that the copy shows.")
    share = serializers.FloatField(help_text="How much of its area that is, 0 to 1.")


class RegionSerializer(serializers.Serializer[Any]):
    """A rectangle in the copy's pixels where it does not show what was published."""

    left = serializers.IntegerField()
    top = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    score = serializers.FloatField(help_text="1 is the same, 0 nothing in common.")


class AlteredSerializer(serializers.Serializer[Any]):
    """Where the copy was altered. A hint for somebody who looks, and no proof."""

    share = serializers.FloatField(help_text="Of what the copy shows, 0 to 1.")
    regions = RegionSerializer(many=True)


class TraceSerializer(serializers.Serializer[Any]):
    """A trace. With `number-only` the copy carries a number of ours and does not show its
    publication, which proves nothing: numbers can be copied onto any picture.
    """

    result = serializers.ChoiceField([result.value for result in Result])
    publication = serializers.UUIDField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    chance = serializers.FloatField(
        allow_null=True, help_text="At most so probable is it that there is no mark at all."
    )
    inliers = serializers.IntegerField(help_text="Places that agree; 25 confirm.")
    change = CopyChangeSerializer(allow_null=True)
    altered = AlteredSerializer(allow_null=True)
    copy_sha256 = serializers.CharField()
    copy_bytes = serializers.IntegerField()


class FoundCopySerializer(serializers.Serializer[Any]):
    """A copy that somebody asked about. ``trace`` is there once ``step`` is `done`, for a quarter
    of an hour.
    """

    id = serializers.UUIDField()
    step = serializers.ChoiceField(TraceStep.choices)
    refusal = serializers.CharField(help_text="With `refused`: `unreadable_copy` or `lost`.")
    trace = TraceSerializer(allow_null=True)
