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
    day = timezone.now().date().isoformat()
    salt = memory.kept(f"salt:{day}", secrets.token_bytes(SALT_BYTES), DAY_SECONDS)
    prefix = network_prefix(request.META["REMOTE_ADDR"])
    return hmac.new(salt, prefix.encode(), hashlib.sha256).hexdigest()[:22]
