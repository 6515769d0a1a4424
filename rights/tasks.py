"""Work that rights owe. Each task calls one action, and can be lost, late or run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pocketvault.kernel import work
from pocketvault.kernel.purposes import PACK_ARCHIVES
from rights.actions import archives, packing

# Archives.


@work.task("rights.pack_archive", purpose=PACK_ARCHIVES)
def pack_archive(archive_id: str) -> None:
    """Owed by whoever asks for an archive, and by each turn that leaves something to do."""
    packing.pack_archive(UUID(archive_id))


@work.task("rights.keep_archives_in_order", purpose=PACK_ARCHIVES, every=timedelta(minutes=10))
def keep_archives_in_order() -> None:
    """End archives that had their time, and find those whose packing was lost."""
    archives.keep_archives_in_order()
