"""Profiles: what an account shows of itself, and the headings on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.feed import News, record_changes, record_news
from images.errors import WrongIdError
from pocketvault.kernel.errors import ConflictError, NotFoundError
from sharing.actions.labelling import owe_labels_of_all
from sharing.actions.withdrawing import drop_publications, lock_profile
from sharing.feed import SharedKind
from sharing.models import Profile, PublicAlbum, Publication, RestingName
from sharing.profile_names import RESTS_FOR, check_name, holder_of, profiles_origin
from sharing.publication_errors import NameTakenError, ProfileNeededError

MOST_ALBUMS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileDraft:
    """A whole profile, as its owner wants it. ``cover_id`` names a publication of theirs."""

    name: str
    shown_name: str
    bio: str
    licence: str
    is_open: bool
    is_listed: bool
    cover_id: UUID | None


def set_profile(draft: ProfileDraft, *, actor: Account) -> bool:
    """Make the actor's profile, or replace what it says. True when it is new.

    Raises `ProfilesOffError`, `BadNameError`, `NameTakenError`, and `NotFoundError` for a cover
    that is not theirs.
    """
    profiles_origin()
    check_name(draft.name)
    try:
        return _set(draft, actor)
    except IntegrityError:
        return _set(draft, actor)  # made at the same moment, or the name went


@transaction.atomic
def _set(draft: ProfileDraft, actor: Account) -> bool:
    stored = lock_profile(actor.pk)
    if Profile.objects.filter(name=draft.name).exclude(pk=actor.pk).exists():
        raise NameTakenError
    _take_name(draft.name, actor.pk)
    own = Publication.objects.owned_by(actor)
    if draft.cover_id is not None and not own.filter(pk=draft.cover_id).exists():
        raise NotFoundError
    if stored is not None and stored.name != draft.name:
        _let_name_rest(stored.name, actor.pk)
        owe_labels_of_all(actor.pk)
    profile = stored or Profile(owner=actor, made_at=timezone.now())
    for name, value in asdict(draft).items():
        setattr(profile, name, value)
    profile.save(force_insert=stored is None, force_update=stored is not None)
    audit.record(AuditTag.PROFILE_SET, actor=actor, subject_id=actor.pk)
    record_changes(actor.pk, SharedKind.PROFILE, [actor.pk])
    return stored is None


def _take_name(name: str, owner_id: UUID) -> None:
    """Whoever gave a name up may have it back. Raises `NameTakenError` while it rests."""
    rests = RestingName.objects.select_for_update().filter(name=name).first()
    if rests is None:
        return
    if rests.until > timezone.now() and rests.holder != holder_of(name, owner_id):
        raise NameTakenError
    rests.delete()


def _let_name_rest(name: str, owner_id: UUID) -> None:
    RestingName.objects.update_or_create(
        name=name,
        defaults={
            "holder": holder_of(name, owner_id), "until": timezone.now() + RESTS_FOR,
        },
    )  # fmt: skip


@transaction.atomic
def delete_profile(*, actor: Account) -> None:
    """Withdraw all publications and remove the profile. Raises `NotFoundError`."""
    profile = lock_profile(actor.pk)
    if profile is None:
        raise NotFoundError
    record_news(drop_profile(profile, actor=actor))


def drop_profile(profile: Profile, *, actor: Account | None) -> list[News]:
    """Take a locked profile away with everything on it, in the caller's transaction; the news
    for its owner.
    """
    owner_id = profile.pk
    found = Publication.objects.filter(owner=owner_id)
    news = drop_publications(found, actor=actor, keeps_number=False)
    profile.delete()
    _let_name_rest(profile.name, owner_id)
    audit.record(AuditTag.PROFILE_REMOVED, actor=actor, subject_id=owner_id)
    gone = News(
        account_id=owner_id, kind=SharedKind.PROFILE, object_id=owner_id, is_deleted=True
    )
    return [*news, gone]


@transaction.atomic
def set_album(album_id: UUID, *, title: str, position: int, actor: Account) -> bool:
    """Make a heading, or change it. True when it is new.

    Raises `WrongIdError`, `ProfileNeededError`, `NotFoundError` for somebody else's, and
    `ConflictError` when there are too many.
    """
    if album_id.version != 7:
        raise WrongIdError
    profile = lock_profile(actor.pk)
    stored = PublicAlbum.objects.filter(pk=album_id).first()
    if stored is not None and stored.profile_id != actor.pk:
        raise NotFoundError
    if profile is None:
        raise ProfileNeededError
    if stored is None and profile.albums.count() >= MOST_ALBUMS:
        raise ConflictError(limit=MOST_ALBUMS)
    album = PublicAlbum(pk=album_id, profile=profile, title=title, position=position)
    album.save(force_insert=stored is None, force_update=stored is not None)
    record_changes(actor.pk, SharedKind.PROFILE, [actor.pk])
    return stored is None


@transaction.atomic
def remove_album(album_id: UUID, *, actor: Account) -> None:
    """Take a heading away; what stood under it stays. Raises `NotFoundError`."""
    lock_profile(actor.pk)
    album = PublicAlbum.objects.filter(profile=actor.pk, pk=album_id).first()
    if album is None:
        raise NotFoundError
    under = list(Publication.objects.filter(album=album).values_list("pk", flat=True))
    album.delete()
    record_changes(actor.pk, SharedKind.PROFILE, [actor.pk])
    record_changes(actor.pk, SharedKind.PUBLICATION, under)
