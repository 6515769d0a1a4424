"""Packs an archive to its end, in a process of its own, and kills itself (SIGKILL) right before
the step it is told: a statement of the database, a commit, a blob that is stored. Told none, it
goes through to the end and says how many there were.
"""

from __future__ import annotations

from uuid import UUID

import django

django.setup()

from pocketvault.kernel.blobs.files import FileBlobStore  # noqa: E402 - set up first
from rights.actions import packing, stretching  # noqa: E402
from rights.models import Archive  # noqa: E402
from tests.faults.dying import fork_for, stepping  # noqa: E402

# Every photo is a stretch of its own, so that there is much to be killed between.
stretching.STRETCH_BYTES = 1
FileBlobStore.put = stepping(FileBlobStore.put)


def pack(word: str) -> None:
    archive_id = UUID(word)
    while Archive.objects.under_way().filter(pk=archive_id).exists():
        packing.pack_archive(archive_id, seconds=0)


fork_for(pack)
