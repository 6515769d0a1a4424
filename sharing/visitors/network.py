"""What stands for a stranger's network: a keyed hash whose key nobody has tomorrow."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.http import HttpRequest
from django.utils import timezone

from pocketvault.kernel.network import network_prefix
from sharing.visitors import memory
from sharing.visitors.tiers import DAY_SECONDS

SALT_BYTES = 32


def network_of(request: HttpRequest) -> str:
    """The caller's network (/24 or /48) as 22 hexadecimal digits that mean nothing tomorrow."""
    return _keyed(network_prefix(request.META["REMOTE_ADDR"]))


def keyed_robot(name: str, address: str) -> str:
    """One address that says to be a crawler, as 22 digits of the same kind."""
    return _keyed(f"{name} {address}")


def keyed_person(account: str, profile: str) -> str:
    """Somebody with an account who looks at one profile, as 22 digits of the same kind."""
    return _keyed(f"person {account} {profile}")


def keyed_mailbox(address: str) -> str:
    """An e-mail address that a stranger gave, as 22 digits of the same kind."""
    return _keyed(f"mailbox {address.casefold()}")


def _keyed(text: str) -> str:
    day = timezone.now().date().isoformat()
    salt = memory.kept(f"salt:{day}", secrets.token_bytes(SALT_BYTES), DAY_SECONDS)
    return hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()[:22]
