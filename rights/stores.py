"""Where the rights app may have something of a deleted photo."""

from __future__ import annotations

from pocketvault.kernel.stores import AT_ONCE, StoreSpec, register

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
