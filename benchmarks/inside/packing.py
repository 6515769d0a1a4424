"""A process that packs one archive and does nothing else: the most memory that it had."""

from __future__ import annotations

import resource
import time

from rights.actions.packing import pack_archive
from rights.models import Archive, ArchiveState


def run() -> dict[str, float]:
    """Megabytes before it packed and at the most, and the seconds of processor that it took."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    archive = Archive.objects.under_way().get()
    started = time.process_time()
    pack_archive(archive.pk, seconds=3600)
    seconds = time.process_time() - started
    archive.refresh_from_db()
    if archive.state != ArchiveState.READY:
        raise AssertionError("the archive is not whole")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return {"before": before, "most": most, "seconds": seconds}
