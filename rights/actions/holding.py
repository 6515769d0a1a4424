"""Placing a legal hold. `rights.actions.tracking` obeys it, and releases it.

Nothing of it stands in the trail that people read, nor in any answer.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from images.models import Image


@transaction.atomic
def place_hold(image_ids: Collection[UUID]) -> list[UUID]:
    """Keep these photos whatever their owners do; the ids of those that are there. What was
    deleted before stays deleted. Safe to repeat.
    """
    found = Image.objects.select_for_update().filter(pk__in=image_ids).order_by("pk")
    ids = [image.pk for image in found]
    Image.objects.filter(pk__in=ids).update(is_held=True)
    return ids
