"""What rights do when something happens below, in the same transaction."""

from __future__ import annotations

from django.dispatch import receiver

from images.models import Image
from images.signals import image_purging
from rights.actions.archives import end_archives_of


@receiver(image_purging, dispatch_uid="rights.end_archives")
def on_image_purging_end_archives(images: list[Image], **_: object) -> None:
    """An archive dies with any photo that is in it."""
    end_archives_of(images)
