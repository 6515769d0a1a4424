"""Where sharing may have something of a deleted photo."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from pocketvault.kernel.stores import AT_ONCE, StoreSpec, register
from sharing.models import Publication


def _shown(image_ids: Collection[UUID]) -> set[UUID]:
    """Their bytes are owed with the photo's own, and looked for in the ciphertext store."""
    found = Publication.objects.filter(image_id__in=list(image_ids))
    return set(found.values_list("image_id", flat=True))


register(
    StoreSpec(
        name="sharing.public_pictures",
        title="Pictures shown to everyone",
        holds="The sizes in which a published photo is shown, and what a copy is recognised by",
        removal="With the photo, or when you withdraw it; a browser may have kept what it saw",
        lag=AT_ONCE,
        models=(
            "sharing.Publication", "sharing.PublicationBlob", "sharing.Rendition",
            "sharing.PublicationFeatures",
        ),
        task="images.free_discarded_blobs",
        remaining=_shown,
    )
)
register(
    StoreSpec(
        name="sharing.drops",
        title="What guests brought",
        holds="Encrypted photos that wait for you to take them in",
        removal="When you take them in or refuse them, at most 30 days later",
        lag=timedelta(days=30),
        models=("sharing.Drop", "sharing.DropPart"),
        why_not="They become photos of yours only when you take them in.",
    )
)
register(
    StoreSpec(
        name="sharing.found_copies",
        title="Copies that somebody asked about",
        holds="An encrypted picture that was found elsewhere, and what it was found to show",
        removal="The picture as soon as it was looked at, what was found after 15 minutes",
        lag=timedelta(minutes=20),
        models=("sharing.FoundCopy",),
        why_not="What is found elsewhere is not a photo of the vault, and its publication goes.",
    )
)
