"""How this service says who it is to a push service: VAPID (RFC 8292).

A push service hands on what the holder of one P-256 key asks for, and nobody else's: an app names
the public half when it registers there. The private half is made of ``PUSH_KEY``, which is kept
like every other secret of the settings, so that a key is any long random text.

    private key = HKDF-SHA256(PUSH_KEY, no salt, "pv1|vapid", 48 bytes) mod (n - 1) + 1
    header      = "vapid t=" JWT ", k=" base64url(public key, uncompressed, 65 bytes)
    JWT         = ES256 over {aud: origin of the push service, exp: in 12 hours, sub: our address}

The token names this service and a time, and nothing of the person.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from pocketvault.kernel.fields import to_base64url

# A push service refuses a token that is good for more than a day.
GOOD_FOR = timedelta(hours=12)
# The order of the group of P-256 (FIPS 186-5).
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SCALAR_BYTES = 32
# Sixteen bytes more than the order has: no scalar is likelier than another.
_DERIVED_BYTES = 48


def public_key() -> str:
    """What an app names when it registers at its push service: base64url, 65 bytes."""
    point = _private_key(settings.PUSH_KEY).public_key()
    return to_base64url(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def authorization(endpoint: str, now: datetime) -> str:
    """The header for one request to this address, which is an HTTPS one."""
    parts = urlsplit(endpoint)
    claims: dict[str, str | int] = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + GOOD_FOR).timestamp()),
    }
    if not settings.IS_LOOPBACK:
        claims["sub"] = settings.PUBLIC_URL
    return f"vapid t={_signed(claims)}, k={public_key()}"


def _signed(claims: dict[str, str | int]) -> str:
    header = {"typ": "JWT", "alg": "ES256"}
    signed = ".".join(to_base64url(json.dumps(each).encode()) for each in (header, claims))
    der = _private_key(settings.PUSH_KEY).sign(signed.encode(), ec.ECDSA(hashes.SHA256()))
    numbers = (each.to_bytes(_SCALAR_BYTES, "big") for each in decode_dss_signature(der))
    return f"{signed}.{to_base64url(b''.join(numbers))}"


@cache
def _private_key(secret: str) -> ec.EllipticCurvePrivateKey:
    kdf = HKDF(hashes.SHA256(), _DERIVED_BYTES, salt=None, info=b"pv1|vapid")
    number = int.from_bytes(kdf.derive(secret.encode()), "big")
    return ec.derive_private_key(number % (_ORDER - 1) + 1, ec.SECP256R1())
