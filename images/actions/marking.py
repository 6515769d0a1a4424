"""Favourite and archived: ciphertext, replaced as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.models import Account
from images.actions.feed import record_changes
from images.counts import SAME
from images.models import ChangeKind, Image
from pocketvault.kernel.errors import ConflictError, NotFoundError, VaultError


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one image: their number, one more than the last, and the ciphertext."""

    number: int
    ciphertext: bytes


Outcome = dict[UUID, VaultError | None]


def set_marks(image: Image, marks: Marks, *, actor: Account) -> None:
    """Replace the marks of one image. Raises `ConflictError` with the number it has."""
    outcome = set_many_marks({image.pk: marks}, actor=actor)
    if refusal := outcome[image.pk]:
        raise refusal


@transaction.atomic
def set_many_marks(wanted: Mapping[UUID, Marks], *, actor: Account) -> Outcome:
    """Replace the marks of many images in a constant number of queries; per image, None or
    why not. Sending the same marks again is no conflict.
    """
    found = Image.objects.owned_by(actor).select_for_update().order_by("pk").in_bulk(list(wanted))
    outcome: Outcome = {}
    changed = []
    for image_id, marks in wanted.items():
        image = found.get(image_id)
        outcome[image_id] = _refusal(image, marks)
        if image is not None and outcome[image_id] is None and marks.number > image.marks_number:
            image.marks_number, image.marks = marks.number, marks.ciphertext
            changed.append(image)
    Image.objects.bulk_update(changed, ["marks_number", "marks"])
    record_changes(actor.pk, ChangeKind.IMAGE, [image.pk for image in changed], change=SAME)
    return outcome


def _refusal(image: Image | None, marks: Marks) -> VaultError | None:
    if image is None:
        return NotFoundError()
    if marks.number == image.marks_number + 1:
        return None
    stored = (image.marks_number, bytes(image.marks or b""))
    is_repeat = stored == (marks.number, marks.ciphertext)
    return None if is_repeat else ConflictError(number=image.marks_number)
