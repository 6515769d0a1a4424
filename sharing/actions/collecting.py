"""Collect links: others may bring photos through one, and see none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.digests import digest_of
from accounts.kdf import Kdf, refuse_foreign
from accounts.models import Account
from images.actions.feed import record_changes
from images.actions.uploading import OPEN_UPLOADS_LIMIT
from images.errors import AlreadyExistsError, WrongIdError
from images.models import Upload
from images.upload_errors import TooManyUploadsError
from pocketvault.kernel.errors import NotFoundError, VaultError
from sharing.actions import proving
from sharing.actions.links import end_of, parameters_of
from sharing.actions.proving import Begun, judge_proof, new_visit, settled
from sharing.feed import SharedKind
from sharing.link_errors import CollectLimitError, LinkEndedError
from sharing.models import CollectLink, DropPart
from sharing.models.collect import CollectLinkQuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectLimits:
    """How long, and how much: bytes of ciphertext, and photos. ``name`` is ciphertext."""

    name: bytes
    expires_at: datetime | None
    byte_limit: int
    photo_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectDraft:
    """A new collect link; what opens it is as in `sharing.actions.links.LinkDraft`."""

    auth_key: bytes
    kdf: Kdf | None
    wrapped_secret: bytes
    wrapped_key: bytes
    limits: CollectLimits


def make_collect_link(link_id: UUID, draft: CollectDraft, *, actor: Account) -> bool:
    """Make a collect link. True when it is new, False when this very one was made before.

    Raises `WrongIdError`, `NotFoundError`, `AlreadyExistsError`, `TimePassedError` and what
    `refuse_foreign` raises.
    """
    if link_id.version != 7:
        raise WrongIdError
    if draft.kdf is not None:
        refuse_foreign(draft.kdf, salt=draft.kdf.salt)
    try:
        return _make(link_id, draft, actor)
    except IntegrityError:
        return _make(link_id, draft, actor)


@transaction.atomic
def _make(link_id: UUID, draft: CollectDraft, actor: Account) -> bool:
    if (stored := CollectLink.objects.filter(pk=link_id).first()) is not None:
        if stored.owner_id != actor.pk:
            raise NotFoundError
        if bytes(stored.auth_digest) != digest_of(draft.auth_key):
            raise AlreadyExistsError
        return False
    now, limits = timezone.now(), draft.limits
    link = CollectLink(
        pk=link_id, owner=actor, made_at=now, expires_at=end_of(limits.expires_at, now),
        auth_digest=digest_of(draft.auth_key), kdf_parameters=parameters_of(draft.kdf),
        name=limits.name, byte_limit=limits.byte_limit, photo_limit=limits.photo_limit,
    )  # fmt: skip
    link.seal(draft.wrapped_secret + draft.wrapped_key).save(force_insert=True)
    audit.record(AuditTag.COLLECT_LINK_MADE, actor=actor, subject_id=link_id)
    record_changes(actor.pk, SharedKind.COLLECT_LINK, [link_id])
    return True


@transaction.atomic
def change_collect_limits(link: CollectLink, limits: CollectLimits, *, actor: Account) -> None:
    """Replace name, end and limits. A limit below what was brought lets nothing more through.

    Raises `LinkEndedError` and `TimePassedError`.
    """
    link = _lock(link.pk, actor)
    now = timezone.now()
    if link.ended_at is not None:
        raise LinkEndedError
    link.name, link.expires_at = limits.name, end_of(limits.expires_at, now)
    link.byte_limit, link.photo_limit = limits.byte_limit, limits.photo_limit
    link.save(update_fields=["name", "expires_at", "byte_limit", "photo_limit"])
    record_changes(actor.pk, SharedKind.COLLECT_LINK, [link.pk])


@transaction.atomic
def end_collect_link(link: CollectLink, *, actor: Account) -> None:
    """End a collect link at once. What was brought through it stays for its owner."""
    if end_collect_links(CollectLink.objects.filter(pk=link.pk), actor=actor):
        record_changes(actor.pk, SharedKind.COLLECT_LINK, [link.pk])


def end_collect_links(links: CollectLinkQuerySet, *, actor: Account) -> list[UUID]:
    """End these, in the caller's transaction; return the ids of those that were not ended."""
    now = timezone.now()
    open_ones = list(links.filter(ended_at=None).select_for_update().order_by("pk"))
    for link in open_ones:
        link.ended_at = now
        link.seal(b"")
    CollectLink.objects.bulk_update(open_ones, ["ended_at", "sealed", "epoch_number"])
    ids = [link.pk for link in open_ones]
    audit.record_many(AuditTag.COLLECT_LINK_ENDED, actor=actor, subject_ids=ids)
    return ids


@transaction.atomic
def wake_collect_link(link: CollectLink, *, actor: Account) -> None:
    """Let a sleeping collect link be opened again."""
    link = _lock(link.pk, actor)
    if link.asleep_since is not None:
        proving.wake(link)
        audit.record(AuditTag.LINK_WOKEN, actor=actor, subject_id=link.pk)
        record_changes(actor.pk, SharedKind.COLLECT_LINK, [link.pk])


def begin_guest_visit(link_id: UUID, auth_key: bytes) -> Begun:
    """Let a guest in. Raises what `sharing.actions.visits.begin_visit` raises."""
    return settled(_begin(link_id, auth_key))


@transaction.atomic
def _begin(link_id: UUID, auth_key: bytes) -> Begun | VaultError:
    link = CollectLink.objects.select_for_update().filter(pk=link_id).first()
    if link is None:
        return NotFoundError()
    now = timezone.now()
    if not link.stands_at(now):
        return LinkEndedError()
    shown_as = (SharedKind.COLLECT_LINK, link.pk)
    if refusal := judge_proof(link, auth_key, shown_as=shown_as):
        return refusal
    link.last_used_on = now.date()
    link.save(update_fields=["last_used_on"])
    return new_visit(link.visits, now)


def refuse_without_link_room(link: CollectLink, byte_count: int) -> None:
    """Say before bytes are sent that they would not fit; `take_link_room` decides."""
    if byte_count > link.byte_limit - link.bytes_taken:
        raise limit_error(link)


def take_link_room(link: CollectLink, byte_count: int) -> None:
    """Count an upload against its link, in the transaction that saves it: compare and set, so
    that eight guests cannot share the last free megabyte.

    Raises `CollectLimitError`, `LinkEndedError` and `TooManyUploadsError`.
    """
    same = CollectLink.objects.filter(pk=link.pk)
    standing = same.standing_at(timezone.now())
    if not standing.with_room_for(byte_count).update(bytes_taken=F("bytes_taken") + byte_count):
        if not standing.exists():
            raise LinkEndedError
        raise limit_error(same.get())
    # The link's row is locked by now, so nobody counts beside us.
    begun = Upload.objects.filter(guest_id=link.pk)
    waiting = DropPart.objects.filter(drop__link=link).values("upload_id")
    if begun.exclude(pk__in=waiting).count() > OPEN_UPLOADS_LIMIT:
        raise TooManyUploadsError(limit=OPEN_UPLOADS_LIMIT, retry_after=60)


def limit_error(link: CollectLink) -> CollectLimitError:
    """What is left of a link's limits."""
    return CollectLimitError(
        bytes_left=max(0, link.byte_limit - link.bytes_taken),
        photos_left=max(0, link.photo_limit - link.photos_taken),
    )


def _lock(link_id: UUID, actor: Account) -> CollectLink:
    locked = CollectLink.objects.owned_by(actor).select_for_update().filter(pk=link_id).first()
    if locked is None:
        raise NotFoundError
    return locked
