"""Takedowns, as they travel."""

from __future__ import annotations

from rest_framework import serializers

from pocketvault.kernel.fields import BytesField
from rights.takedown.actions.reporting import MOST_ADDRESSES, MOST_IMAGES
from rights.takedown.addresses import MOST_LETTERS
from rights.takedown.papers import MOST_LINE, MOST_TEXT
from rights.takedown.regimes import REGIMES

PDQ_BYTES = 32


class ReportSerializer(serializers.Serializer[object]):
    """Copies that somebody found. ``hashes`` are PDQ hashes that the device made of pictures."""

    urls = serializers.ListField(
        child=serializers.CharField(max_length=MOST_LETTERS), min_length=1,
        max_length=MOST_ADDRESSES,
    )  # fmt: skip
    image_ids = serializers.ListField(
        child=serializers.UUIDField(), max_length=MOST_IMAGES, default=list
    )
    hashes = serializers.ListField(
        child=BytesField(exactly=PDQ_BYTES), max_length=MOST_IMAGES, default=list
    )
    ends_with_photo = serializers.BooleanField(default=False)


class NoticeSerializer(serializers.Serializer[object]):
    """What the person states, under which rules. Everything may be missing until it is signed."""

    regime = serializers.ChoiceField(choices=sorted(REGIMES))
    name = serializers.CharField(max_length=MOST_LINE, allow_blank=True, default="")
    email = serializers.EmailField(allow_blank=True, default="")
    address = serializers.CharField(max_length=MOST_TEXT, allow_blank=True, default="")
    phone = serializers.CharField(max_length=MOST_LINE, allow_blank=True, default="")
    work = serializers.CharField(max_length=MOST_TEXT, allow_blank=True, default="")
    reasons = serializers.CharField(max_length=MOST_TEXT, allow_blank=True, default="")
    rule = serializers.CharField(max_length=MOST_LINE, allow_blank=True, default="")
    query = serializers.CharField(max_length=MOST_LINE, allow_blank=True, default="")
    erasure_ground = serializers.CharField(max_length=MOST_LINE, allow_blank=True, default="")
    not_consensual = serializers.CharField(max_length=MOST_TEXT, allow_blank=True, default="")
    is_good_faith = serializers.BooleanField(default=False)
    is_accurate = serializers.BooleanField(default=False)
    is_authorised = serializers.BooleanField(default=False)
    is_bona_fide = serializers.BooleanField(default=False)
    is_depicted = serializers.BooleanField(default=False)
    has_no_licence = serializers.BooleanField(default=False)
    has_considered_fair_use = serializers.BooleanField(default=False)
    is_warned = serializers.BooleanField(default=False)


class SignatureSerializer(serializers.Serializer[object]):
    """A legal name, typed."""

    signature = serializers.CharField(max_length=MOST_LINE)


class AnswerSerializer(serializers.Serializer[object]):
    """What the other side said, as its receiver tells it."""

    answer = serializers.ChoiceField(
        choices=["acknowledged", "refused", "countered", "restored", "reappeared"]
    )
    note = serializers.CharField(max_length=MOST_TEXT, allow_blank=True, default="")


class SentByHandSerializer(serializers.Serializer[object]):
    """Into whose form the notice was put."""

    contact = serializers.IntegerField(min_value=0, max_value=1000)


class LumenSerializer(serializers.Serializer[object]):
    """Whether the notice may go, redacted, to a public collection."""

    is_wanted = serializers.BooleanField()


class NeedSerializer(serializers.Serializer[object]):
    """An element that rules want."""

    element = serializers.CharField()
    paragraph = serializers.CharField()
    words = serializers.CharField()


class MeterSerializer(NeedSerializer):
    """And whether it is there."""

    is_there = serializers.BooleanField()


class RegimeSerializer(serializers.Serializer[object]):
    """One set of rules, with where they were read."""

    name = serializers.CharField()
    title = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    read_on = serializers.CharField()
    needs = NeedSerializer(many=True)


class RegimesSerializer(serializers.Serializer[object]):
    """All rules a notice can be made under."""

    items = RegimeSerializer(many=True)


class CaseLineSerializer(serializers.Serializer[object]):
    """A case in a list."""

    id = serializers.UUIDField()
    host = serializers.CharField()
    step = serializers.CharField()
    regime = serializers.CharField()
    level = serializers.CharField()
    ends_with_photo = serializers.BooleanField()
    reported_at = serializers.DateTimeField()
    signed_at = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    removed_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    next_check_at = serializers.DateTimeField(allow_null=True)
    next_letter_at = serializers.DateTimeField(allow_null=True)
    is_for_lumen = serializers.BooleanField()


class CasesSerializer(serializers.Serializer[object]):
    """Cases, newest first."""

    items = CaseLineSerializer(many=True)


class TargetSerializer(serializers.Serializer[object]):
    """One reported address."""

    number = serializers.IntegerField()
    url = serializers.CharField()
    state = serializers.CharField()
    checked_at = serializers.DateTimeField(allow_null=True)
    image_sha256 = serializers.CharField(allow_null=True)


class PaperSerializer(NoticeSerializer):
    """What was stated, with the signature under it."""

    regime = None  # type: ignore[assignment]
    signature = serializers.CharField()


class ReceiverSerializer(serializers.Serializer[object]):
    """Who can be written to, who named them, and what they can do."""

    number = serializers.IntegerField()
    level = serializers.CharField()
    name = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    email = serializers.CharField()
    form_url = serializers.CharField()
    can_do = serializers.CharField()


class CaseLetterSerializer(serializers.Serializer[object]):
    """A letter that went out."""

    number = serializers.IntegerField()
    kind = serializers.CharField()
    contact = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    is_by_hand = serializers.BooleanField()
    sha256 = serializers.CharField()


class EvidenceSerializer(serializers.Serializer[object]):
    """A piece of evidence: what it is and its hash. The bytes are in the bundle."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    address = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField()
    bytes = serializers.IntegerField()
    media_type = serializers.CharField()
    distance = serializers.IntegerField(allow_null=True)
    taken_at = serializers.DateTimeField()
    origin = serializers.CharField()


class CaseEventSerializer(serializers.Serializer[object]):
    """A line of the timeline."""

    at = serializers.DateTimeField()
    tag = serializers.CharField()
    step = serializers.CharField()
    note = serializers.CharField()


class CaseSerializer(CaseLineSerializer):
    """A case with everything in it."""

    addresses = TargetSerializer(many=True)
    images = serializers.ListField(child=serializers.UUIDField())
    stamp = serializers.ChoiceField(choices=["off", "waiting", "stamped", "missing"])
    notice = PaperSerializer()
    meter = MeterSerializer(many=True)
    contacts = ReceiverSerializer(many=True)
    letters = CaseLetterSerializer(many=True)
    evidence = EvidenceSerializer(many=True)
    events = CaseEventSerializer(many=True)
