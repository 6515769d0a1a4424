"""What is kept of secrets that only need to be recognised again.

Long random secrets (tokens, auth keys) are kept as SHA-256. Short ones (codes) are keyed
with the server's secret as well: eight digits alone are tried through in a second.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.utils.crypto import salted_hmac

CODE_DIGITS = 8
# Crockford's alphabet: nothing that looks like something else on paper.
_PAPER = "0123456789abcdefghjkmnpqrstvwxyz"
_GROUP = 5


def digest_of(secret: bytes | str) -> bytes:
    """SHA-256 of a secret with at least 128 bits in it."""
    return hashlib.sha256(secret.encode() if isinstance(secret, str) else secret).digest()


def digest_of_code(code: str, *, belongs_to: object) -> bytes:
    """Keyed digest of a short code, bound to the row it belongs to."""
    message = f"{belongs_to}|{code}"
    return salted_hmac("accounts.code", message, algorithm="sha256").digest()


def is_same(one: bytes | memoryview, other: bytes) -> bool:
    """Compare without telling by time where they differ."""
    return hmac.compare_digest(bytes(one), bytes(other))


def new_token() -> str:
    """256 random bits, fit for a header or a link."""
    return secrets.token_urlsafe(32)


def new_mail_code() -> str:
    """Eight digits, for typing from a mail."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def new_paper_code() -> str:
    """Ten letters and digits in two groups: 50 bits, for a drawer."""
    return "-".join("".join(secrets.choice(_PAPER) for _ in range(_GROUP)) for _ in range(2))


def as_paper_code(typed: str) -> str:
    """A paper code as people type it: any case, with or without the dash."""
    plain = "".join(typed.split()).replace("-", "").lower()
    return f"{plain[:_GROUP]}-{plain[_GROUP:]}"
