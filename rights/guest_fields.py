"""What somebody without an account types into a form, read strictly."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.errors import WrongCodeError
from accounts.models import UnusableAddressError, normalise_email

MOST_EMAIL = 254


def read_email(text: str) -> str | None:
    """An address that can be answered, or None."""
    try:
        validate_email(text.strip())
        email = normalise_email(text)
    except (ValidationError, UnusableAddressError):
        return None
    return email if len(email) <= MOST_EMAIL else None


def read_once(form: str, email: str) -> bytes | None:
    """What a form that is sent twice has in common: its number, and the address in it. None for
    what is no number of a form.
    """
    try:
        number = UUID(form)
    except ValueError:
        return None
    return hashlib.sha256(number.bytes + email.encode()).digest()


def read_digits(typed: str) -> str:
    """A mailed code. Raises `WrongCodeError`."""
    code = "".join(typed.split())
    if not code.isascii() or not code.isdecimal():
        raise WrongCodeError
    return code
