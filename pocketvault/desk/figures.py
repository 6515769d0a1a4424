"""How things stand, in numbers that name nobody."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from accounts.models import Account
from images.models import DiscardedBlob, Image, StorageUse
from pocketvault.kernel.models import EpochKey, Job, JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number, what it counts, and what to read into it. ``is_late`` asks for somebody."""

    name: str
    value: str
    note: str
    is_late: bool = False


def figures() -> list[Figure]:
    """Each costs one count at most of a table that photos do not make longer."""
    accounts = Account.objects.all()
    shut = accounts.exclude(vault_shut_at=None).count()
    kept = StorageUse.objects.aggregate(bytes=Sum("used_bytes"), images=Sum("images"))
    # What is in a recycle bin has a day on which it goes, and those days have an index.
    binned = Image.objects.filter(purge_at__isnull=False).count()
    failed = Job.objects.filter(state=JobState.FAILED).count()
    epochs = EpochKey.objects.filter(destroyed_at=None)
    newest = epochs.order_by("-number").first()
    return [
        Figure(name="Accounts", value=f"{accounts.count():,}", note=f"{shut:,} with a shut vault"),
        Figure(
            name="Photos",
            value=f"{kept['images'] or 0:,}",
            note=f"{binned:,} in recycle bins",
        ),
        Figure(
            name="Ciphertext", value=filesizeformat(kept["bytes"] or 0),
            note="What all accounts keep",
        ),
        Figure(
            name="Waiting to be freed",
            value=f"{DiscardedBlob.objects.count():,}",
            note="Deleted, bytes still there",
        ),
        Figure(
            name="Work owed",
            value=f"{Job.objects.count():,}",
            note=f"{failed:,} failed",
            is_late=failed > 0,
        ),
        Figure(
            name="Epoch keys",
            value=f"{epochs.count():,}",
            note=f"Newest from {newest.made_at:%d %B %Y}" if newest else "None yet",
            is_late=newest is None,
        ),
    ]
