"""Bodies about keys, second factors and the account itself."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.fields import KdfSerializer, KeyField, WrappedKeyField
from accounts.api.serializers.sessions import CredentialSerializer, QuestionSerializer
from accounts.models import DigestRhythm, Theme
from accounts.models.preferences import LONGEST_BIN_DAYS
from pocketvault.kernel.fields import BytesField

LONGEST_AUTO_LOCK_MINUTES = 24 * 60


class UnlockingPasskeySerializer(serializers.Serializer[Any]):
    """A passkey that opens the vault."""

    id = serializers.UUIDField()
    credential_id = BytesField()
    wrapped_account_key = WrappedKeyField()


class FormerPasswordSerializer(serializers.Serializer[Any]):
    """What is kept of the password from before an e-mail reset."""

    kdf = KdfSerializer()
    wrapped_account_key = WrappedKeyField(
        allow_null=True, help_text="Null until this session proved that the vault is its own."
    )


class BundleSerializer(serializers.Serializer[Any]):
    """Everything a device needs, besides the person, to open the vault."""

    kdf = KdfSerializer()
    wrapped_account_key_password = WrappedKeyField(allow_null=True)
    wrapped_account_key_recovery = WrappedKeyField()
    former_password = FormerPasswordSerializer(
        allow_null=True, help_text="Only while the vault is shut."
    )
    passkeys = UnlockingPasskeySerializer(many=True)
    wrapped_identity_seed = WrappedKeyField()
    wrapped_exchange_seed = WrappedKeyField()
    identity_public_key = BytesField()
    exchange_public_key = BytesField()
    generation = serializers.IntegerField()


class PasswordSerializer(serializers.Serializer[Any]):
    """A new password: what signs in, and what unwraps."""

    auth_key = KeyField()
    kdf = KdfSerializer()
    wrapped_account_key = WrappedKeyField()
    generation = serializers.IntegerField(min_value=1)


class RecoverySerializer(serializers.Serializer[Any]):
    """A new recovery phrase."""

    recovery_auth_key = KeyField()
    wrapped_account_key = WrappedKeyField()
    generation = serializers.IntegerField(min_value=1)


class RecoveryProofSerializer(serializers.Serializer[Any]):
    """Proof that the phrase is known."""

    recovery_auth_key = KeyField()


class NextCheckSerializer(serializers.Serializer[Any]):
    """When the phrase is asked for next."""

    next_check_at = serializers.DateTimeField()


class TotpStateSerializer(serializers.Serializer[Any]):
    """Whether an authenticator app is on, and how many paper codes are left."""

    is_on = serializers.BooleanField()
    recovery_codes_left = serializers.IntegerField()


class TotpSecretSerializer(serializers.Serializer[Any]):
    """What an authenticator app needs; shown once."""

    secret = serializers.CharField()
    uri = serializers.CharField()


class TotpCodeSerializer(serializers.Serializer[Any]):
    """A code from the app."""

    code = serializers.CharField(max_length=16)


class RecoveryCodesSerializer(serializers.Serializer[Any]):
    """Paper codes; shown once."""

    recovery_codes = serializers.ListField(child=serializers.CharField())


class PasskeySerializer(serializers.Serializer[Any]):
    """A passkey in the list."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    can_open_vault = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    last_used_on = serializers.DateField(allow_null=True)


class NewPasskeyQuestionSerializer(QuestionSerializer):
    """Options for a new passkey, and the id it will have."""

    passkey_id = serializers.UUIDField(source="challenge.passkey_id")


class NewPasskeySerializer(serializers.Serializer[Any]):
    """A new passkey, with the account key wrapped by its PRF output if it has one."""

    challenge_id = serializers.UUIDField()
    credential = CredentialSerializer()
    name = serializers.CharField(max_length=80)
    wrapped_account_key = WrappedKeyField(allow_null=True)


class PasskeyNameSerializer(serializers.Serializer[Any]):
    """Another name for a passkey."""

    name = serializers.CharField(max_length=80)


class PreferencesSerializer(serializers.Serializer[Any]):
    """What a person chose. In a change every member may be left out."""

    theme = serializers.ChoiceField(choices=Theme.choices, required=False)
    auto_lock_minutes = serializers.IntegerField(
        min_value=0, max_value=LONGEST_AUTO_LOCK_MINUTES, required=False
    )
    recycle_bin_days = serializers.IntegerField(
        min_value=0, max_value=LONGEST_BIN_DAYS, required=False
    )
    digest = serializers.ChoiceField(choices=DigestRhythm.choices, required=False)
    language = serializers.RegexField(r"^[a-z]{2,3}(-[a-z0-9]{2,8})?$", required=False)
    rights_creator = serializers.CharField(max_length=120, allow_blank=True, required=False)
    rights_licence = serializers.CharField(max_length=200, allow_blank=True, required=False)


class QuotaSerializer(serializers.Serializer[Any]):
    """Ciphertext kept, in bytes, and how much may be."""

    used_bytes = serializers.IntegerField()
    limit_bytes = serializers.IntegerField()
    images = serializers.IntegerField()


class RecoveryStateSerializer(serializers.Serializer[Any]):
    """When the phrase was last typed right, and when it is asked for next."""

    confirmed_at = serializers.DateTimeField(allow_null=True)
    next_check_at = serializers.DateTimeField(allow_null=True)


class MeSerializer(serializers.Serializer[Any]):
    """The account, as its owner sees it."""

    account_id = serializers.UUIDField()
    email = serializers.EmailField()
    created_at = serializers.DateTimeField()
    quota = QuotaSerializer()
    preferences = PreferencesSerializer()
    recovery = RecoveryStateSerializer()


class EventSerializer(serializers.Serializer[Any]):
    """Something that happened to the account."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    tag = serializers.CharField()
    subject_id = serializers.UUIDField()


class EventsSerializer(serializers.Serializer[Any]):
    """A page of events, newest first; no cursor after the last."""

    items = EventSerializer(many=True)
    cursor = serializers.CharField(allow_null=True)


class LimitsSerializer(serializers.Serializer[Any]):
    """How much at once."""

    upload_bytes = serializers.IntegerField()
    chunk_bytes = serializers.IntegerField()
    batch_items = serializers.IntegerField()
    json_bytes = serializers.IntegerField()
    small_upload_bytes = serializers.IntegerField()
    whole_photo_bytes = serializers.IntegerField()


class PushKeySerializer(serializers.Serializer[Any]):
    """The key (P-256, uncompressed, base64url) that an app names when it registers at a push
    service, so that only this server can wake it (RFC 8292).
    """

    public_key = serializers.CharField()


class RestorationSerializer(serializers.Serializer[Any]):
    """That the server was restored from a backup: what it said after ``restored_to`` and before
    ``restored_at`` it may have forgotten. ``entry`` is what the public log says of it, and
    ``proof`` (C2SP tlog-proof) that it stands there; both are null for the first minute.
    """

    restored_at = serializers.DateTimeField()
    restored_to = serializers.DateTimeField()
    entry = serializers.DictField(allow_null=True)
    proof = serializers.CharField(allow_null=True)


class ServerSerializer(serializers.Serializer[Any]):
    """What this server is."""

    name = serializers.CharField()
    version = serializers.CharField()
    oldest_client = serializers.CharField()
    time = serializers.DateTimeField()
    limits = LimitsSerializer()
    push = PushKeySerializer()
    restoration = RestorationSerializer(allow_null=True)
