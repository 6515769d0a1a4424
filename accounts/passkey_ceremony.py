"""The words exchanged with a passkey, over the ``webauthn`` library.

The PRF extension is asked for every time; its output is made and used on the device and
must never reach us. Whatever a client sends besides the fields named in `Credential` is
dropped before anything else looks at it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.errors import PasskeyRefusedError
from accounts.models import Passkey
from pocketvault.kernel.fields import from_base64url, to_base64url

# The PRF input is the same for everybody; the output differs with every passkey. Part of the
# format (docs/cryptography.md), so never changed. Our own page does not take it from here.
PRF_INPUT = b"pv1|passkey|account-key"

JsonObject = dict[str, object]
# What malformed CBOR, COSE and base64 can raise inside the library.
_MALFORMED = (
    WebAuthnException,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    struct.error,
)


class CredentialResponse(TypedDict, total=False):
    """What the authenticator signed, base64url throughout."""

    clientDataJSON: str
    attestationObject: str
    authenticatorData: str
    signature: str
    userHandle: str
    transports: list[str]


class Credential(TypedDict):
    """A ``PublicKeyCredential`` as JSON, without the results of client extensions."""

    id: str
    rawId: str
    type: str
    response: CredentialResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCredential:
    """What a new passkey leaves with us."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def options_for_new(
    *, account_id: UUID, email: str, challenge: bytes, existing: Iterable[bytes]
) -> JsonObject:
    """Options for ``navigator.credentials.create``: discoverable, with the person verified."""
    options = generate_registration_options(
        rp_id=_relying_party(),
        rp_name="PocketVault",
        user_id=account_id.bytes,
        user_name=email,
        challenge=challenge,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=known) for known in existing],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return _with_prf(options_to_json_dict(options))


def options_for_known(*, challenge: bytes, allowed: Iterable[bytes] = ()) -> JsonObject:
    """Options for ``navigator.credentials.get``; nothing in ``allowed`` means any passkey."""
    options = generate_authentication_options(
        rp_id=_relying_party(),
        challenge=challenge,
        allow_credentials=[PublicKeyCredentialDescriptor(id=known) for known in allowed],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _with_prf(options_to_json_dict(options))


def verify_new(credential: Credential, *, challenge: bytes) -> NewCredential:
    """Check a freshly made passkey. Raises `PasskeyRefusedError`."""
    try:
        verified = verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=_relying_party(),
            expected_origin=settings.PUBLIC_URL,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise PasskeyRefusedError from error
    return NewCredential(
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
    )


def verify_known(credential: Credential, *, passkey: Passkey, challenge: bytes) -> int:
    """Check a signature by a known passkey; return its new counter."""
    try:
        verified = verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=_relying_party(),
            expected_origin=settings.PUBLIC_URL,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise PasskeyRefusedError from error
    return verified.new_sign_count


def credential_id_of(credential: Credential) -> bytes:
    """Which passkey claims to answer."""
    try:
        return from_base64url(credential["rawId"])
    except ValueError as error:
        raise PasskeyRefusedError from error


def names_another(credential: Credential, account_id: UUID, *, is_needed: bool) -> bool:
    """True when the user handle in an answer is not this account's, or is missing although
    nothing else said who answers (WebAuthn level 2, section 7.2, step 6).
    """
    handle = credential["response"].get("userHandle")
    if not handle:
        return is_needed
    return handle != to_base64url(account_id.bytes)


def _relying_party() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"


def _with_prf(options: JsonObject) -> JsonObject:
    return {**options, "extensions": {"prf": {"eval": {"first": to_base64url(PRF_INPUT)}}}}
