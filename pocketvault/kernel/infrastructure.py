"""The machines that this service itself runs on, as its settings name them.

They are the operator's own, or rented by the operator: no processor of the register, and asked
by their own clients. What is told of them is what kind they are and whether they are this very
machine, never an address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One of them. ``kept`` says what it holds, in English to be translated; ``modules`` are
    those of ours that connect to it.
    """

    name: str
    kept: str
    is_elsewhere: bool
    modules: tuple[str, ...] = ()


def machines() -> list[Machine]:
    """Everything that is connected to with the settings as they are."""
    return list(_machines())


def _machines() -> Iterator[Machine]:
    database = settings.DATABASES["default"]
    is_postgres = database["ENGINE"].endswith("postgresql")
    yield Machine(
        name="PostgreSQL" if is_postgres else "SQLite",
        kept=gettext_noop("accounts, sealed keys, sizes and times"),
        is_elsewhere=is_postgres and not _is_here(str(database["HOST"])),
    )
    is_s3 = settings.BLOBS["kind"] == "s3"
    endpoint = urlsplit(str(settings.BLOBS.get("endpoint") or "")).hostname
    yield Machine(
        name=gettext_noop("Object storage") if is_s3 else gettext_noop("Files"),
        kept=gettext_noop("encrypted photos"),
        is_elsewhere=is_s3 and not (endpoint is not None and _is_here(endpoint)),
        modules=("pocketvault.kernel.blobs.s3",),
    )
    if settings.REDIS_URL is not None:
        yield Machine(
            name="Redis", kept=gettext_noop("counters, and numbers of work to be done"),
            is_elsewhere=not _is_here(urlsplit(settings.REDIS_URL).hostname or ""),
            modules=("pocketvault.kernel.patient_redis", "pocketvault.health"),
        )  # fmt: skip
    is_smtp = settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")
    yield Machine(
        name=gettext_noop("Mail server") if is_smtp else gettext_noop("Mail as files"),
        kept=gettext_noop("mails to you, until they are delivered"),
        is_elsewhere=is_smtp and not _is_here(settings.EMAIL_HOST),
        modules=("accounts.actions.mailing",),
    )
    yield from _mailboxes()
    yield Machine(
        name=gettext_noop("Name server"),
        kept=gettext_noop("names of search engines, asked for when one looks in"),
        is_elsewhere=settings.DNS_RESOLVER is None or not _is_here(settings.DNS_RESOLVER[0]),
        modules=("sharing.visitors.resolving",),
    )


def _mailboxes() -> Iterator[Machine]:
    if settings.REQUESTS_MAILBOX is not None:
        yield Machine(
            name=gettext_noop("Mailbox for requests"),
            kept=gettext_noop("mails to us about people's data"),
            is_elsewhere=not _is_here(settings.REQUESTS_MAILBOX.get("host", "")),
            modules=("rights.requests.mailboxes",),
        )


def _is_here(host: str) -> bool:
    """A socket in a folder, or a name of this machine."""
    if host in ("", "localhost") or host.startswith("/"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def folders() -> Mapping[str, Path]:
    """The folders that this service writes to, by what is in them."""
    found = {"data": Path(settings.VAR_DIR)}
    if settings.BLOBS["kind"] == "files":
        found["blobs"] = Path(settings.BLOBS["root"])
    for name, several in (
        ("epoch keys", settings.EPOCH_KEY_DIRS),
        ("log", settings.LOG_DIRS),
        ("backups", settings.BACKUP_DIRS),
    ):
        found |= {f"{name} {n}": Path(each) for n, each in enumerate(several, start=1)}
    return found
