"""Takes a publication through all its steps, in a process of its own, and kills itself (SIGKILL)
right before the step it is told: a statement of the database, a commit, a blob that is stored, a
job for the limited process. Told none, it goes through to the end and says how many there were.
"""

from __future__ import annotations

from uuid import UUID

import django

django.setup()

from pocketvault.kernel.blobs.files import FileBlobStore  # noqa: E402 - set up first
from sharing.actions.advancing import advance_publication  # noqa: E402
from sharing.models import Publication  # noqa: E402
from sharing.publishing import limited  # noqa: E402
from tests.faults.dying import fork_for, stepping  # noqa: E402

limited.run = stepping(limited.run)
FileBlobStore.put = stepping(FileBlobStore.put)


def publish(word: str) -> None:
    publication_id = UUID(word)
    while Publication.objects.under_way().filter(pk=publication_id).exists():
        advance_publication(publication_id)


fork_for(publish)
