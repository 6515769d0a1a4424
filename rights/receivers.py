"""What rights do when something happens below, in the same transaction."""

from __future__ import annotations

from django.dispatch import receiver

from accounts.models import Account
from images.models import Image
from images.signals import bytes_freed, image_purging
from rights.actions.settling import settle_removals
from rights.actions.tracking import track_deletion


@receiver(image_purging, dispatch_uid="rights.track_deletion")
def on_image_purging(images: list[Image], actor: Account, **_: object) -> None:
    """Each deletion is followed until the last copy of it is unreadable."""
    track_deletion(images, actor=actor)


@receiver(bytes_freed, dispatch_uid="rights.settle_removals")
def on_bytes_freed(**_: object) -> None:
    """Somebody may be watching for the moment at which their photos are gone."""
    settle_removals()
