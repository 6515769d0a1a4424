"""Why archives say no."""

from __future__ import annotations

from pocketvault.kernel.errors import ConflictError, VaultError


class ArchiveUnderWayError(ConflictError):
    """One at a time."""

    code = "archive_under_way"
    sentence = "An archive of yours is being made already. Wait until it is ready, or stop it."


class TooManyArchivesError(ConflictError):
    """Each one reads the whole vault. ``most`` is in ``details``."""

    code = "too_many_archives"
    sentence = "You have enough archives that can be downloaded. Remove one to ask for another."


class ArchiveNotReadyError(ConflictError):
    """It is being made."""

    code = "archive_not_ready"
    sentence = "This archive is being made. We write to you when it can be downloaded."


class ArchiveEndedError(VaultError):
    """It was ready once, or would have been. ``ended_by`` is in ``details``."""

    code = "archive_ended"
    status = 410
    sentence = "This archive ended. Ask for a new one."
