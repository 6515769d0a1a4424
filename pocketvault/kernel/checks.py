"""What may be a mistake in a deployment: warnings of ``manage.py check --deploy``; and what is
missing on the erasure map: errors of every ``manage.py`` command.

What is one for certain stops the service at start-up, in ``pocketvault/settings/safety.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Doubt

from pocketvault.kernel import custody, work
from pocketvault.kernel.stores import StoreSpec, stores

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


@register(Tags.models)
def check_erasure_map(
    app_configs: Sequence[AppConfig] | None, **_: object  # noqa: ARG001 - Django passes it
) -> list[CheckMessage]:
    """Nothing is kept that nobody answers for, and no bytes lie where no deletion looks."""
    return [*undeclared(custody.custodians(), stores()), *incomplete(stores())]


def undeclared(
    custodians: Sequence[custody.Custodian], specs: Sequence[StoreSpec]
) -> list[CheckMessage]:
    """Models without a keeping or a store, and models that name blobs without a store."""
    kept = {f"{each.app_label}.{keeping.model}" for each in custodians for keeping in each.keeps}
    stored = {label for spec in specs for label in spec.models}
    found: list[CheckMessage] = []
    for model in apps.get_models():
        label = model._meta.label
        names_blobs = any(field.name == "blob_key" for field in model._meta.concrete_fields)
        if names_blobs and label not in stored:
            hint = "Name the model in the `models` of a StoreSpec."
            message = f"{label} names blobs and belongs to no store."
            found.append(Error(message, hint=hint, obj=model, id="pocketvault.E002"))
        elif label not in kept and label not in stored:
            hint = "Add a Keeping to the custody of its app, or name it in a StoreSpec."
            message = f"Nobody answers for {label}."
            found.append(Error(message, hint=hint, obj=model, id="pocketvault.E001"))
    return found


def incomplete(specs: Sequence[StoreSpec]) -> list[CheckMessage]:
    """Stores of which nobody could say whether something is left, or that nobody empties."""
    found: list[CheckMessage] = []
    for spec in specs:
        ways = (spec.remaining is not None, bool(spec.why_not), spec.looks_back)
        if sum(ways) != 1:
            hint = "Give exactly one of `remaining`, `why_not` and `oldest_at`."
            message = f"Store {spec.name} does not say how to look into it."
            found.append(Error(message, hint=hint, id="pocketvault.E003"))
        if spec.task and spec.task not in work.tasks():
            message = f"Store {spec.name} is emptied by {spec.task}, which is no task."
            found.append(Error(message, id="pocketvault.E004"))
        for label in spec.models:
            if label not in {model._meta.label for model in apps.get_models()}:
                message = f"Store {spec.name} names {label}, which is no model."
                found.append(Error(message, id="pocketvault.E005"))
    return found


def _device_of(folder: Path) -> int:
    """The disk a folder is on, or will be on once it is made."""
    while not folder.exists():
        folder = folder.parent
    return folder.stat().st_dev
