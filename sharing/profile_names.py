"""Names of profiles: what may stand at ``/u/NAME``, and where that is."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings

from sharing.publication_errors import BadNameError, ProfilesOffError

SHORTEST, LONGEST = 3, 30
# A link to somebody's page that stands elsewhere must not lead to somebody else's.
RESTS_FOR = timedelta(days=90)
_FORM = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
# Whoever stood under one of these would be taken for the service, or for nobody.
RESERVED = frozenset({
    "about", "abuse", "account", "accounts", "admin", "administrator", "anonymous", "api", "app",
    "billing", "blog", "contact", "copyright", "desk", "dpo", "everyone", "files", "healthz",
    "help", "home", "hostmaster", "imprint", "info", "legal", "login", "logout", "mail", "media",
    "moderator", "moderators", "nobody", "noreply", "no-reply", "null", "official", "pocketvault",
    "police", "postmaster", "press", "privacy", "profile", "profiles", "public", "readyz",
    "report", "reports", "robots", "root", "security", "settings", "share", "sign-in", "sign-up",
    "staff", "static", "status", "support", "system", "team", "terms", "undefined", "user",
    "users", "vault", "webmaster", "www",
})  # fmt: skip


def check_name(name: str) -> str:
    """The name itself, if it may be one. Raises `BadNameError`."""
    is_word = SHORTEST <= len(name) <= LONGEST and _FORM.fullmatch(name) is not None
    if not is_word or name in RESERVED:
        raise BadNameError
    return name


def holder_of(name: str, owner_id: UUID) -> str:
    """By whom a name was given up, for whoever knows both: 64 hexadecimal digits."""
    return sha256(f"{name}|{owner_id}".encode()).hexdigest()


def profiles_origin() -> str:
    """Where what everyone can see stands. Raises `ProfilesOffError`."""
    if not settings.PROFILES_URL:
        raise ProfilesOffError
    return settings.PROFILES_URL


def profile_address(name: str) -> str:
    """The whole public address of a profile; nothing where profiles are off."""
    return f"{settings.PROFILES_URL}/u/{name}" if settings.PROFILES_URL else ""


def publication_address(name: str, public_id: str) -> str:
    """The whole public address of one photo's page; nothing where profiles are off."""
    address = profile_address(name)
    return f"{address}/{public_id}" if address else ""
