"""Share links: making them, changing what they allow, and ending them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.digests import digest_of
from accounts.kdf import Kdf, refuse_foreign
from accounts.models import Account
from images.actions.feed import record_changes
from images.errors import AlreadyExistsError, WrongIdError
from images.models import Album
from pocketvault.kernel import clock
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url
from sharing.actions import proving
from sharing.actions.history import EntryDraft, append_entry, lock_history
from sharing.feed import SharedKind
from sharing.link_errors import LinkEndedError, MissingWrapError, TimePassedError
from sharing.models import CollectLink, LinkKeyWrap, SharedAlbum, ShareLink
from sharing.models.history import History
from sharing.models.link import ENDED_STAYS, ShareLinkQuerySet

UNLESS_SAID_OTHERWISE = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLimits:
    """What a link allows. ``expires_at`` None means in 30 days, ``view_limit`` None no limit."""

    expires_at: datetime | None
    view_limit: int | None
    can_download: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDraft:
    """A new link: the proof that will open it (32 bytes), how its password is stretched, its
    secret and its key wrapped by the account key, and the album key of each generation wrapped
    by its own.
    """

    auth_key: bytes
    kdf: Kdf | None
    wrapped_secret: bytes
    wrapped_key: bytes
    wraps: Mapping[int, bytes]
    limits: LinkLimits


def make_link(
    album_id: UUID, link_id: UUID, draft: LinkDraft, entry: EntryDraft, *, actor: Account
) -> bool:
    """Make a link. True when it is new, False when this very link was made before.

    Raises `NotFoundError`, `WrongIdError`, `AlreadyExistsError`, `TimePassedError`,
    `MissingWrapError`, what `refuse_foreign` raises, and what `append_entry` raises.
    """
    if link_id.version != 7:
        raise WrongIdError
    if draft.kdf is not None:
        refuse_foreign(draft.kdf, salt=draft.kdf.salt)
    try:
        return _make(album_id, link_id, draft, entry, actor)
    except IntegrityError:
        return _make(album_id, link_id, draft, entry, actor)


@transaction.atomic
def _make(
    album_id: UUID, link_id: UUID, draft: LinkDraft, entry: EntryDraft, actor: Account
) -> bool:
    history = _lock_own(album_id, actor)
    if (stored := ShareLink.objects.filter(pk=link_id).first()) is not None:
        _check_same(stored, album_id, draft, actor)
        return False
    now = timezone.now()
    generation = Album.objects.values_list("generation", flat=True).get(pk=album_id)
    if generation not in draft.wraps or max(draft.wraps) > generation:
        raise MissingWrapError(generation=generation)
    link = ShareLink(
        pk=link_id, owner=actor, shared_album_id=album_id, made_at=now,
        auth_digest=digest_of(draft.auth_key), kdf_parameters=parameters_of(draft.kdf),
        expires_at=end_of(draft.limits.expires_at, now),
        view_limit=draft.limits.view_limit, can_download=draft.limits.can_download,
    )  # fmt: skip
    link.seal(draft.wrapped_secret + draft.wrapped_key).save(force_insert=True)
    LinkKeyWrap.objects.bulk_create(
        [
            LinkKeyWrap(link=link, generation=each).seal(wrapped)
            for each, wrapped in draft.wraps.items()
        ]
    )
    append_entry(history, entry, generation=generation, actor=actor)
    audit.record(AuditTag.LINK_MADE, actor=actor, subject_id=link_id)
    record_changes(actor.pk, SharedKind.SHARED_ALBUM, [album_id])
    return True


@transaction.atomic
def change_limits(link: ShareLink, limits: LinkLimits, *, actor: Account) -> None:
    """Replace what a link allows. One that is used up opens again with a higher limit; one
    that ended or expired does not, because it may lack the key of the album by now.

    Raises `LinkEndedError` and `TimePassedError`.
    """
    link = lock_link(ShareLink.objects.owned_by(actor), link.pk)
    now = timezone.now()
    if not link.stands_at(now):
        raise LinkEndedError
    link.expires_at = end_of(limits.expires_at, now)
    link.view_limit, link.can_download = limits.view_limit, limits.can_download
    link.save(update_fields=["expires_at", "view_limit", "can_download"])
    _tell_owner(link)


@transaction.atomic
def revoke_link(link: ShareLink, entry: EntryDraft, *, actor: Account) -> None:
    """End a link at once, its running visits included, and say so in the history. Whoever had
    it has the album's key, which is due to be replaced.

    One that ended without an entry is signed for now; repeating the same entry is harmless.
    Raises `NotFoundError` when the album is not shared any more, and what `append_entry`
    raises.
    """
    if link.shared_album_id is None:
        raise NotFoundError
    history = _lock_own(link.shared_album_id, actor)
    if _is_appended(history, entry):
        return
    generation = Album.objects.values_list("generation", flat=True).get(pk=history.pk)
    append_entry(history, entry, generation=generation, actor=actor)
    if end_links(ShareLink.objects.filter(pk=link.pk), actor=actor):
        due = SharedAlbum.objects.filter(pk=history.pk, rotation_due_at=None)
        due.update(rotation_due_at=timezone.now())
    record_changes(actor.pk, SharedKind.SHARED_ALBUM, [history.pk])


def end_links(links: ShareLinkQuerySet, *, actor: Account) -> list[UUID]:
    """End these links, in the caller's transaction; return the albums of those that had not
    ended. Lock the albums' histories before.

    Nobody can be let in from the moment it commits: visits look at their link each time. The
    wraps go, so that nothing here leads to the album key any more, and so does the secret.
    """
    now = timezone.now()
    standing = list(links.filter(ended_at=None).select_for_update().order_by("pk"))
    for link in standing:
        link.ended_at = now
        link.seal(b"")
    ShareLink.objects.bulk_update(standing, ["ended_at", "sealed", "epoch_number"])
    LinkKeyWrap.objects.filter(link__in=standing).delete()
    audit.record_many(AuditTag.LINK_ENDED, actor=actor, subject_ids=[each.pk for each in standing])
    return sorted({each.shared_album_id for each in standing if each.shared_album_id is not None})


@transaction.atomic
def wake_link(link: ShareLink, *, actor: Account) -> None:
    """Let a sleeping link be opened again."""
    link = lock_link(ShareLink.objects.owned_by(actor), link.pk)
    if link.asleep_since is None:
        return
    proving.wake(link)
    audit.record(AuditTag.LINK_WOKEN, actor=actor, subject_id=link.pk)
    _tell_owner(link)


def remove_ended_links() -> int:
    """Forget links that ended or expired 90 days ago; return how many.

    Waits while the clock is not to be believed: it could end what still stands.
    """
    if not clock.is_believable():
        return 0
    long_ago = timezone.now() - ENDED_STAYS
    removed = 0
    for model in (ShareLink, CollectLink):
        rows = model._default_manager
        ids = {
            *rows.filter(ended_at__lte=long_ago).values_list("pk", flat=True),
            *rows.filter(expires_at__lte=long_ago).values_list("pk", flat=True),
        }
        rows.filter(pk__in=ids).delete()
        removed += len(ids)
    return removed


def lock_link(links: ShareLinkQuerySet, link_id: UUID) -> ShareLink:
    """The link as it is now, locked. Raises `NotFoundError` if it went in the meantime."""
    locked = links.select_for_update().filter(pk=link_id).first()
    if locked is None:
        raise NotFoundError
    return locked


def parameters_of(kdf: Kdf | None) -> dict[str, object] | None:
    """How a password is stretched, as JSON that clients are given."""
    if kdf is None:
        return None
    return {
        "scheme": kdf.scheme,
        "salt": to_base64url(kdf.salt),
        "memory_kib": kdf.memory_kib,
        "iterations": kdf.iterations,
        "parallelism": kdf.parallelism,
    }


def end_of(chosen: datetime | None, now: datetime) -> datetime:
    """When a link ends. Raises `TimePassedError`."""
    ends = chosen or now + UNLESS_SAID_OTHERWISE
    if ends <= now:
        raise TimePassedError
    return ends


def _tell_owner(link: ShareLink) -> None:
    if link.shared_album_id is not None:
        record_changes(link.owner_id, SharedKind.SHARED_ALBUM, [link.shared_album_id])


def _lock_own(album_id: UUID, actor: Account) -> History:
    """The locked history of a shared album of the actor's."""
    if not SharedAlbum.objects.filter(pk=album_id, album__owner=actor).exists():
        raise NotFoundError
    return lock_history(album_id)


def _check_same(stored: ShareLink, album_id: UUID, draft: LinkDraft, actor: Account) -> None:
    if stored.owner_id != actor.pk:
        raise NotFoundError
    same_proof = bytes(stored.auth_digest) == digest_of(draft.auth_key)
    if stored.shared_album_id != album_id or not same_proof:
        raise AlreadyExistsError


def _is_appended(history: History, entry: EntryDraft) -> bool:
    """True for the repeat of an entry that is in the history already."""
    kept = history.entries.filter(seq=entry.seq).first()
    return kept is not None and bytes(kept.signature) == entry.signature
