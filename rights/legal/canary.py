"""Statements that people sign with keys of their own, and whether they are late.

statement   canonical JSON: format, jurisdiction, text, made_on, due_on, signers
signature   Ed25519("pocketvault.canary/1" 00 | statement) by each signer's own key
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils import timezone

from pocketvault.kernel.fields import from_base64url
from rights.log.canonical import JSON, read
from rights.models import CanaryStatement, SilentJurisdiction

FORMAT = "pocketvault.canary/1"
TAG = f"{FORMAT}\0".encode()
MEMBERS = {"format", "jurisdiction", "text", "made_on", "due_on", "signers"}
LEAST_SIGNERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the page says of one jurisdiction. ``is_late`` is said plainly; where no statement is
    made any more, nothing else is said.
    """

    jurisdiction: str
    is_silent: bool
    is_late: bool = False
    due_on: date | None = None
    document: dict[str, JSON] | None = None
    signatures: list[dict[str, str]] | None = None


def is_signed(document: bytes, name: str, key: str, signature: str) -> bool:
    """Whether this signer of the statement signed it with the key that the statement names."""
    try:
        said = read(document)
        signers = {str(each["name"]): str(each["key"]) for each in _signers(said)}
        public = Ed25519PublicKey.from_public_bytes(from_base64url(key))
        public.verify(from_base64url(signature), TAG + document)
    except (ValueError, InvalidSignature, KeyError, TypeError):
        return False
    return signers.get(name) == key


def standings() -> list[Standing]:
    """Every jurisdiction, with its newest statement. Two queries."""
    silent = {each.jurisdiction for each in SilentJurisdiction.objects.all()}
    newest: dict[str, CanaryStatement] = {}
    for row in CanaryStatement.objects.order_by("pk"):
        newest[row.jurisdiction] = row
    today = timezone.now().date()
    spoken = [
        Standing(
            jurisdiction=name, is_silent=False, is_late=row.due_on < today, due_on=row.due_on,
            document=read(bytes(row.document)), signatures=row.signatures,
        )
        for name, row in sorted(newest.items()) if name not in silent
    ]  # fmt: skip
    return [*spoken, *(Standing(jurisdiction=each, is_silent=True) for each in sorted(silent))]


def _signers(said: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = said["signers"]
    return found
