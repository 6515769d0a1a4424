"""What the owner sets right: a new revision beside the old ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from images import quota
from images.actions.feed import record_changes
from images.counts import SAME
from images.models import ChangeKind, Correction, Image
from images.signals import images_corrected
from images.upload_errors import QuotaReachedError
from pocketvault.kernel.errors import ConflictError, NotFoundError, VaultError


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision: its number, one more than the last, and the whole record, ciphertext."""

    number: int
    ciphertext: bytes


Outcome = dict[UUID, VaultError | None]


def add_correction(image: Image, revision: Revision, *, actor: Account) -> None:
    """Add a revision to one image. Raises `ConflictError` with the number it has."""
    outcome = add_corrections({image.pk: revision}, actor=actor)
    if refusal := outcome[image.pk]:
        raise refusal


@transaction.atomic
def add_corrections(wanted: Mapping[UUID, Revision], *, actor: Account) -> Outcome:
    """Add a revision to many images in a constant number of queries; per image, None or
    why not. Sending the newest revision again is no conflict. Revisions stay, so they take
    room: where the new ones do not all fit, none of them is added.
    """
    found = Image.objects.owned_by(actor).select_for_update().order_by("pk").in_bulk(list(wanted))
    repeats = _newest_revisions(found)
    outcome: Outcome = {}
    fresh = []
    for image_id, revision in wanted.items():
        image = found.get(image_id)
        if image is None:
            outcome[image_id] = NotFoundError()
        elif revision.number == image.corrections_revision + 1:
            outcome[image_id] = None
            image.corrections_revision = revision.number
            fresh.append(image_id)
        elif repeats.get(image_id) == (revision.number, revision.ciphertext):
            outcome[image_id] = None
        else:
            outcome[image_id] = ConflictError(revision=image.corrections_revision)
    try:
        quota.take(actor, sum(len(wanted[image_id].ciphertext) for image_id in fresh))
    except QuotaReachedError as refusal:
        outcome |= dict.fromkeys(fresh, refusal)
        return outcome
    _write({image_id: wanted[image_id] for image_id in fresh}, found)
    record_changes(actor.pk, ChangeKind.IMAGE, fresh, change=SAME)
    if fresh:
        images_corrected.send(sender=Image, actor=actor)
    return outcome


def _newest_revisions(images: Mapping[UUID, Image]) -> dict[UUID, tuple[int, bytes]]:
    newest = Correction.objects.newest_of(images)
    rows = newest.values_list("image_id", "revision", "ciphertext")
    return {image_id: (number, bytes(sealed)) for image_id, number, sealed in rows}


def _write(revisions: Mapping[UUID, Revision], images: Mapping[UUID, Image]) -> None:
    now = timezone.now()
    Correction.objects.bulk_create(
        [
            Correction(
                image_id=image_id, revision=revision.number, ciphertext=revision.ciphertext,
                made_at=now,
            )
            for image_id, revision in revisions.items()
        ]
    )
    changed = [images[image_id] for image_id in revisions]
    Image.objects.bulk_update(changed, ["corrections_revision"])
