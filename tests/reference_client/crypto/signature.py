"""Ed25519 signatures over a context and a statement."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.derive import checked_key
from tests.reference_client.crypto.errors import CryptoError, cannot_open

VERSION = 1
SIGNATURE_BYTES = 65


def identity_public_key(seed: bytes) -> bytes:
    """Return the public half of an identity."""
    return Ed25519PrivateKey.from_private_bytes(checked_key(seed)).public_key().public_bytes_raw()


def sign_statement(statement: bytes, seed: bytes, context: Context) -> bytes:
    """Sign a statement for a context: `version (1) | signature (64)`."""
    key = Ed25519PrivateKey.from_private_bytes(checked_key(seed))
    return bytes([VERSION]) + key.sign(context.encode() + b"\0" + statement)


def verify_statement(signature: bytes, statement: bytes, signer: bytes, context: Context) -> None:
    """Insist that a signature is by `signer`."""
    if len(signature) != SIGNATURE_BYTES:
        raise CryptoError("malformed", "A signature is exactly 65 bytes long.")
    if signature[0] != VERSION:
        raise CryptoError("unsupported-version", "This signature is of a kind we do not know.")
    key = Ed25519PublicKey.from_public_bytes(checked_key(signer))
    try:
        key.verify(signature[1:], context.encode() + b"\0" + statement)
    except InvalidSignature:
        raise cannot_open() from None
