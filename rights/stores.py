"""Where the rights app may have something of a deleted photo."""

from __future__ import annotations

from datetime import timedelta

from pocketvault.kernel.stores import AT_ONCE, StoreSpec, register
from rights.actions.backups import oldest_backup_at

register(
    StoreSpec(
        name="rights.archives",
        title="Archives",
        holds="Sealed stretches of an archive that somebody packed for themselves; photos are not"
        " copied into it",
        removal="An archive ends, and its key goes, in the transaction that deletes a photo in it",
        lag=AT_ONCE,
        models=("rights.Archive", "rights.ArchiveKey", "rights.ArchiveStretch"),
        why_not="What is left until its bytes are freed opens by a key that is gone.",
    )
)
register(
    StoreSpec(
        name="rights.backups",
        title="Backups",
        holds="Encrypted copies of the database, without any photo's bytes",
        removal="Each goes when the key it was made under is destroyed, by day 29 at the latest",
        lag=timedelta(days=29),
        models=("rights.Backup", "rights.Drill", "rights.Sentinel"),
        oldest_at=oldest_backup_at,
    )
)
