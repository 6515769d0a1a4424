"""Takes a publication through all its steps, in a process of its own, and kills itself (SIGKILL)
right before the step it is told: a statement of the database, a commit, a blob that is stored, a
job for the limited process. Told none, it goes through to the end and says how many there were.
"""

from __future__ import annotations

import sys
from uuid import UUID

import django

django.setup()

from pocketvault.kernel.blobs.files import FileBlobStore  # noqa: E402 - set up first
from sharing.actions.advancing import advance_publication  # noqa: E402
from sharing.models import Publication  # noqa: E402
from sharing.publishing import limited  # noqa: E402
from tests.faults.dying import counted_steps, stepping  # noqa: E402

PUBLICATION = UUID(sys.argv[2])
limited.run = stepping(limited.run)
FileBlobStore.put = stepping(FileBlobStore.put)
with counted_steps():
    while Publication.objects.under_way().filter(pk=PUBLICATION).exists():
        advance_publication(PUBLICATION)
