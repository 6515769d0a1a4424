"""What the service does not start with: each refusal names the setting and a way out.

What only might be a mistake is a warning of ``manage.py check --deploy``, in
``pocketvault/kernel/checks.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 32


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host. A name we cannot judge is not."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def public_url(url: str) -> str:
    """An origin: a scheme, a host and perhaps a port. Plain HTTP is for this machine only."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"PUBLIC_URL={url} is not an address: {error}.") from error
    rest = (parts.path.rstrip("/"), parts.query, parts.fragment, parts.username)
    if parts.scheme not in ("http", "https") or not host or any(rest):
        raise ImproperlyConfigured(
            f"PUBLIC_URL={url} is not an origin. Use one like https://vault.example.org."
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise ImproperlyConfigured(
            f"PUBLIC_URL={url} is plain HTTP, and {host} is not this machine: everyone on the way "
            f"could read the session cookies and change the pages. Use https://{parts.netloc}."
        )
    return url.rstrip("/")


def secret(name: str, value: str, *, unlike: str = "") -> str:
    """A secret that nobody guesses, and that is not another one's twin."""
    if len(value) < SHORTEST_SECRET or len(set(value)) < SHORTEST_SECRET // 4:
        raise ImproperlyConfigured(
            f"{name} can be guessed. Leave it unset, or use at least {SHORTEST_SECRET} random "
            "characters, such as `openssl rand -base64 48` gives."
        )
    if value == unlike:
        raise ImproperlyConfigured(
            f"{name} is the same as another secret. Whoever finds one must not have both."
        )
    return value


def epoch_folders(folders: Sequence[Path], *, is_here: bool) -> list[Path]:
    """Where epoch keys lie: at least twice, wherever people keep more than a trial on it."""
    if not is_here and len({folder.resolve() for folder in folders}) < 2:
        raise ImproperlyConfigured(
            "EPOCH_KEY_DIRS names one folder. Losing every copy of the current epoch key loses "
            "every photo: name at least two, on different disks."
        )
    return list(folders)
