"""Turn one URL per service into Django settings. Pure functions, so they are unit-tested.

Unset means embedded: SQLite, a local runner process, files under ``var/``. There is no
"profile" switch to get out of step with reality; the deployment *is* its URLs.
"""

from __future__ import annotations

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from cryptography import x509
from django.core.exceptions import ImproperlyConfigured

# synchronous=FULL: a photo acknowledged must survive a power cut, not only a crash.
_SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
# PostgreSQL's defaults are meant for spinning disks: with them it reads a whole table of a
# hundred thousand images for a page of 500, and costs helpers and compilation for it.
_POSTGRES_OPTIONS = "-c random_page_cost=1.1 -c max_parallel_workers_per_gather=0 -c jit=off"
# What may follow the question mark of DATABASE_URL, in PostgreSQL's own words.
_TLS_OPTIONS = {"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl"}
_TLS_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}

# Seconds. A Redis that hangs answers nobody and refuses nobody: without these, neither
# would we. It is asked about counters, which take no time, and told of jobs whose rows are
# safe.
REDIS_PATIENCE = {"socket_connect_timeout": 1.0, "socket_timeout": 2.0}
# Of a lost nudge: the sweep finds the job. Celery would try again for ever.
_NO_SECOND_TRY = {"max_retries": 0, "interval_start": 0.0}
DNS_PORT = 53
# No address of ours begins so: tests/kernel/test_settings.py looks.
_INTERNAL_PLACE = re.compile(r"/_[a-z0-9_-]{1,60}", re.ASCII)


def database(url: str | None, *, var: Path) -> dict[str, Any]:
    """``postgres://…`` or nothing. SQLite is tuned for one writer and many readers."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": var / "pocketvault.sqlite3",
            # Opening one per request, with its pragmas, cost more than most requests do.
            "CONN_MAX_AGE": 60,
            # IMMEDIATE takes the write lock at BEGIN: a transaction that reads first and
            # writes later can otherwise fail with "database is locked" whatever the timeout.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": _SQLITE_PRAGMAS,
            },
        }
    parts = _parts("DATABASE_URL", url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(f"DATABASE_URL: {parts.scheme}:// is not supported")
    tls = _options("DATABASE_URL", parts, known=_TLS_OPTIONS)
    if tls.get("sslmode", "prefer") not in _TLS_MODES:
        raise ImproperlyConfigured(f"DATABASE_URL: sslmode={tls['sslmode']} is not supported")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or 5432,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": _POSTGRES_OPTIONS, **tls},
    }


def cache(url: str | None, *, var: Path) -> dict[str, Any]:
    """Counters that several processes share. Both kinds count atomically."""
    if not url:
        return {
            "BACKEND": "pocketvault.kernel.counters.SqliteCache",
            "LOCATION": str(var / "counters.sqlite3"),
        }
    _check_redis(url)
    return {
        "BACKEND": "pocketvault.kernel.counters.CountingRedisCache",
        "LOCATION": url,
        "OPTIONS": dict(REDIS_PATIENCE),
    }


def broker(url: str | None) -> dict[str, Any]:
    """Celery over Redis, or nothing: embedded, the local runner executes the same rows."""
    if not url:
        return {"CELERY_BROKER_URL": "memory://"}
    _check_redis(url)
    return {
        "CELERY_BROKER_URL": url,
        "CELERY_BROKER_TRANSPORT_OPTIONS": {
            "visibility_timeout": 900, **REDIS_PATIENCE, **_NO_SECOND_TRY,
        },
        # A worker waits for its broker as long as it takes.
        "CELERY_BROKER_CONNECTION_MAX_RETRIES": None,
    }  # fmt: skip


def blobs(url: str | None, *, var: Path) -> dict[str, Any]:
    """``s3://bucket/prefix?endpoint=…``, ``file:///path``, ``memory://`` or nothing."""
    if not url:
        return {"kind": "files", "root": var / "blobs"}
    parts = _parts("BLOB_URL", url)
    match parts.scheme:
        case "file":
            return {"kind": "files", "root": Path(unquote(parts.path))}
        case "memory":
            return {"kind": "memory"}
        case "s3" if parts.hostname:
            options = _options("BLOB_URL", parts, known={"endpoint", "region"})
            return {
                "kind": "s3",
                "bucket": parts.hostname,
                "prefix": parts.path.strip("/"),
                "endpoint": options.get("endpoint") or None,
                "region": options.get("region", "us-east-1"),
            }
        case other:
            raise ImproperlyConfigured(f"BLOB_URL: {other}:// is not supported")


