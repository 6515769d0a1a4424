"""Reports against somebody's own publications, as they travel."""

from __future__ import annotations

from rest_framework import serializers


class StrikeSerializer(serializers.Serializer[object]):
    """A strike: it counts between the two moments, unless it was cancelled."""

    given_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    cancelled_at = serializers.DateTimeField(allow_null=True)


class OwnReportSerializer(serializers.Serializer[object]):
    """A report of something that somebody publishes, once it was decided. Who reported it is not
    in it, except the name under a notice about copyright. ``law`` is where the ground stands.
    """

    id = serializers.UUIDField()
    number = serializers.CharField()
    regime = serializers.CharField()
    state = serializers.CharField()
    publication = serializers.UUIDField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    ground = serializers.CharField()
    words = serializers.CharField()
    law = serializers.CharField()
    facts = serializers.CharField()
    signed_by = serializers.CharField()
    work = serializers.CharField()
    may_complain = serializers.BooleanField()
    complained_at = serializers.DateTimeField(allow_null=True)
    complaint_decided_at = serializers.DateTimeField(allow_null=True)
    is_complaint_upheld = serializers.BooleanField(allow_null=True)
    may_counter = serializers.BooleanField()
    countered_at = serializers.DateTimeField(allow_null=True)
    restore_from = serializers.DateTimeField(allow_null=True)
    restore_by = serializers.DateTimeField(allow_null=True)
    suit_told_at = serializers.DateTimeField(allow_null=True)
    strike = StrikeSerializer(allow_null=True)


class StrikePolicySerializer(serializers.Serializer[object]):
    """With ``most`` strikes that count, nothing new is published for ``barred_days``."""

    counts_days = serializers.IntegerField()
    most = serializers.IntegerField()
    barred_days = serializers.IntegerField()


class RefusedPhotoSerializer(serializers.Serializer[object]):
    """A photo that was not published because it looks like one that was withheld."""

    publication = serializers.UUIDField()
    caption = serializers.CharField()
    made_at = serializers.DateTimeField()


class OwnReportsSerializer(serializers.Serializer[object]):
    """Every decided report of somebody's publications, newest first, and what they add up to;
    and photos that were refused, of which nobody complained yet.
    """

    reports = OwnReportSerializer(many=True)
    refused = RefusedPhotoSerializer(many=True)
    strikes = serializers.IntegerField()
    policy = StrikePolicySerializer()
    barred_until = serializers.DateTimeField(allow_null=True)


class ComplaintSerializer(serializers.Serializer[object]):
    """Why a decision is wrong."""

    text = serializers.CharField(max_length=2000)


class CounterNoticeSerializer(serializers.Serializer[object]):
    """17 USC 512(g)(3): name as a signature, postal address and telephone, why it was a mistake,
    the good-faith statement under penalty of perjury, and consent to jurisdiction and service.
    """

    name = serializers.CharField(max_length=300)
    postal = serializers.CharField(max_length=300)
    text = serializers.CharField(max_length=2000)
    mistake = serializers.BooleanField()
    jurisdiction = serializers.BooleanField()
