"""Publishing: a copy that its owner's device uploaded becomes a publication of its own.

From the moment this commits a worker goes on (`sharing.actions.advancing`). Nothing is shown
before all of it is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.feed import record_changes
from images.actions.uploading import Claim, make_blobs, take_uploads
from images.errors import AlreadyExistsError, WrongIdError
from images.models import Image
from pocketvault.kernel.errors import ConflictError, NotFoundError, TooManyRequestsError
from pocketvault.kernel.work import enqueue_on_commit
from sharing.actions.labelling import owe_labels
from sharing.actions.withdrawing import lock_profile
from sharing.feed import SharedKind
from sharing.models import (
    PublicAlbum,
    Publication,
    PublicationBlob,
    PublicationEnvelope,
    PublicationState,
)
from sharing.models.publication import BetweenName
from sharing.publication_errors import (
    BadStatementError,
    CopyTooLargeError,
    ProfileNeededError,
    PublishingBarredError,
)
from sharing.publication_keys import PublicationKeys
from sharing.publication_statements import SaidPlace, Signer, Statement, read_statement

FIRST = 1
# Nobody's pictures keep the workers from everybody else's for long.
MOST_UNDER_WAY = 500
# Of ciphertext: what a worker may hold in memory at once, its padding included.
MOST_COPY_BYTES = 72 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationDraft:
    """A publication as its owner's device sends it. ``claim`` is about the upload, whose bytes
    are the copy under ``copy_key`` (32 bytes); ``statement`` and ``signature`` as in
    `sharing.publication_statements`.
    """

    image_id: UUID
    upload_id: UUID
    claim: Claim
    copy_key: bytes
    statement: bytes
    signature: bytes
    album_id: UUID | None
    position: int


def publish(publication_id: UUID, draft: PublicationDraft, *, actor: Account) -> bool:
    """Show a photo to everyone, once a worker has made the pictures. True when it is new, False
    when this very publication was made before.

    Raises `WrongIdError`, `BadStatementError`, `CopyTooLargeError`, `ProfileNeededError`,
    `PublishingBarredError`, `NotFoundError`, `AlreadyExistsError`, `TooManyRequestsError`, and
    what `take_uploads` raises.
    """
    if publication_id.version != 7:
        raise WrongIdError
    said = Signer.of(actor.pk).read(
        draft.statement, draft.signature, publication_id=publication_id
    )
    place = SaidPlace(draft.album_id, draft.position)
    if (said.image_id, said.place) != (draft.image_id, place):
        raise BadStatementError
    if draft.claim.size > MOST_COPY_BYTES:
        raise CopyTooLargeError(limit_bytes=MOST_COPY_BYTES)
    make_blobs({draft.upload_id: draft.claim}, owner=actor)
    try:
        return _publish(publication_id, draft, said, actor)
    except IntegrityError:  # the same request, at the same moment
        return _publish(publication_id, draft, said, actor)


@transaction.atomic
def _publish(
    publication_id: UUID, draft: PublicationDraft, said: Statement, actor: Account
) -> bool:
    images = Image.objects.owned_by(actor).in_library().select_for_update()
    image = images.filter(pk=draft.image_id).first()
    profile = lock_profile(actor.pk)
    if (stored := Publication.objects.filter(pk=publication_id).first()) is not None:
        _check_same(stored, said, actor)
        return False
    if image is None:
        raise NotFoundError
    if profile is None:
        raise ProfileNeededError
    if profile.barred_until is not None and profile.barred_until > timezone.now():
        raise PublishingBarredError(until=profile.barred_until.isoformat())
    insist_on_albums({draft.album_id}, actor)
    # Its profile is locked, so the count cannot change before this commits.
    if Publication.objects.owned_by(actor).under_way().count() >= MOST_UNDER_WAY:
        raise TooManyRequestsError(retry_after=60)
    if said.number != FIRST:
        raise ConflictError(number=0)
    publication = Publication(
        pk=publication_id, owner=actor, image=image, album_id=draft.album_id,
        position=draft.position, state=PublicationState.ARRIVED,
        is_watermarked=said.is_watermarked, made_at=timezone.now(),
    )  # fmt: skip
    _write_words(publication, said, draft.statement, draft.signature)
    publication.save(force_insert=True)
    keys = PublicationKeys.made_for(draft.copy_key)
    PublicationEnvelope(publication=publication).seal(keys.joined()).save(force_insert=True)
    blob_keys = take_uploads({draft.upload_id: draft.claim}, owner=actor)
    PublicationBlob.objects.create(
        publication=publication, name=BetweenName.COPY, blob_key=blob_keys[draft.upload_id],
        bytes=draft.claim.size,
    )  # fmt: skip
    audit.record(AuditTag.PUBLICATION_MADE, actor=actor, subject_id=publication_id)
    record_changes(actor.pk, SharedKind.PUBLICATION, [publication_id])
    owe_advance(publication_id)
    return True


def owe_advance(publication_id: UUID) -> None:
    """Owe the next step of a publication, in the caller's transaction; once, however often it
    is asked for.
    """
    enqueue_on_commit(
        "sharing.advance_publication", str(publication_id), key=f"publication:{publication_id}"
    )


@transaction.atomic
def change_words(
    publication_id: UUID, statement: bytes, signature: bytes, *, actor: Account
) -> None:
    """Replace caption, creator and licence by a newer statement about the same picture.
    Repeating it is harmless. Pictures that are made already carry the creator and the licence
    too, and are labelled anew.

    Raises `NotFoundError`, `BadStatementError`, and `ConflictError` with the number there is.
    """
    lock_profile(actor.pk)
    own = Publication.objects.owned_by(actor).select_for_update()
    publication = own.filter(pk=publication_id).first()
    if publication is None:
        raise NotFoundError
    said = Signer.of(actor.pk).read(statement, signature, publication_id=publication_id)
    if statement == bytes(publication.statement):
        return
    insist_on_next(said, publication)
    if said.place != SaidPlace(publication.album_id, publication.position):
        raise BadStatementError
    _write_words(publication, said, statement, signature)
    publication.save(
        update_fields=["statement", "signature", "caption", "creator", "licence"]
    )
    owe_labels(publication)
    audit.record(AuditTag.PUBLICATION_CHANGED, actor=actor, subject_id=publication_id)
    record_changes(actor.pk, SharedKind.PUBLICATION, [publication_id])


def insist_on_albums(album_ids: set[UUID | None], actor: Account) -> None:
    """These are headings of the actor's profile. One query. Raises `NotFoundError`."""
    named = [each for each in album_ids if each is not None]
    if named and PublicAlbum.objects.filter(profile=actor.pk, pk__in=named).count() < len(named):
        raise NotFoundError


def insist_on_next(said: Statement, publication: Publication) -> None:
    """The next statement about the same picture. Raises `BadStatementError`, and
    `ConflictError` with the number there is.
    """
    before = read_statement(bytes(publication.statement))
    if not said.is_of_same_picture(before):
        raise BadStatementError
    if said.number != before.number + 1:
        raise ConflictError(number=before.number)


def _write_words(
    publication: Publication, said: Statement, statement: bytes, signature: bytes
) -> None:
    publication.statement, publication.signature = statement, signature
    publication.caption, publication.creator = said.caption, said.creator
    publication.licence = said.licence


def _check_same(stored: Publication, said: Statement, actor: Account) -> None:
    """Its words may have changed since; the picture is what makes it the same."""
    if stored.owner_id != actor.pk:
        raise NotFoundError
    if not said.is_of_same_picture(read_statement(bytes(stored.statement))):
        raise AlreadyExistsError
