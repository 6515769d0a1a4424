"""Who came to the stored bytes of a photo, by class and day and never by name."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from images.models.image import Image
from pocketvault.kernel.purposes import forbid_uses


class Toucher(models.TextChoices):
    """Who it was, as far as it may be known. The value is part of the protocol.

    ``OWNER`` a device of the owner's; ``RECIPIENT`` somebody a shared album was given to; ``LINK``
    whoever has a link; ``PUBLIC`` a stranger on the public profile; ``WORKER`` this service, for
    work of its own.
    """

    OWNER = "owner"
    RECIPIENT = "recipient"
    LINK = "link"
    PUBLIC = "public"
    WORKER = "worker"


class Touch(models.Model):
    """How often a class came to a photo on a day (UTC), for a purpose. Goes with the photo."""

    image = models.ForeignKey(Image, models.CASCADE, related_name="touches")
    who = models.CharField(max_length=9, choices=Toucher)
    purpose = models.CharField(max_length=40)
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "day", "who", "purpose"], name="a_touch_is_counted_in_one_row"
            ),
            forbid_uses("no_touch_for_training_or_sale"),
        ]


class TouchDay(models.Model):
    """The same for all photos of an account together, so that a page about a library of any size
    reads some rows a day. Names no photo, and stays when one goes.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    who = models.CharField(max_length=9, choices=Toucher)
    purpose = models.CharField(max_length=40)
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "day", "who", "purpose"], name="a_day_is_counted_in_one_row"
            ),
            forbid_uses("no_day_for_training_or_sale"),
        ]


class TouchBatch(models.Model):
    """The last batch of tallies that was written down, so that none is written twice."""

    id = models.CharField(primary_key=True, max_length=32)
