"""Bodies of the endpoints of recovery contacts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.fields import (
    EXCHANGE_PUBLIC_KEY_BYTES,
    AddressField,
    Body,
    DeviceSerializer,
    KeyField,
    WrappedKeyField,
)
from images.api.serializers import NumberField
from pocketvault.kernel.fields import BytesField
from sharing.actions.recovery_setups import SealedShare, SetupDraft
from sharing.models.recovery import SHARES

# HPKE's overhead and a signature; with the statement a share has about 1,600 bytes.
SMALLEST_SHARE = 1203
LARGEST_SHARE = 4096


class SealedShareSerializer(serializers.Serializer[Any]):
    """A share, sealed to a contact by its owner."""

    account_id = serializers.UUIDField()
    sealed = BytesField(least=SMALLEST_SHARE, most=LARGEST_SHARE)


class SetUpContactsSerializer(serializers.Serializer[Any]):
    """A whole set-up; ``number`` is one more than the last. The first share is index 1."""

    number = NumberField()
    wrapped_account_key = WrappedKeyField()
    recovery_auth_key = KeyField()
    shares = serializers.ListField(
        child=SealedShareSerializer(), min_length=SHARES, max_length=SHARES
    )


def setup_in(body: Body) -> SetupDraft:
    """A set-up's body as one value."""
    shares = tuple(SealedShare(**share) for share in body["shares"])
    return SetupDraft(**{**body, "shares": shares})


class SetupNumberSerializer(serializers.Serializer[Any]):
    """Which set-up is meant."""

    number = NumberField()


class WhichRequestSerializer(serializers.Serializer[Any]):
    """Which request is meant."""

    request_id = serializers.UUIDField()


class RecoveryContactSerializer(serializers.Serializer[Any]):
    """Somebody who has a share."""

    account_id = serializers.UUIDField()
    index = serializers.IntegerField()
    has_accepted = serializers.BooleanField(help_text="Whether they said yes to it.")


class StandingRequestSerializer(serializers.Serializer[Any]):
    """A request that stands, as its owner and the contacts see it."""

    id = serializers.UUIDField()
    confirmed_at = serializers.DateTimeField()
    opens_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    answered = serializers.IntegerField()


class OwnRequestSerializer(StandingRequestSerializer):
    """A request that stands, as its owner sees it."""

    answered_by = serializers.ListField(
        child=serializers.UUIDField(), help_text="Accounts of the contacts who answered."
    )


class SetupSerializer(serializers.Serializer[Any]):
    """The account's own set-up. Before the first: 0 and nobody."""

    number = serializers.IntegerField()
    is_on = serializers.BooleanField()
    contacts = RecoveryContactSerializer(many=True)
    handed_back_by = serializers.UUIDField(
        allow_null=True, help_text="The contact who gave their share back, if one did."
    )
    request = OwnRequestSerializer(allow_null=True)


class AskedShareSerializer(StandingRequestSerializer):
    """A request for a share that this account holds."""

    exchange_public_key = serializers.CharField()
    is_answered = serializers.BooleanField()


class ShareOwnerSerializer(serializers.Serializer[Any]):
    """Whose share it is, and the keys that this server says are theirs."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    identity_public_key = serializers.CharField()
    exchange_public_key = serializers.CharField()


class HeldShareSerializer(serializers.Serializer[Any]):
    """A share that this account holds for somebody."""

    id = serializers.UUIDField()
    owner = ShareOwnerSerializer()
    number = serializers.IntegerField()
    has_accepted = serializers.BooleanField()
    sealed = serializers.CharField()
    request = AskedShareSerializer(allow_null=True)


class AnswerShareSerializer(WhichRequestSerializer):
    """The share, sealed to the device that asks."""

    sealed = BytesField(least=SMALLEST_SHARE, most=LARGEST_SHARE)


class AskContactsSerializer(serializers.Serializer[Any]):
    """Somebody who lost everything asks. ``token`` is of their own making."""

    email = AddressField()
    exchange_public_key = BytesField(exactly=EXCHANGE_PUBLIC_KEY_BYTES)
    token = KeyField()


class RequestCodeSerializer(serializers.Serializer[Any]):
    """The code from the mail."""

    code = serializers.RegexField(r"^\d{8}$")


class StopCodeSerializer(serializers.Serializer[Any]):
    """What the owner's mail says stops it."""

    code = serializers.CharField(max_length=64)


class RecoveryOwnerSerializer(serializers.Serializer[Any]):
    """Whose vault it is. The identity key is in the words that are compared."""

    id = serializers.UUIDField()
    identity_public_key = serializers.CharField()
    exchange_public_key = serializers.CharField()


class AnswerSerializer(serializers.Serializer[Any]):
    """What a contact answered."""

    account_id = serializers.UUIDField()
    sealed = serializers.CharField()


class OpenedSerializer(serializers.Serializer[Any]):
    """What gives the vault back."""

    wrapped_account_key = serializers.CharField()
    answers = AnswerSerializer(many=True)


class AskedContactsSerializer(serializers.Serializer[Any]):
    """A request as the device sees it that asked."""

    state = serializers.ChoiceField(choices=["unconfirmed", "waiting", "open", "used"])
    owner = RecoveryOwnerSerializer(allow_null=True)
    number = serializers.IntegerField(allow_null=True)
    opens_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField()
    answered = serializers.IntegerField()
    opened = OpenedSerializer(
        allow_null=True, help_text="Null until the notice period is over and two answered."
    )


class ContactsSignInSerializer(DeviceSerializer):
    """The proof that two contacts gave the secret back."""

    recovery_auth_key = KeyField()
