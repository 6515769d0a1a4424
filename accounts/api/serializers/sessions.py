"""Bodies about signing up, signing in, and sessions."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.actions.signing_up import SignUpOffer
from accounts.api.serializers.fields import (
    EXCHANGE_PUBLIC_KEY_BYTES,
    KEY_BYTES,
    AddressField,
    Body,
    ClientIdField,
    DeviceSerializer,
    KdfSerializer,
    KeyField,
    WrappedKeyField,
    kdf_in,
)
from accounts.digests import digest_of
from accounts.models import (
    AccountSession,
    PushSubscription,
    PushUrgency,
    SecondFactorMethod,
    SessionKind,
    Wraps,
)
from accounts.passkey_ceremony import Credential
from pocketvault.kernel.fields import BytesField

# The largest credential seen in the wild is under 3 KiB; attestation is not asked for.
LONGEST_PART = 8192


class EmailSerializer(serializers.Serializer[Any]):
    """Only an address."""

    email = AddressField()


class NewBundleSerializer(serializers.Serializer[Any]):
    """Every key of a new vault, wrapped, and the public ones."""

    wrapped_account_key_password = WrappedKeyField()
    wrapped_account_key_recovery = WrappedKeyField()
    recovery_auth_key = KeyField()
    wrapped_identity_seed = WrappedKeyField()
    wrapped_exchange_seed = WrappedKeyField()
    identity_public_key = BytesField(exactly=KEY_BYTES)
    exchange_public_key = BytesField(exactly=EXCHANGE_PUBLIC_KEY_BYTES)


class SignUpSerializer(EmailSerializer):
    """A sign-up."""

    account_id = ClientIdField()
    auth_key = KeyField()
    kdf = KdfSerializer()
    bundle = NewBundleSerializer()


def offer_in(body: Body) -> SignUpOffer:
    """A sign-up's body as one value."""
    bundle = body["bundle"]
    return SignUpOffer(
        email=body["email"],
        account_id=body["account_id"],
        auth_key=body["auth_key"],
        kdf=kdf_in(body),
        wraps=Wraps(
            password=bundle["wrapped_account_key_password"],
            recovery=bundle["wrapped_account_key_recovery"],
            identity_seed=bundle["wrapped_identity_seed"],
            exchange_seed=bundle["wrapped_exchange_seed"],
            recovery_proof=digest_of(bundle["recovery_auth_key"]),
        ),
        identity_public_key=bundle["identity_public_key"],
        exchange_public_key=bundle["exchange_public_key"],
    )


class PendingSignUpSerializer(serializers.Serializer[Any]):
    """A sign-up that waits for its code."""

    sign_up_id = serializers.UUIDField(source="pk")
    expires_at = serializers.DateTimeField()


class ConfirmSignUpSerializer(DeviceSerializer):
    """The code from the mail."""

    code = serializers.RegexField(r"^\d{8}$")


class SignInSerializer(DeviceSerializer):
    """Address and auth key."""

    email = AddressField()
    auth_key = KeyField()


class RecoverySignInSerializer(DeviceSerializer):
    """Address and the recovery phrase's auth key."""

    email = AddressField()
    recovery_auth_key = KeyField()


class ResetSerializer(DeviceSerializer):
    """The token from the mail, and the new password's auth key."""

    token = serializers.CharField(max_length=64)
    auth_key = KeyField()
    kdf = KdfSerializer()


class CredentialResponseSerializer(serializers.Serializer[Any]):
    """What an authenticator answered; base64url throughout. The names are WebAuthn's."""

    clientDataJSON = serializers.CharField(max_length=LONGEST_PART)  # noqa: N815
    attestationObject = serializers.CharField(max_length=4 * LONGEST_PART, required=False)  # noqa: N815
    authenticatorData = serializers.CharField(max_length=LONGEST_PART, required=False)  # noqa: N815
    signature = serializers.CharField(max_length=LONGEST_PART, required=False)
    userHandle = serializers.CharField(  # noqa: N815
        max_length=128, required=False, allow_null=True, allow_blank=True
    )


class CredentialSerializer(serializers.Serializer[Any]):
    """A ``PublicKeyCredential`` as JSON. Results of client extensions are not read: they
    can hold the output of PRF, which must never leave the device.
    """

    id = serializers.CharField(max_length=2048)
    rawId = serializers.CharField(max_length=2048)  # noqa: N815
    type = serializers.ChoiceField(choices=["public-key"])
    response = CredentialResponseSerializer()


def credential_in(body: Body) -> Credential:
    """The credential of a body, and nothing else that came with it."""
    sent = body["credential"]
    return Credential(
        id=sent["id"],
        rawId=sent["rawId"],
        type=sent["type"],
        response=dict(sent["response"]),  # type: ignore[typeddict-item]
    )


