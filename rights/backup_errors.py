"""Why a backup is not made, opened or restored. Each has a stable code and exit code."""

from __future__ import annotations

from typing import ClassVar


class BackupError(Exception):
    """Told to whoever runs a command, and to nobody who asks over HTTP.

    ``exit_code`` is what the command ends with, for scripts. ``details`` are numbers that help.
    """

    code: ClassVar[str] = "backup_failed"
    exit_code: ClassVar[int] = 10
    sentence: ClassVar[str] = "The backup could not be made or read."

    def __init__(self, sentence: str | None = None, **details: object) -> None:
        super().__init__(sentence or self.sentence)
        self.details = details


class BackupDamagedError(BackupError):
    """Cut short, changed, put together from parts, or no backup at all. Nothing was written."""

    code = "backup_damaged"
    exit_code = 11
    sentence = "This file is no whole, unchanged backup of ours. Nothing was restored."


class BackupKeyGoneError(BackupError):
    """No folder holds the key of its epoch."""

    code = "backup_key_gone"
    exit_code = 12
    sentence = (
        "No folder of EPOCH_KEY_DIRS holds the key of this backup's epoch. If the key was "
        "destroyed by its date, nobody can open this backup any more. Nothing was restored."
    )


class BackupTooNewError(BackupError):
    """A newer release made it."""

    code = "backup_too_new"
    exit_code = 13
    sentence = (
        "This backup was made by a newer release than this one, which does not know its tables. "
        "Install that release and restore with it. Nothing was restored."
    )


class ServiceRunningError(BackupError):
    """Restoring under a running service would mix two states."""

    code = "service_running"
    exit_code = 14
    sentence = (
        "The service is running. Stop web, workers and beat everywhere, then restore. "
        "Nothing was changed."
    )


class NotEmptyError(BackupError):
    """There are accounts in the database."""

    code = "database_not_empty"
    exit_code = 15
    sentence = (
        "There are accounts in this database. Restoring replaces all of it: say --replace if "
        "that is meant. Nothing was changed."
    )


class JournalGapError(BackupError):
    """What ended since the backup is not known in full."""

    code = "journal_gap"
    exit_code = 16
    sentence = (
        "Entries of the journal are missing, so something that was deleted or ended since this "
        "backup would come back. The service stays closed. Bring the ciphertext store's folder "
        "journal/ back and run `manage.py restore --resume`; or, if it is lost for good, add "
        "--accept-gap."
    )


class NothingToResumeError(BackupError):
    """No restore is under way."""

    code = "nothing_to_resume"
    exit_code = 17
    sentence = "No restore waits to be finished. Name a backup: manage.py restore FILE."


class NoPlaceError(BackupError):
    """``BACKUP_DIRS=none``, or no folder took it."""

    code = "no_place_for_backups"
    exit_code = 18
    sentence = "No folder of BACKUP_DIRS took the backup. It does not count as made."


class NoScratchError(BackupError):
    """The drill needs a database of its own."""

    code = "no_scratch_database"
    exit_code = 19
    sentence = (
        "The drill needs a database of its own, and this role may not make one: "
        "ALTER ROLE … CREATEDB."
    )
