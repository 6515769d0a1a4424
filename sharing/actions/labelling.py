"""Pictures that everyone sees say whose they are; when their owner changes that, so do they."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from images import quota
from images.errors import PartLostError
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import PUBLISH_IMAGES
from pocketvault.kernel.work import enqueue_on_commit
from sharing.actions.withdrawing import discard_blobs
from sharing.models import Profile, Publication, PublicationState, Rendition
from sharing.profile_names import publication_address
from sharing.publication_keys import keys_of, open_part, part_of, put_part
from sharing.publishing import Picture, Rights
from sharing.publishing.labelling import relabel


@dataclass(frozen=True, slots=True)
class _Label:
    """A rendition that is labelled anew, and where its ciphertext lies."""

    row: Rendition
    picture: Picture
    blob_key: str


def rights_of(publication: Publication) -> Rights:
    """What every public file says about itself."""
    names = Profile.objects.filter(pk=publication.owner_id).values_list("name", flat=True)
    page = publication_address(names.first() or "", publication.public_id)
    return Rights(creator=publication.creator, licence=publication.licence, page=page)


def owe_labels(publication: Publication) -> None:
    """Owe new labels where pictures are made, in the caller's transaction with its row locked.

    What is not live yet goes back by one step; what is stays to be seen as it is until then.
    """
    if publication.state == PublicationState.RENDERED:
        made = list(Rendition.objects.filter(publication=publication))
        discard_blobs([row.blob_key for row in made])
        quota.release(publication.owner_id, sum(row.bytes for row in made))
        Rendition.objects.filter(publication=publication).delete()
        publication.state = PublicationState.MARKED
        publication.save(update_fields=["state"])
    if publication.state == PublicationState.LIVE:
        key = f"labels:{publication.pk}"
        enqueue_on_commit("sharing.label_publication", str(publication.pk), key=key)


def owe_labels_of_all(owner_id: UUID) -> None:
    """Owe new labels to everything an account shows: the address of its profile is another."""
    enqueue_on_commit("sharing.label_publications", str(owner_id), key=f"labels:{owner_id}")


def label_publications(owner_id: UUID) -> None:
    """Write the rights as they are now into all pictures of an account. Safe to repeat."""
    live = Publication.objects.filter(owner=owner_id, state=PublicationState.LIVE)
    for publication_id in live.order_by("pk").values_list("pk", flat=True):
        label_publication(publication_id)


def label_publication(publication_id: UUID) -> None:
    """Write the rights as they are now into every picture of a live publication. Safe to repeat:
    all of them change in one commit, or none.
    """
    found = Publication.objects.filter(pk=publication_id, state=PublicationState.LIVE)
    publication = found.first()
    if publication is None:
        return
    try:
        labels = _labels(publication)
    except (NotFoundError, PartLostError):
        if found.exists():
            raise
        return  # withdrawn in the meantime
    with transaction.atomic():
        locked = found.select_for_update().first()
        is_current = locked is not None and locked.statement == publication.statement
        if not is_current or not _swap(labels):
            discard_blobs([label.blob_key for label in labels])
            if locked is not None:
                owe_labels(locked)


def _labels(publication: Publication) -> list[_Label]:
    keys, rights = keys_of(publication.pk), rights_of(publication)
    labels = []
    for row in Rendition.objects.filter(publication=publication).order_by("pk"):
        part = part_of(row.size, row.kind)
        data = open_part(publication, row.blob_key, part, keys=keys, purpose=PUBLISH_IMAGES)
        before = Picture(data, row.width, row.height, bytes(row.sha256))
        picture = relabel(before, row.kind, rights)
        blob_key, _ = put_part(publication, picture.data, part, keys=keys)
        labels.append(_Label(row, picture, blob_key))
    return labels


def _swap(labels: list[_Label]) -> bool:
    """Put the new ciphertext in the place of the old. False when somebody else did so."""
    known = {label.row.pk: label.row.blob_key for label in labels}
    stored = Rendition.objects.filter(pk__in=list(known)).values_list("pk", "blob_key")
    if dict(stored) != known:
        return False
    discard_blobs(list(known.values()))
    for row, picture, blob_key in ((each.row, each.picture, each.blob_key) for each in labels):
        quota.keep(row.publication.owner_id, len(picture.data) - row.bytes)
        row.blob_key, row.bytes, row.sha256 = blob_key, len(picture.data), picture.sha256
    Rendition.objects.bulk_update([each.row for each in labels], ["blob_key", "bytes", "sha256"])
    return True
