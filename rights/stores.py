"""Where rights may have something of a deleted photo."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from images.models import Tombstone
from pocketvault.kernel.custody import LEGAL_DUTY
from pocketvault.kernel.stores import AT_ONCE, StoreSpec, register
from rights.actions.backups import oldest_backup_at
from rights.actions.stretching import ArchiveOverError, opened_stretches
from rights.models import Archive


def _named_in_archives(image_ids: Collection[UUID]) -> set[UUID]:
    """A deletion ends every archive with one of its photos. What outlived it was asked for
    before they came, so its directory does not name them: that is looked up.
    """
    found: set[UUID] = set()
    graves = Tombstone.objects.filter(image_id__in=list(image_ids))
    owners = set(graves.values_list("owner_id", flat=True))
    for archive in Archive.objects.standing().filter(owner__in=owners):
        found |= _named_in(archive, image_ids)
    return found


def _named_in(archive: Archive, image_ids: Collection[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    wanted = {image_id: f"images/{image_id}".encode() for image_id in image_ids}
    try:
        for stretch in opened_stretches(archive):
            found |= {image_id for image_id, path in wanted.items() if path in stretch.records}
    except ArchiveOverError:
        return set()  # it ended while it was looked through
    return found


register(
    StoreSpec(
        name="rights.archives",
        title="Archives",
        holds="Keys that only you can use, and which photos an archive names; no photo itself",
        removal="The archive's key goes in the transaction of the deletion itself",
        lag=AT_ONCE,
        models=("rights.Archive", "rights.ArchiveKey", "rights.ArchiveStretch"),
        remaining=_named_in_archives,
    )
)
register(
    StoreSpec(
        name="rights.takedowns",
        title="Evidence of copies elsewhere",
        holds="Pages and pictures that others showed, sealed, and the ids of photos they copied",
        removal="Each goes with its case, which its person may close with the photo",
        lag=timedelta(days=3 * 365),
        models=("rights.TakedownEvidence", "rights.TakedownImage"),
        why_not="Made of what others show in public, and of nothing that is kept here.",
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
register(
    StoreSpec(
        name="rights.legal_papers",
        title="Papers of authorities",
        holds="Orders as they came, and what was handed over, encrypted; no photo and no key",
        removal="Six years after the order was closed",
        lag=timedelta(days=6 * 366),
        legal_basis=LEGAL_DUTY,
        models=("rights.OrderDocument", "rights.OrderPackage"),
        why_not="A paper of an authority is not a photo, and what is handed over lists numbers.",
    )
)
