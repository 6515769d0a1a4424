"""Nobody opens a connection but the one client, and those that reach the operator's machines."""

from __future__ import annotations

from pathlib import Path

import pytest

from pocketvault.kernel.infrastructure import machines
from tests.architecture import source

# Whatever can open a connection, in the standard library and in what is installed.
OPENERS = (
    "socket", "socketserver", "ssl", "http.client", "urllib.request", "urllib3", "requests",
    "httpx", "aiohttp", "smtplib", "ftplib", "poplib", "imaplib", "xmlrpc", "boto3", "botocore",
    "dns", "redis", "psycopg", "psycopg2", "pymysql", "websockets", "grpc", "paramiko",
    "kombu.transport", "django.core.mail", "asyncio.open_connection", "asyncio.streams",
    "s3transfer", "telnetlib", "webbrowser",
)  # fmt: skip
# What only names what another raises.
ONLY_ERRORS = (
    "redis.exceptions", "botocore.exceptions", "urllib3.exceptions", "dns.exception",
    "urllib.error",
)  # fmt: skip
CLIENT = "pocketvault.kernel.egress"
# Goes to addresses that people report, which no register can name: it judges each number itself,
# sends nothing of anybody, and reads within bounds (tests/rights/test_takedown_fetching.py).
EVIDENCE = "rights.takedown.fetching"
# Each is named by the machine that it reaches, as the settings of a deployment may have it.
TO_OWN_MACHINES = {
    "pocketvault.kernel.blobs.s3", "pocketvault.kernel.patient_redis", "pocketvault.health",
    "accounts.actions.mailing", "sharing.visitors.resolving", "rights.requests.mailboxes",
}  # fmt: skip


def opens(name: str) -> bool:
    def within(packages: tuple[str, ...]) -> bool:
        return any(name == each or name.startswith(f"{each}.") for each in packages)

    return within(OPENERS) and not within(ONLY_ERRORS)


def opened_in(path: Path) -> set[str]:
    return {name for name in source.imports_of(path) if opens(name)}


def test_a_module_opens_no_connection() -> None:
    def opened(path: Path) -> set[str]:
        by_name = {"asyncio.open_connection"}
        is_named = "asyncio.open_connection" in path.read_text(encoding="utf-8")
        return opened_in(path) | (by_name if is_named else set())

    found = source.offenders(source.modules(), opened)
    allowed = {CLIENT, EVIDENCE, *TO_OWN_MACHINES}
    assert {where.removesuffix(".py").replace("/", ".") for where in found} <= allowed, found


@pytest.mark.parametrize("name", sorted({CLIENT, EVIDENCE, *TO_OWN_MACHINES}))
def test_those_who_may_do(name: str) -> None:
    """The rule above sees them: it would see others too."""
    assert opened_in(source.ROOT / f"{name.replace('.', '/')}.py")


def test_each_exception_is_shown_as_a_machine_of_the_operators(settings: object) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:6379/0"  # type: ignore[attr-defined]
    settings.REQUESTS_MAILBOX = {"kind": "imap", "host": "mail.example.org"}  # type: ignore[attr-defined]

    assert {module for each in machines() for module in each.modules} == TO_OWN_MACHINES


def test_where_a_machine_is_follows_from_the_settings(settings: object) -> None:
    def elsewhere() -> dict[str, bool]:
        return {each.name: each.is_elsewhere for each in machines()}

    settings.REDIS_URL = "rediss://cache.example.org:6380/1"  # type: ignore[attr-defined]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST = "localhost"  # type: ignore[attr-defined]
    settings.BLOBS = {"kind": "s3", "bucket": "photos", "endpoint": None}  # type: ignore[attr-defined]
    assert elsewhere()["Redis"]
    assert not elsewhere()["Mail server"]
    assert elsewhere()["Object storage"]

    settings.BLOBS = {"kind": "s3", "bucket": "photos", "endpoint": "http://127.0.0.1:9000"}  # type: ignore[attr-defined]
    assert not elsewhere()["Object storage"]
