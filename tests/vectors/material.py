"""Bytes for vectors: fixed but without pattern, and large content that is quick to make."""

import base64
import hashlib


def material(label: str, length: int = 32) -> bytes:
    """Return bytes that depend on nothing but their label."""
    return hashlib.shake_256(f"pocketvault vectors: {label}".encode()).digest(length)


def content(length: int) -> bytes:
    """Return content whose byte i is (i + i // 251) mod 256, so that no two segments are alike."""
    period = bytes((i + i // 251) % 256 for i in range(251 * 256))
    return (period * (length // len(period) + 1))[:length]


def to_text(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Return the bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
