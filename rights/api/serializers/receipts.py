"""Bodies of receipts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from rights.models import ReceiptKind
from rights.receipt_reading import Standing

IMAGES_AT_ONCE = 500


class ReceiptSerializer(serializers.Serializer[Any]):
    """That there is a receipt. `standing` goes from `owed` over `signed` to `ready`, which it
    is once it can be had; of one that is `taken` nothing else is left here.
    """

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ReceiptKind.choices)
    about = serializers.UUIDField(help_text="The deletion, or whatever it is for.")
    owed_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="By when the receipt that keeps this one's promise is due."
    )
    taken_at = serializers.DateTimeField(allow_null=True)
    standing = serializers.ChoiceField([standing.value for standing in Standing])


class ReceiptsSerializer(serializers.Serializer[Any]):
    """A page of receipts, newest first. ``cursor`` is null on the last."""

    items = ReceiptSerializer(many=True)
    cursor = serializers.CharField(allow_null=True)


class ReceiptFileSerializer(serializers.Serializer[Any]):
    """All that is needed to check a receipt, as `docs/log.md` says: keep it as it is."""

    format = serializers.CharField()
    receipt = serializers.DictField(help_text="What is signed, in canonical JSON (RFC 8785).")
    signature = serializers.CharField(help_text="Ed25519, base64url.")
    opening = serializers.CharField(help_text="What opens the commitment, base64url.")
    entry = serializers.DictField(help_text="What the public log says of it.")
    proof = serializers.CharField(help_text="That it says so (C2SP tlog-proof).")
    key = serializers.CharField(help_text="Who signed (C2SP signed-note, verifier key).")


class WholeReceiptSerializer(ReceiptSerializer):
    """A receipt with its file, if it can be had."""

    file = ReceiptFileSerializer(allow_null=True)


class StoredSerializer(serializers.Serializer[Any]):
    """Up to 500 images of the account."""

    image_ids = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=IMAGES_AT_ONCE
    )