class SecondFactorSerializer(serializers.Serializer[Any]):
    """An answer: a code for ``totp`` and ``recovery_code``, a credential for ``passkey``."""

    challenge_id = serializers.UUIDField()
    method = serializers.ChoiceField(choices=SecondFactorMethod.choices)
    code = serializers.CharField(max_length=32, required=False)
    credential = CredentialSerializer(required=False)

    def validate(self, attrs: Body) -> Body:
        needed = "credential" if attrs["method"] == "passkey" else "code"
        if needed not in attrs:
            raise serializers.ValidationError({needed: "This method needs it."})
        return attrs


class PasskeySignInSerializer(DeviceSerializer):
    """A passkey's answer."""

    challenge_id = serializers.UUIDField()
    credential = CredentialSerializer()


class StepUpSerializer(serializers.Serializer[Any]):
    """Exactly one proof; a passkey's comes with its ``challenge_id``."""

    auth_key = KeyField(required=False)
    totp = serializers.CharField(max_length=16, required=False)
    recovery_auth_key = KeyField(required=False)
    former_auth_key = KeyField(
        required=False, help_text="Of the password from before an e-mail reset."
    )
    challenge_id = serializers.UUIDField(required=False)
    credential = CredentialSerializer(required=False)

    def validate(self, attrs: Body) -> Body:
        kinds = {"auth_key", "totp", "recovery_auth_key", "former_auth_key", "credential"}
        proofs = kinds & attrs.keys()
        if len(proofs) != 1:
            raise serializers.ValidationError("Give exactly one proof.")
        if "credential" in attrs and "challenge_id" not in attrs:
            raise serializers.ValidationError({"challenge_id": "A passkey's answer needs it."})
        return attrs


class StepUpUntilSerializer(serializers.Serializer[Any]):
    """Until when dangerous acts are allowed."""

    until = serializers.DateTimeField()


class SessionSerializer(serializers.Serializer[Any]):
    """A session, as the device that holds it sees it."""

    account_id = serializers.UUIDField()
    email = serializers.EmailField()
    session_id = serializers.UUIDField()
    token = serializers.CharField(required=False, help_text="Shown once, to an app.")
    step_up_until = serializers.DateTimeField(allow_null=True)
    vault_shut = serializers.BooleanField()
    must_set_password = serializers.BooleanField()
    recovery_confirmed = serializers.BooleanField()


class AskedSecondFactorSerializer(serializers.Serializer[Any]):
    """What has to be answered first."""

    challenge_id = serializers.UUIDField()
    methods = serializers.ListField(
        child=serializers.ChoiceField(choices=SecondFactorMethod.choices)
    )
    public_key = serializers.DictField(
        allow_null=True, help_text="Options for a passkey, when there is one."
    )


class SecondFactorAskedSerializer(serializers.Serializer[Any]):
    """No session yet."""

    second_factor = AskedSecondFactorSerializer()


class QuestionSerializer(serializers.Serializer[Any]):
    """Options for ``navigator.credentials``, as JSON."""

    challenge_id = serializers.UUIDField(source="challenge.pk")
    public_key = serializers.DictField()


class DeviceSessionSerializer(serializers.Serializer[Any]):
    """A session in the list of devices."""

    id = serializers.UUIDField()
    device_name = serializers.CharField()
    kind = serializers.ChoiceField(choices=SessionKind.choices)
    created_at = serializers.DateTimeField()
    last_seen_on = serializers.DateField()
    is_current = serializers.BooleanField()
    woken_through = serializers.SerializerMethodField()

    def get_woken_through(self, session: AccountSession) -> str | None:
        """The host of the push service that this device is woken through, if it is."""
        push: PushSubscription | None = getattr(session, "push", None)
        return None if push is None else push.service


class ResumeKeySerializer(serializers.Serializer[Any]):
    """The server's half of an unlocked device."""

    key = KeyField()


class PushAddressSerializer(serializers.Serializer[Any]):
    """Where the push service of a device takes what is for it."""

    endpoint = serializers.CharField()
    urgency = serializers.ChoiceField(choices=PushUrgency.choices, default=PushUrgency.NORMAL)


class PushSubscriptionSerializer(serializers.Serializer[Any]):
    """How this device is woken."""

    endpoint = serializers.SerializerMethodField()
    service = serializers.CharField()
    urgency = serializers.ChoiceField(choices=PushUrgency.choices)
    subscribed_at = serializers.DateTimeField()
    failing_since = serializers.DateTimeField(allow_null=True)

    def get_endpoint(self, subscription: PushSubscription) -> str:
        """As the device gave it; only that device is told."""
        return subscription.open().decode()


class PushSerializer(serializers.Serializer[Any]):
    """What a device needs to be woken, and how it is. ``services`` are the hosts of push services
    that the operator has entered; with none of them nobody is woken.
    """

    public_key = serializers.CharField()
    services = serializers.ListField(child=serializers.CharField())
    subscription = PushSubscriptionSerializer(allow_null=True)
