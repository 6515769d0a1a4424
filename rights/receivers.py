"""What rights do when something happens below, in the same transaction."""

from __future__ import annotations

from django.dispatch import receiver

from images.models import Image
from images.signals import image_purging
from pocketvault.kernel import egress
from rights.actions.consents import remove_made_of
from rights.actions.processors import may_ask

# The register decides whom this service may ask anything.
egress.allow_by(may_ask)


@receiver(image_purging, dispatch_uid="rights.remove_made_of")
def on_image_purging(images: list[Image], **_: object) -> None:
    """What was made of a photo goes with it."""
    remove_made_of([image.pk for image in images])
