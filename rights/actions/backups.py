"""Making backups, looking after them, and letting them go with their epoch.

A backup counts once it was read back, opened with its epoch's key and counted. It goes when
that key is destroyed, because then nobody can open it, and on day 29 in any case.
"""

from __future__ import annotations

import json
import logging
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

from accounts.actions.replaying import has_account_among, has_line
from pocketvault.kernel import epochs, journal, rotation, sealing
from pocketvault.kernel.models import EpochKey
from rights.actions import keeping_log
from rights.actions.case_journal import CHANGED, has_happened
from rights.actions.logging_facts import state_backups
from rights.actions.replaying import CASES
from rights.backup_errors import BackupDamagedError, BackupError, BackupKeyGoneError
from rights.backups import container, loading, places
from rights.backups.container import Header
from rights.backups.snapshot import Snapshot, snapshot
from rights.models import Backup

logger = logging.getLogger(__name__)

MAKE_AFTER = timedelta(hours=24)
LATE_AFTER = MAKE_AFTER + timedelta(hours=6)
# A line of the trail is written moments after its intent, in the same transaction.
LINE_WITHIN = journal.SETTLED_AFTER


def make_backup(now: datetime | None = None) -> Backup:
    """Write everything into every folder, read it back, and only then count it as made.

    Raises `NoPlaceError`, and `BackupDamagedError` when what was written does not come back.
    """
    now = now or timezone.now()
    number = sealing.current_epoch()
    key = epochs.key_of(number)
    name = f"{now:%Y%m%d-%H%M%S}-e{number:06d}-{secrets.token_hex(4)}{places.SUFFIX}"
    with snapshot() as taken:
        header = _header(taken, number, key, now)
        path = places.write_everywhere(
            name, lambda file: container.write(file, header, key, taken.pour)
        )
    _check_written(path)
    return _note(path)


def _header(taken: Snapshot, number: int, key: bytes, now: datetime) -> Header:
    return {
        "made_at": now.astimezone(UTC).isoformat(),
        "epoch": number,
        "fingerprint": epochs.fingerprint_of(key).hex(),
        "engine": connection.vendor,
        "migrations": taken.migrations,
        "tables": [table.to_json() for table in [*taken.tables, taken.blobs]],
        "journal": journal.heads_of(journal.names_since(now)),
    }


def _check_written(path: Path) -> None:
    loading.check(path)
    if not places.are_alike(path.name):
        raise BackupDamagedError("A folder of BACKUP_DIRS holds other bytes than were written.")


def _note(path: Path) -> Backup:
    header = container.read_header(path)
    values = {
        "epoch": header["epoch"],
        "made_at": made_at(header),
        "verified_at": timezone.now(),
        "size": path.stat().st_size,
        "row_count": sum(table.rows for table in loading.tables_of(header)),
    }
    backup, _ = Backup.objects.update_or_create(name=path.name, defaults=values)
    logger.info("backup made", extra={"epoch": backup.epoch, "count": backup.row_count})
    return backup


def made_at(header: Header) -> datetime:
    """When a backup was made, by its own header. Raises `BackupDamagedError`."""
    try:
        return datetime.fromisoformat(header["made_at"])
    except (KeyError, TypeError, ValueError) as error:
        raise BackupDamagedError from error


def keep_backups_in_order(now: datetime | None = None) -> None:
    """Everything that is due: a backup a day, and the removal of those whose time is over."""
    now = now or timezone.now()
    if not places.folders():
        return
    # A clock that ran ahead and was put right: such a backup would seem fresh for years.
    Backup.objects.filter(made_at__gt=now).update(made_at=now)
    adopt_backups()
    if not Backup.objects.verified().since(now - MAKE_AFTER).exists():
        make_backup(now)
    remove_old_backups(now)
    state_backups(now)
    if is_late(now):
        logger.error("backup late", extra={"check": "backups"})


def adopt_backups() -> None:
    """Take note of files that no row knows: one that was written when the process died, and
    after a restore those that were made later than the one restored. Note those that are gone.
    """
    known = set(Backup.objects.standing().values_list("name", flat=True))
    there = places.names()
    for name in sorted(there - known):
        path = next(places.find(name))
        try:
            loading.check(path)
        except BackupKeyGoneError:
            places.remove(name)
        except BackupError:
            logger.exception("backup unreadable", extra={"check": "backups"})
        else:
            _note(path)
            Backup.objects.filter(name=name).update(removed_at=None)
    lost = Backup.objects.standing().filter(name__in=known - there)
    if lost.update(removed_at=timezone.now()):
        logger.error("backup missing", extra={"check": "backups"})
    places.remove_drafts()


def remove_old_backups(now: datetime) -> int:
    """Remove what nobody can open any more, and what is too old; return how many went."""
    removed = 0
    for backup in Backup.objects.standing().over(now).order_by("made_at"):
        if not places.remove(backup.name):
            logger.error("backup not removed", extra={"epoch": backup.epoch})
            continue
        Backup.objects.filter(pk=backup.pk).update(removed_at=now)
        removed += 1
    return removed


@rotation.guard
def may_destroy(number: int, now: datetime) -> bool:
    """Whether there is a fresh backup under a newer key: what the old key opened is gone then.

    Without one it is made here, so that a machine that was off for weeks need not wait. Whoever
    said ``BACKUP_DIRS=none`` looks after that alone.
    """
    if not places.folders() or _has_newer(number, now):
        return True
    try:
        make_backup(now)
    except (BackupError, OSError, epochs.EpochKeyMissingError):
        logger.exception("backup failed", extra={"check": "backups", "epoch": number})
    return _has_newer(number, now)


def _has_newer(number: int, now: datetime) -> bool:
    fresh = Backup.objects.verified().since(now - LATE_AFTER).filter(epoch__gt=number)
    return any(any(places.find(name)) for name in fresh.values_list("name", flat=True))


def is_late(now: datetime | None = None) -> bool:
    """True when the newest backup is older than a day and six hours, or there is none though
    the service has been there for so long.
    """
    if not places.folders():
        return False
    now = now or timezone.now()
    first = EpochKey.objects.order_by("number").first()
    is_young = first is None or now - first.made_at <= LATE_AFTER
    return not is_young and not Backup.objects.verified().since(now - LATE_AFTER).exists()


def oldest_backup_at() -> datetime | None:
    """When the oldest backup was made that lies anywhere still."""
    return Backup.objects.standing().order_by("made_at").values_list("made_at", flat=True).first()


def settle_journal() -> None:
    """Note which intents came to nothing and how far the journal goes, and remove old entries.

    The note lies beside the backups too: should the store lose its end, that shows.
    """
    settled = journal.settle(_has_happened)
    journal.remove_old()
    content = json.dumps(settled.heads).encode()
    for folder in places.folders():
        epochs.write_durably(folder / places.HEADS, content)


def _has_happened(entry: journal.Entry) -> bool:
    """Whether the transaction committed: it would have left a line about its first subject.

    An erased account takes its lines along, and everything it asked for has happened with it.
    """
    if entry.kind == keeping_log.GREW:
        return keeping_log.is_in_log(entry.facts)
    if entry.kind == CHANGED:
        return has_happened(CASES[entry.facts["case"]], entry.facts)
    subject, actor = entry.facts["subjects"][0], entry.facts.get("actor")
    ids = [each for each in (subject, actor) if each]
    is_there = has_line(entry.kind, subject, since=entry.at, until=entry.at + LINE_WITHIN)
    return is_there or not has_account_among(ids)
