"""Time-stamps after RFC 3161: that evidence was there at a time which somebody else vouches for.

Only the SHA-256 of a manifest is sent, and a number that makes the answer the answer to it. What
comes back is believed once its signature, its certificates up to a root of the settings, its
number, its hash and its clock are right; anybody can check the same later, without us or them
(`docs/takedown.md`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from django.conf import settings
from django.utils import timezone
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from pocketvault.kernel import egress
from pocketvault.kernel.egress import EgressFailedError, EgressRefusedError, Reply
from pocketvault.kernel.purposes import TAKE_DOWN_COPIES

MEDIA_TYPE = "application/timestamp-reply"
QUERY_TYPE = "application/timestamp-query"
MOST_BYTES = 64 * 2**10
# How far their clock and ours may be apart.
CLOCKS_APART = timedelta(minutes=5)
_GRANTED = 0

# Sends a query to the authority of the settings, and returns its answer.
AskAuthority = Callable[[bytes], bytes]
Fetch = Callable[..., Reply]


class NoStampError(Exception):
    """There is no time-stamp that can be believed. ``reason`` is for the timeline."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Stamp:
    """The whole answer of the authority (DER), as it is kept, and the time that it vouches for."""

    answer: bytes
    at: datetime


def is_configured() -> bool:
    """Whether an authority is named in the settings."""
    return settings.TSA is not None


def roots_file() -> Path:
    """The certificates (PEM) that are believed. Raises `NoStampError` where nobody is named."""
    return Path(_named()["roots"])


def _named() -> dict[str, Any]:
    if settings.TSA is None:
        raise NoStampError("nobody is named")
    return settings.TSA


def authority(fetch: Fetch = egress.fetch) -> AskAuthority:
    """The product's way to ask: as any server of others is asked."""

    def ask(query: bytes) -> bytes:
        try:
            reply = fetch(
                _named()["url"], purpose=TAKE_DOWN_COPIES, method="POST", body=query,
                headers={"Content-Type": QUERY_TYPE, "Accept": MEDIA_TYPE},
                most_bytes=MOST_BYTES,
            )  # fmt: skip
        except EgressRefusedError as error:
            raise NoStampError("not in the register of processors") from error
        except EgressFailedError as error:
            raise NoStampError("does not answer") from error
        if reply.status != 200:
            raise NoStampError(f"status {reply.status}")
        return reply.body

    return ask


def stamp_of(data: bytes, ask: AskAuthority) -> Stamp:
    """A time-stamp of these bytes. Raises `NoStampError`."""
    query = TimestampRequestBuilder(data, HashAlgorithm.SHA256).build()
    answer = ask(query.as_bytes())
    try:
        response = decode_timestamp_response(answer)
        if response.status != _GRANTED:
            raise NoStampError("not granted")
        verifier = VerifierBuilder(nonce=query.nonce, roots=roots()).build()
        verifier.verify_message(response, data)
        at = response.tst_info.gen_time
    except (VerificationError, ValueError, TypeError) as error:
        raise NoStampError("cannot be believed") from error
    if abs(at - timezone.now()) > CLOCKS_APART:
        raise NoStampError("its clock is wrong")
    return Stamp(answer, at)


def stamped_digest(answer: bytes) -> bytes | None:
    """Of what a kept stamp is: the SHA-256 in it, or None where it cannot be read."""
    try:
        response: TimeStampResponse = decode_timestamp_response(answer)
        digest = bytes(response.tst_info.message_imprint.message)
    except (ValueError, TypeError):
        return None
    return digest if len(digest) == hashlib.sha256().digest_size else None


def roots() -> list[x509.Certificate]:
    """The certificates that are believed, by the settings."""
    return x509.load_pem_x509_certificates(roots_file().read_bytes())
