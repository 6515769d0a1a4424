"""Bringing a backup back without bringing back what was deleted since.

    1. the backup is read to its end, opened and counted: nothing is touched before
    2. a file says that a restore is under way, and nobody is served from here on
    3. tables are dropped and made as they were; rows come in one transaction, and with them the
       row that keeps the service closed
    4. epochs that came later are told to the database, tables are brought up to date
    5. everything the journal knows from then on is done again
    6. the row is closed, the file removed

Killed anywhere, it goes on where it was: before 3 has committed from the start, afterwards with
``--resume``.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Account
from images.actions.counting import distrust_all_counts
from images.models import ImagePart
from pocketvault.kernel import epochs, journal, leases, sealing, standstill
from pocketvault.kernel.blobs import store
from pocketvault.kernel.journal import Heads
from pocketvault.kernel.models import Restoration
from rights.actions.backups import adopt_backups, made_at
from rights.actions.logging_facts import state
from rights.actions.proving import statement_of
from rights.actions.replaying import replay_since
from rights.backup_errors import (
    BackupDamagedError,
    JournalGapError,
    NotEmptyError,
    NothingToResumeError,
    ServiceRunningError,
)
from rights.backups import container, loading, places
from rights.backups.container import Header
from rights.models import FactKind

logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came back. ``missing`` are ids of images whose bytes are not in the store."""

    made_at: datetime
    replayed: int = 0
    missing: list[str] = field(default_factory=list)
    missing_blobs: int = 0


def restore(path: Path, *, replaces: bool = False, accepts_gap: bool = False) -> Outcome:
    """Put a backup in the place of the database, then do again what ended since.

    Raises a `BackupError`; before the rows have committed nothing of the old database is lost
    that was not to be replaced, and afterwards `resume` goes on.
    """
    header = loading.check(path)
    with _alone():
        is_going_on = standstill.marker().exists()
        if not (replaces or is_going_on) and _has_accounts():
            raise NotEmptyError
        _stop_serving(path)
        bring_back(path, header)
        return _finish(accepts_gap=accepts_gap, header=header)


def resume(*, accepts_gap: bool = False) -> Outcome:
    """Finish a restore whose rows are in. Raises `NothingToResumeError` and `JournalGapError`."""
    with _alone():
        if _open_restoration() is None:
            raise NothingToResumeError
        return _finish(accepts_gap=accepts_gap, header=_header_of_marked())


class _alone:  # noqa: N801 - used like a function
    """Nobody else works on this database, on this machine or by the database's own account."""

    def __enter__(self) -> None:
        try:
            self._let_on = standstill.stop_others()
        except standstill.ServiceRunsError as error:
            raise ServiceRunningError from error
        if _others_are_connected():
            self._let_on()
            raise ServiceRunningError

    def __exit__(self, *exception: object) -> None:
        self._let_on()


def _others_are_connected() -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return bool(cursor.fetchone()[0])


def _has_accounts() -> bool:
    try:
        with transaction.atomic():
            return Account.objects.exists()
    except DatabaseError:
        return False  # no tables yet


def _stop_serving(path: Path) -> None:
    epochs.write_durably(standstill.marker(), str(path.resolve()).encode())


def _header_of_marked() -> Header | None:
    """What the backup said that is being restored, if it still lies where it was."""
    try:
        return container.read_header(Path(standstill.marker().read_text(encoding="utf-8")))
    except (OSError, BackupDamagedError):
        return None


def bring_back(path: Path, header: Header) -> None:
    """Make the tables and fill them; the service stays closed by a row from the same commit."""
    loading.make_tables(header)
    with transaction.atomic():
        loading.load(path, header)
        leases.let_go()
        Restoration.objects.create(restored_at=timezone.now(), restored_to=made_at(header))
    sealing.forget_current_epoch()
    epochs.forget_keys_in_memory()


def catch_up() -> None:
    """Bring the tables to this release, tell them of epochs that came later, and let no counts
    hold that were not made here. Safe to repeat.
    """
    loading.bring_up_to_date()
    epochs.adopt_living_keys(timezone.now())
    sealing.forget_current_epoch()
    distrust_all_counts()


def _open_restoration() -> Restoration | None:
    try:
        return Restoration.objects.filter(replayed_at=None).order_by("-pk").first()
    except DatabaseError:
        return None


def _finish(*, accepts_gap: bool, header: Header | None) -> Outcome:
    catch_up()
    restoration = _open_restoration()
    if restoration is None:
        raise NothingToResumeError
    known = [] if header is None else [header.get("journal", {})]
    outcome = Outcome(made_at=restoration.restored_to)
    outcome.replayed = replay(restoration.restored_to, accepts_gap=accepts_gap, known=known)
    _note_missing(outcome)
    # Asked later, the restored database would deny what it does not know.
    journal.settle(lambda _: True, timezone.now() + journal.SETTLED_AFTER)
    _open_service(restoration, accepts_gap=accepts_gap)
    adopt_backups()
    standstill.marker().unlink(missing_ok=True)
    logger.warning("restored", extra={"count": outcome.replayed})
    return outcome


@transaction.atomic
def _open_service(restoration: Restoration, *, accepts_gap: bool) -> None:
    """Close the row, and owe the public log the statement that this database is a restored one."""
    restoration.replayed_at, restoration.gap_accepted = timezone.now(), accepts_gap
    restoration.save(update_fields=["replayed_at", "gap_accepted"])
    facts = statement_of(restoration)
    state(FactKind.RESTORED, facts, once=str(facts["restored_at"]))


def replay(made_at: datetime, *, accepts_gap: bool, known: list[Heads]) -> int:
    """Do again what ended since then. Raises `JournalGapError`, unless that is accepted."""
    names = journal.names_since(made_at)
    notes = journal.notes_since(made_at)
    heads = [*known, *(note.heads for note in notes), *_heads_beside_backups()]
    first = made_at.strftime("%Y-%m-%d")
    heads = [{name: n for name, n in each.items() if name >= first} for each in heads]
    missing = journal.gaps(names, heads)
    if missing and not accepts_gap:
        logger.error("journal gap", extra={"count": len(missing)})
        raise JournalGapError(count=len(missing))
    aborted = frozenset[str]().union(*(note.aborted for note in notes))
    earlier = journal.names_since(made_at - timedelta(days=1))
    return replay_since(made_at, earlier, aborted)


def _heads_beside_backups() -> Iterator[Heads]:
    for folder in places.folders():
        path = folder / places.HEADS
        if path.exists():
            heads: Heads = json.loads(path.read_bytes())
            yield heads


def _note_missing(outcome: Outcome) -> None:
    """Photos whose bytes the store does not hold: nobody restored them with the rows."""
    found: Counter[str] = Counter()
    for image_id, key in ImagePart.objects.values_list("image_id", "blob_key").iterator():
        if not store().exists(key):
            found[str(image_id)] += 1
    outcome.missing, outcome.missing_blobs = sorted(found), found.total()