def blobs_copy(url: str | None, *, first: dict[str, Any], var: Path) -> dict[str, Any] | None:
    """A second store of any kind, or nothing. The first one under another name is no second."""
    if not url:
        return None
    second = blobs(url, var=var)
    if second == first:
        raise ImproperlyConfigured("BLOB_COPY_URL: that is the store itself; a copy lies elsewhere")
    return second


def accel_prefix(prefix: str | None, *, blobs: dict[str, Any]) -> str:
    """Where the web server in front keeps its internal view of the blob folder, such as
    ``/_blobs``; or nothing: we send the bytes ourselves.

    It must be a place of its own. Under an address that people reach, a mistake in the web
    server's configuration would hand ciphertext to anybody.
    """
    if not prefix:
        return ""
    if not _INTERNAL_PLACE.fullmatch(prefix):
        raise ImproperlyConfigured(
            f"ACCEL_REDIRECT_PREFIX={prefix}: use one word that begins with /_, such as /_blobs"
        )
    if blobs["kind"] != "files":
        raise ImproperlyConfigured(
            "ACCEL_REDIRECT_PREFIX: only a file store can be read by the web server; unset it"
        )
    return prefix


def resolver(address: str | None) -> tuple[str, int] | None:
    """``10.0.0.53``, ``10.0.0.53:5353`` or ``[fd00::53]:53``; or nothing: whom the system asks.

    An address, not a name: there is nobody to ask for it.
    """
    if not address:
        return None
    try:
        parts = urlsplit(f"//{address}")
        host, port = str(ip_address(parts.hostname or "")), parts.port
    except ValueError as error:
        raise ImproperlyConfigured(
            f"DNS_RESOLVER={address}: use an address such as 10.0.0.53 or [fd00::53]:5353"
        ) from error
    if parts.netloc != address or parts.username is not None:
        raise ImproperlyConfigured(f"DNS_RESOLVER={address}: nothing may stand beside the address")
    return host, DNS_PORT if port is None else port


def metrics_bind(address: str | None) -> tuple[str, int] | None:
    """``127.0.0.1:9464``: where numbers for Prometheus are told, or nothing: nowhere.

    Of this machine only: they are told without TLS and without asking who wants them.
    """
    if not address:
        return None
    try:
        parts = urlsplit(f"//{address}")
        host, port = ip_address(parts.hostname or ""), parts.port
    except ValueError:
        host, port = None, None
    if host is None or not host.is_loopback or not port or parts.username is not None:
        raise ImproperlyConfigured(
            f"METRICS_BIND={address}: use an address of this machine with a port, "
            "such as 127.0.0.1:9464"
        )
    return str(host), port


def email(url: str | None, *, var: Path) -> dict[str, Any]:
    """``smtp(s)://user:pass@host:port``, ``console://`` or nothing: files under ``var/mail``."""
    if not url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": var / "mail",
        }
    parts = _parts("EMAIL_URL", url)
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme not in ("smtp", "smtps"):
        raise ImproperlyConfigured(f"EMAIL_URL: {parts.scheme}:// is not supported")
    _options("EMAIL_URL", parts, known=set())
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_TIMEOUT": 20,
    }


