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
    """The vault's own origin."""
    return _origin("PUBLIC_URL", url, like="https://vault.example.org")


def profiles_url(url: str | None, *, vault: str) -> str:
    """The origin of public profiles; empty when there is none, and profiles are off.

    Never the vault's host: a page that shows what somebody chose to publish must have nothing to
    do with the cookies, storage and keys of the vault, whatever may be wrong with it. On this
    machine there are always two names, so a trial has both origins without being asked.
    """
    own = urlsplit(vault)
    if not url:
        if not is_loopback(own.hostname or ""):
            return ""
        other = "127.0.0.1" if own.hostname == "localhost" else "localhost"
        port = "" if own.port is None else f":{own.port}"
        return f"{own.scheme}://{other}{port}"
    origin = _origin("PROFILES_URL", url, like="https://photos.example.org")
    if urlsplit(origin).hostname == own.hostname:
        raise ImproperlyConfigured(
            f"PROFILES_URL={url} is on the vault's own host, so that public pages would share its "
            "cookies and storage. Use a host of its own, like https://photos.example.org."
        )
    return origin


def _origin(name: str, url: str, *, like: str) -> str:
    """An origin: a scheme, a host and perhaps a port. Plain HTTP is for this machine only."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={url} is not an address: {error}.") from error
    rest = (parts.path.rstrip("/"), parts.query, parts.fragment, parts.username)
    if parts.scheme not in ("http", "https") or not host or any(rest):
        raise ImproperlyConfigured(f"{name}={url} is not an origin. Use one like {like}.")
    if parts.scheme == "http" and not is_loopback(host):
        raise ImproperlyConfigured(
            f"{name}={url} is plain HTTP, and {host} is not this machine: everyone on the way "
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


def backup_folders(words: Sequence[str], *, default: Path) -> list[Path]:
    """Where backups lie. ``none`` is said on purpose, by whoever has others, and says it alone."""
    if list(words) == ["none"]:
        return []
    if "none" in words:
        raise ImproperlyConfigured("BACKUP_DIRS: 'none' stands alone, or folders are named.")
    return [Path(word) for word in words] or [default]
