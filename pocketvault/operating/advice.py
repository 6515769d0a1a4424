"""What each check of ``/readyz`` is about, and what an operator does when it is not well.

The same words stand in ``docs/operations.md``, which a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping

from pocketvault.kernel.standstill import BEHIND_SENTENCE

ADVICE: Mapping[str, str] = {
    "database": (
        "The database does not answer. Start it, or mend DATABASE_URL; nothing was lost."
    ),
    "tables": BEHIND_SENTENCE,
    "blobs": (
        "The store does not give back what was written. Look at its disk or at S3, and BLOB_URL."
    ),
    "broker": (
        "Redis does not answer. Start it, or mend REDIS_URL; owed work waits in the database."
    ),
    "work": (
        "Work has waited for ten minutes. Is there a worker for each lane, and does beat run?"
    ),
    "epoch": (
        "The epoch key is overdue, or an old one outlives its day. Deletion depends on it: see "
        "that beat and the prompt worker run, and that EPOCH_KEY_DIRS can be written."
    ),
    "decoders": (
        "Pictures cannot be published: a decoder is missing. Install requirements.txt again."
    ),
    "backups": (
        "The newest backup is older than 30 hours. Make room in BACKUP_DIRS, then run: "
        "python manage.py backup"
    ),
    "drills": (
        "The last rehearsal of a restore failed, so no restore is sure. Run: python manage.py "
        "drill and read docs/backups.md."
    ),
    "replay": (
        "A restore is not finished, and nobody is served. Run it to its end: docs/backups.md."
    ),
}  # fmt: skip
