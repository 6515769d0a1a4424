"""What the log states in words: about keys, backups and drills, never about a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from pocketvault.kernel.models import EpochKey
from rights.log.canonical import JSON
from rights.log.receipts import fact_entry
from rights.models import Backup, FactKind, OwedEntry, StatedFact

# What was made, or went, longer ago was stated then: this looks every hour.
STATED_WITHIN = timedelta(days=60)


@transaction.atomic
def state(kind: FactKind, facts: Mapping[str, JSON], *, once: str = "") -> None:
    """Owe a public statement. Its row commits, or rolls back, with the caller's change.

    With ``once``, a key that a kind of fact has once only, what was stated before is not
    stated again, so a caller that may run twice need not know whether it did.
    """
    if once:
        _, is_new = StatedFact.objects.get_or_create(key=f"{kind.value}|{once}")
        if not is_new:
            return
    OwedEntry.objects.create(statement=fact_entry(kind.value, facts), owed_at=timezone.now())


def state_epochs() -> None:
    """State of every epoch key that it was made, and that it is destroyed, if it is."""
    for epoch in EpochKey.objects.order_by("number"):
        state_epoch(epoch)


def state_epoch(epoch: EpochKey) -> None:
    """State what there is to say of one epoch key and was not said before."""
    once = str(epoch.number)
    made: dict[str, JSON] = {
        "number": epoch.number,
        "key_sha256": bytes(epoch.fingerprint).hex(),
        "made_at": _moment(epoch.made_at),
    }
    state(FactKind.EPOCH_MADE, made, once=once)
    if epoch.destroyed_at is not None:
        gone: dict[str, JSON] = {
            "number": epoch.number,
            "destroyed_at": _moment(epoch.destroyed_at),
        }
        state(FactKind.EPOCH_DESTROYED, gone, once=once)


def state_backups(now: datetime) -> None:
    """State of every backup that it was made, once it was read back, and that it is gone.

    One that is missing is not called removed: until its key is destroyed or its time is over,
    somebody may have it.
    """
    first, backups = now - STATED_WITHIN, Backup.objects.order_by("made_at")
    _state_each(FactKind.BACKUP_MADE, backups.since(first).filter(verified_at__isnull=False))
    _state_each(FactKind.BACKUP_REMOVED, backups.filter(removed_at__gte=first).over(now))


def _state_each(kind: FactKind, backups: Iterable[Backup]) -> None:
    """State those of whom this kind was not said yet, which one query tells."""
    keys = {f"{kind.value}|{backup.name}": backup for backup in backups}
    stated = set(StatedFact.objects.filter(key__in=keys).values_list("key", flat=True))
    for key, backup in keys.items():
        if key in stated:
            continue
        facts: dict[str, JSON] = {"name": backup.name, "epoch": backup.epoch}
        if kind == FactKind.BACKUP_MADE:
            facts["made_at"] = _moment(backup.made_at)
        elif backup.removed_at is not None:
            facts["removed_at"] = _moment(backup.removed_at)
        state(kind, facts, once=backup.name)


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