def country(code: str | None) -> str:
    """Two letters of a country, or nothing. Whether its holidays are known is a system check's
    to say: their tables take half a second to load.
    """
    if code and not re.fullmatch("[A-Z]{2}", code):
        raise ImproperlyConfigured(f"HOLIDAYS_COUNTRY={code}: use two capital letters")
    return code or ""


def mailbox(url: str | None) -> dict[str, Any] | None:
    """``imaps://user:pass@host:port/FOLDER``, ``maildir:///a/folder``, or nothing.

    Plain IMAP is not supported: whoever listens would read what people ask.
    """
    if not url:
        return None
    parts = _parts("REQUESTS_MAILBOX_URL", url)
    known = _options("REQUESTS_MAILBOX_URL", parts, known={"ca"})
    if parts.scheme == "maildir" and parts.path and not parts.netloc:
        return {"kind": "maildir", "path": Path(unquote(parts.path))}
    if parts.scheme != "imaps" or not (parts.hostname and parts.username and parts.password):
        raise ImproperlyConfigured(
            "REQUESTS_MAILBOX_URL: use imaps://user:password@host/FOLDER or maildir:///folder"
        )
    return {
        "kind": "imap",
        "host": parts.hostname,
        "port": parts.port or 993,
        "user": unquote(parts.username),
        "password": unquote(parts.password),
        "folder": unquote(parts.path.strip("/")) or "INBOX",
        "ca": known.get("ca"),
    }


def replies(address: str | None, box: dict[str, Any] | None) -> str:
    """A plain mail address with room for a token in its name, or nothing."""
    if not address:
        return ""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,32}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", address):
        raise ImproperlyConfigured("REPLIES_ADDRESS: use name@host, with at most 32 letters")
    if box is None:
        raise ImproperlyConfigured("REPLIES_ADDRESS: answers need REQUESTS_MAILBOX_URL as well")
    return address.lower()


def program(name: str, path: str | None) -> str | None:
    """The whole path of a program that can be run, or nothing."""
    if not path:
        return None
    if not Path(path).is_absolute() or not os.access(path, os.X_OK) or Path(path).is_dir():
        raise ImproperlyConfigured(f"{name}: not the whole path of a program that can be run")
    return path


def authority_of_time(url: str | None, roots: str | None) -> dict[str, Any] | None:
    """An address over HTTPS and a file of certificates (PEM), or neither."""
    if not url and not roots:
        return None
    if not url or not roots:
        raise ImproperlyConfigured("TSA_URL and TSA_ROOTS: give both or neither")
    parts = _parts("TSA_URL", url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.fragment:
        raise ImproperlyConfigured("TSA_URL: use https://host/path")
    path = Path(roots)
    try:
        x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured("TSA_ROOTS: not a file with PEM certificates") from error
    return {"url": url, "roots": path}


def _parts(name: str, url: str) -> SplitResult:
    """An address taken apart. One that is none may hold a password all the same: it is not told."""
    try:
        parts = urlsplit(url)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        is_port = False
    if not is_port:
        raise ImproperlyConfigured(f"{name}: that is no address: look at its host and port")
    return parts


def _options(name: str, parts: SplitResult, *, known: set[str]) -> dict[str, str]:
    """What follows the question mark. Dropping what we do not know could drop a protection."""
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    for option, _ in pairs:
        if option not in known:
            choice = f"Use {', '.join(sorted(known))}." if known else "It takes none."
            raise ImproperlyConfigured(f"{name}: {option} is not an option of ours. {choice}")
    if len(dict(pairs)) < len(pairs):
        raise ImproperlyConfigured(f"{name}: an option is given twice")
    return dict(pairs)


def _check_redis(url: str) -> None:
    parts = _parts("REDIS_URL", url)
    if parts.scheme not in ("redis", "rediss"):
        raise ImproperlyConfigured(f"REDIS_URL: {parts.scheme}:// is not supported")
