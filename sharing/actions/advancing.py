"""From an uploaded copy to pictures that everyone can see, one step after the other.

    ARRIVED --check--> CHECKED --mark--> MARKED --render--> RENDERED --show--> LIVE
                 any of them may end in REFUSED

A step reads ciphertext, opens it, lets a limited child process work on the picture, seals what
came of it, and commits with compare-and-set on the state. So a worker can be killed at any line:
before the commit nothing happened but that ciphertext lies about which no row names (the sweep of
orphans finds it), after it the next step is owed. Of two workers at one step one commits, and the
other throws its work away; so does whoever finds that the publication was withdrawn meanwhile.
Plaintext is in memory only, here and in the child.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from images import quota
from images.actions.feed import record_changes
from images.delivery import read_whole
from images.errors import PartLostError
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import PUBLISH_IMAGES
from sharing.actions.labelling import rights_of
from sharing.actions.marking import number_of
from sharing.actions.publishing import owe_advance
from sharing.actions.withdrawing import discard_blobs
from sharing.actions.withholding import WITHHELD_BEFORE, cases_that_block
from sharing.alike import HASH_BYTES
from sharing.feed import SharedKind
from sharing.models import (
    Publication,
    PublicationBlob,
    PublicationEnvelope,
    PublicationFeatures,
    PublicationState,
    Rendition,
    RenditionKind,
    WatermarkNumber,
)
from sharing.models.publication import SIZES, UNDER_WAY, BetweenName
from sharing.publication_keys import (
    PublicationKeys,
    keys_of,
    open_part,
    part_of,
    put_part,
)
from sharing.publication_statements import read_statement
from sharing.publishing import Picture, PictureRefusedError, check, mark, render
from sharing.publishing.streams import BrokenStreamError, open_content
from sharing.tracing.doors import features_of
from sharing.tracing.search import words_of

logger = logging.getLogger(__name__)

COPY, WORK, FEATURES = "copy", "work", "features"
# Why a publication is refused, beside what `sharing.publishing` says of its picture.
COPY_DIFFERS, CANNOT_OPEN, LOST = "copy_differs", "cannot_open", "lost"
Write = Callable[[Publication], bool]


class CannotShowError(Exception):
    """A copy that is not what its owner signed. ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def advance_publication(publication_id: UUID) -> None:
    """Do the next step of a publication, if there is one."""
    publication = Publication.objects.under_way().filter(pk=publication_id).first()
    if publication is None:
        return
    try:
        keys = keys_of(publication_id)
        _STEPS[PublicationState(publication.state)](publication, keys)
    except (PictureRefusedError, CannotShowError) as refusal:
        _refuse(publication, refusal.code)
    except BrokenStreamError:
        _refuse(publication, CANNOT_OPEN)
    except PartLostError:
        _refuse(publication, LOST)
    except NotFoundError:
        return  # withdrawn in the meantime


def _check(publication: Publication, keys: PublicationKeys) -> None:
    """The copy is what its owner signed, and a picture that can be shown."""
    between = _between(publication, BetweenName.COPY)
    copy = open_content(
        read_whole(between.blob_key, purpose=PUBLISH_IMAGES, image_id=publication.image_id),
        keys.copy_key,
        owner=publication.owner_id, publication=publication.pk, part=COPY,
    )  # fmt: skip
    if hashlib.sha256(copy).digest() != read_statement(bytes(publication.statement)).copy:
        raise CannotShowError(COPY_DIFFERS)
    found = check(copy)
    if cases_that_block(found.ways):
        hashes = {"pdq": found.ways[:HASH_BYTES], "pdq_ways": found.ways}
        Publication.objects.filter(pk=publication.pk).update(**hashes)
        raise CannotShowError(WITHHELD_BEFORE)
    blob_key, size = put_part(publication, found.picture, WORK, keys=keys)

    def write(row: Publication) -> bool:
        row.width, row.height = found.width, found.height
        row.placeholder, row.pdq = found.placeholder, found.ways[:HASH_BYTES]
        row.pdq_ways = found.ways
        _let_between_go(row)
        _lay_between(row, blob_key, size)
        return True

    _commit(publication, PublicationState.CHECKED, [blob_key], write)


def _mark(publication: Publication, keys: PublicationKeys) -> None:
    """Watermarked if its owner chose so. Its features are those of the picture as it is shown."""
    between = _between(publication, BetweenName.WORK)
    picture = open_part(
        publication, between.blob_key, WORK, keys=keys, purpose=PUBLISH_IMAGES
    )
    if publication.is_watermarked:
        number = number_of(publication)
        picture = mark(
            picture, int(number.payload, 16), number.secret.number, number.secret.open()
        )
    work_key, size = put_part(publication, picture, WORK, keys=keys)
    features = features_of(picture)
    features_key, features_size = put_part(publication, features, FEATURES, keys=keys)

    def write(row: Publication) -> bool:
        _let_between_go(row)
        _lay_between(row, work_key, size)
        PublicationFeatures.objects.create(
            publication=row, blob_key=features_key, bytes=features_size,
            words=words_of(features),
        )  # fmt: skip
        quota.keep(row.owner_id, features_size)
        return True

    _commit(publication, PublicationState.MARKED, [work_key, features_key], write)


