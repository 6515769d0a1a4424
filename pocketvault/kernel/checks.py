"""What may be a mistake in a deployment: warnings of ``manage.py check --deploy``.

What is one for certain stops the service at start-up, in ``pocketvault/settings/safety.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as Doubt

HERE = ("", "localhost", "127.0.0.1", "::1")
# ``prefer``, which PostgreSQL's client does by itself, gives way to whoever stands in between.
VERIFIED = ("verify-ca", "verify-full")


@register(Tags.security, deploy=True)
def check_epoch_folders(
    app_configs: Sequence[AppConfig] | None, **_: object  # noqa: ARG001 - Django passes it
) -> list[CheckMessage]:
    """Copies of the epoch keys on one disk are lost together."""
    folders = [Path(folder) for folder in settings.EPOCH_KEY_DIRS]
    if settings.IS_LOOPBACK:
        return []
    if len({folder.resolve() for folder in folders}) < 2:
        return [
            Doubt(
                "Epoch keys are kept once.",
                hint="Losing them loses every photo: name two folders in EPOCH_KEY_DIRS.",
                id="pocketvault.W001",
            )
        ]
    if len({_device_of(folder) for folder in folders}) > 1:
        return []
    return [
        Doubt(
            "All copies of the epoch keys are on one disk.",
            hint="Losing it loses every photo: name folders on different disks in EPOCH_KEY_DIRS.",
            id="pocketvault.W002",
        )
    ]


@register(Tags.security, deploy=True)
def check_connections(
    app_configs: Sequence[AppConfig] | None, **_: object  # noqa: ARG001 - Django passes it
) -> list[CheckMessage]:
    """What goes to another machine goes encrypted, to a machine that proved who it is."""
    found: list[CheckMessage] = []
    database = settings.DATABASES["default"]
    is_away = str(database.get("HOST") or "") not in HERE
    if is_away and database.get("OPTIONS", {}).get("sslmode") not in VERIFIED:
        found.append(
            Doubt(
                "The database is on another machine, and nobody proves that it is the right one.",
                hint="Add ?sslmode=verify-full&sslrootcert=PATH to DATABASE_URL.",
                id="pocketvault.W003",
            )
        )
    redis = urlsplit(settings.REDIS_URL or "")
    if redis.scheme == "redis" and (redis.hostname or "") not in HERE:
        found.append(
            Doubt(
                "Redis is on another machine, and what goes there is not encrypted.",
                hint="Use rediss:// in REDIS_URL.",
                id="pocketvault.W004",
            )
        )
    return found


def _device_of(folder: Path) -> int:
    """The disk a folder is on, or will be on once it is made."""
    while not folder.exists():
        folder = folder.parent
    return folder.stat().st_dev
