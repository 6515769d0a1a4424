"""A passkey in software: enough of CTAP2 to answer the server's questions truly or falsely."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from webauthn.helpers import encode_cbor

from pocketvault.kernel.fields import to_base64url

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One passkey on one device."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    user_handle: bytes = b""
    origin: str = settings.PUBLIC_URL
    verifies_person: bool = True

    def create(self, options: dict) -> dict:
        """Answer ``navigator.credentials.create``."""
        client_data = self._client_data("webauthn.create", options["challenge"])
        public = self.key.public_key().public_numbers()
        cose = encode_cbor(
            {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        )
        length = struct.pack(">H", len(self.credential_id))
        attested = bytes(16) + length + self.credential_id + cose
        data = self._authenticator_data(options["rp"]["id"], ATTESTED) + attested
        statement = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            clientDataJSON=to_base64url(client_data), attestationObject=to_base64url(statement)
        )

    def get(self, options: dict) -> dict:
        """Answer ``navigator.credentials.get``."""
        self.count += 1
        client_data = self._client_data("webauthn.get", options["challenge"])
        data = self._authenticator_data(options["rpId"], 0)
        signed = data + hashlib.sha256(client_data).digest()
        return self._credential(
            clientDataJSON=to_base64url(client_data),
            authenticatorData=to_base64url(data),
            signature=to_base64url(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            userHandle=to_base64url(self.user_handle),
        )

    def _client_data(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _authenticator_data(self, relying_party: str, flags: int) -> bytes:
        flags |= USER_PRESENT | (USER_VERIFIED if self.verifies_person else 0)
        hashed = hashlib.sha256(relying_party.encode()).digest()
        return hashed + struct.pack(">BI", flags, self.count)

    def _credential(self, **response: str) -> dict:
        identity = to_base64url(self.credential_id)
        return {
            "id": identity,
            "rawId": identity,
            "type": "public-key",
            "response": response,
            # What a careless client sends along; the server must not even read it.
            "clientExtensionResults": {"prf": {"results": {"first": "s3cret-prf-output"}}},
        }