def _render(publication: Publication, keys: PublicationKeys) -> None:
    """Every size in every encoding, labelled with the rights that its owner reserves."""
    between = _between(publication, BetweenName.WORK)
    work = open_part(publication, between.blob_key, WORK, keys=keys, purpose=PUBLISH_IMAGES)
    rights = rights_of(publication)
    rows = []
    for size, pictures in render(work, SIZES, rights).items():
        for kind, picture in pictures.items():
            blob_key, _ = put_part(publication, picture.data, part_of(size, kind), keys=keys)
            rows.append(_rendition(publication, size, RenditionKind(kind), picture, blob_key))

    def write(row: Publication) -> bool:
        if bytes(row.statement) != bytes(publication.statement):
            return False  # its owner changed what the labels say: once more
        Rendition.objects.bulk_create(rows)
        largest = max(rows, key=lambda each: each.size)
        row.width, row.height = largest.width, largest.height
        quota.keep(row.owner_id, sum(each.bytes for each in rows))
        return True

    _commit(publication, PublicationState.RENDERED, [row.blob_key for row in rows], write)


def _show(publication: Publication, keys: PublicationKeys) -> None:
    """Everything is there. Whoever may look sees it from this commit on."""
    del keys

    def write(row: Publication) -> bool:
        _let_between_go(row)
        row.published_at = timezone.now()
        audit.record(AuditTag.PUBLICATION_LIVE, actor=None, subject_id=row.pk)
        return True

    _commit(publication, PublicationState.LIVE, [], write)


_STEPS: dict[PublicationState, Callable[[Publication, PublicationKeys], None]] = {
    PublicationState.ARRIVED: _check,
    PublicationState.CHECKED: _mark,
    PublicationState.MARKED: _render,
    PublicationState.RENDERED: _show,
}


def _refuse(publication: Publication, code: str) -> None:
    """It cannot be shown. Nothing of it stays but what its owner said, and why not."""

    def write(row: Publication) -> bool:
        _let_between_go(row)
        kept = [*PublicationFeatures.objects.filter(publication=row)]
        discard_blobs([each.blob_key for each in kept])
        quota.release(row.owner_id, sum(each.bytes for each in kept))
        for model in (PublicationFeatures, PublicationEnvelope, WatermarkNumber):
            model._default_manager.filter(publication=row).delete()
        row.refusal = code
        audit.record(AuditTag.PUBLICATION_REFUSED, actor=None, subject_id=row.pk)
        return True

    logger.info("publication refused", extra={"reason": code})
    _commit(publication, PublicationState.REFUSED, [], write)


def _commit(
    publication: Publication, state: PublicationState, written: Iterable[str], write: Write
) -> None:
    """Take a step if nobody took it, and nobody withdrew what it is about. Otherwise the
    ciphertext just ``written`` is of no use to anybody. ``write`` says whether it may be taken.
    """
    with transaction.atomic():
        rows = Publication.objects.select_for_update()
        row = rows.filter(pk=publication.pk, state=publication.state).first()
        is_taken = row is not None and write(row)
        if row is None or not is_taken:
            discard_blobs(list(written))
            if row is not None:
                owe_advance(row.pk)
            return
        row.state = state
        row.save()
        if state in UNDER_WAY:
            owe_advance(row.pk)
        record_changes(row.owner_id, SharedKind.PUBLICATION, [row.pk])


def _between(publication: Publication, name: BetweenName) -> PublicationBlob:
    found = PublicationBlob.objects.filter(publication=publication, name=name).first()
    if found is None:
        raise PartLostError
    return found


def _lay_between(row: Publication, blob_key: str, size: int) -> None:
    PublicationBlob.objects.create(
        publication=row, name=BetweenName.WORK, blob_key=blob_key, bytes=size
    )


def _let_between_go(row: Publication) -> None:
    """What the last steps left is not needed any more; of it only the copy counted."""
    rows = list(PublicationBlob.objects.filter(publication=row))
    discard_blobs([each.blob_key for each in rows])
    counted = sum(each.bytes for each in rows if each.name == BetweenName.COPY)
    if counted:
        quota.release(row.owner_id, counted)
    PublicationBlob.objects.filter(publication=row).delete()


def _rendition(
    publication: Publication, size: int, kind: RenditionKind, picture: Picture, blob_key: str
) -> Rendition:
    return Rendition(
        publication=publication, size=size, kind=kind, blob_key=blob_key,
        bytes=len(picture.data), sha256=picture.sha256, width=picture.width,
        height=picture.height,
    )  # fmt: skip
